//! What IT has settled for everyone who works at this machine. What it leaves
//! open is the person's to set, or has the default named here.

use std::path::PathBuf;

use url::Url;

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
    /// Where IT offers newer versions; otherwise none are looked for.
    pub updates: Option<Url>,
    /// The public key that they are signed with; otherwise none is good.
    pub updates_key: Option<String>,
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
