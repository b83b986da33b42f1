//! What IT has settled for everyone who works at this machine. What it leaves
//! open is the person's to set, or has the default named here.

use std::path::PathBuf;

/// What IT has settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Where exports are saved; otherwise as the person has set, or their
    /// download folder.
    pub download_folder: Option<PathBuf>,
    /// Whether each export asks where it goes; otherwise as the person has set,
    /// or not.
    pub ask_where_to_save: Option<bool>,
    /// Whether a mashup may keep cookies of other sites than its own, as it must
    /// where Qlik is on another one; otherwise yes.
    pub third_party_cookies: Option<bool>,
    /// Whether a window is built ahead of the next click; otherwise yes.
    pub spare_window: Option<bool>,
    /// After how many minutes a window that nobody looks at sleeps, 0 for never;
    /// otherwise as the person has set.
    pub sleep_after: Option<u32>,
    /// Who redeems a ticket; otherwise the shell.
    pub redemption: Option<Redemption>,
}

/// Who redeems a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redemption {
    /// Core, by a request of its own.
    #[default]
    Shell,
    /// The window, by going there: for networks where only a webview gets out.
    Window,
}
