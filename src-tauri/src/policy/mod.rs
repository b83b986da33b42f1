//! Where the system keeps what IT has settled; core reads and judges it.

mod command;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use std::io::{self, Write};
use std::process::ExitCode;

use mashdesk_core::policy::{PolicyError, Settled};
use mashdesk_core::{Error, Language};
use rfd::{MessageDialog, MessageLevel};

#[cfg(target_os = "linux")]
use self::linux as platform;
#[cfg(target_os = "macos")]
use self::macos as platform;
#[cfg(windows)]
use self::windows as platform;
use crate::words;
pub(crate) use command::{Arguments, in_words, lines, print};

/// What the process ends with where the policy is broken: `EX_CONFIG` of
/// sysexits.h.
pub(crate) const BROKEN: u8 = 78;

/// Reads the policy that holds for whoever runs this.
///
/// # Errors
/// Where there is one that cannot be used.
pub(crate) fn read() -> Result<Settled, PolicyError> {
    Settled::of(platform::machine()?, platform::user()?)
}

/// Says that the policy is broken where a terminal shows it, and, where the
/// person waits for a window, in one.
pub(crate) fn refuse(error: PolicyError, window: bool) -> ExitCode {
    // Nobody reads where nothing can be written.
    let _ = writeln!(io::stderr(), "mashdesk: the policy is broken: {error}");
    if window && has_display() {
        let PolicyError { place, reason } = error;
        // What the person has chosen is in settings that are not read before
        // the policy is.
        let language = words::Language::chosen(Language::System);
        let words = language.problem(&Error::PolicyBroken { place, reason }.into());
        MessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title(words.title)
            .set_description(words.advice)
            .show();
    }
    ExitCode::from(BROKEN)
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
