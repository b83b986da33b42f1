//! Starting with the system: off unless the person turns it on. The system
//! itself remembers it, so that its own settings and ours never differ.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use mashdesk_core::{Error, Policy};
use tauri::AppHandle;

#[cfg(target_os = "linux")]
use linux::Entry;
#[cfg(target_os = "macos")]
use macos::Entry;
#[cfg(windows)]
use windows::Entry;

/// What the system calls it.
const NAME: &str = "Mashdesk";

/// Whether the app starts when the person signs in to the computer.
pub(crate) fn is_on(app: &AppHandle) -> bool {
    entry(app).is_ok_and(|entry| entry.is_there())
}

/// Turns it on or off.
///
/// # Errors
/// [`Error::SettingsUnwritable`].
pub(crate) fn set(app: &AppHandle, on: bool) -> Result<(), Error> {
    entry(app)
        .and_then(|entry| if on { entry.make() } else { entry.remove() })
        .map_err(|reason| Error::SettingsUnwritable { path: Entry::PLACE.to_owned(), reason })
}

/// Turns it on or off where IT has settled it.
pub(crate) fn settle(app: &AppHandle, policy: &Policy) {
    let Some(on) = policy.start_with_system.filter(|on| *on != is_on(app)) else { return };
    if let Err(error) = set(app, on) {
        tracing::warn!(%error, "it does not start as IT wants");
    }
}

fn entry(app: &AppHandle) -> Result<Entry, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    Entry::of(app, &program)
}
