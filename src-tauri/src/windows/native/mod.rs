//! What Tauri has no word for, one file a platform: closing a page's way to
//! the shell, hearing of pages that fail, and showing a page of the shell's own
//! (as a `data:` address it would inherit the policy of the mashup before it).

// On macOS nobody tells.
#[cfg(not(target_os = "macos"))]
mod failure;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(super) use linux::{NAVIGATION, bound_dialogs, build, listen, observe, seal, show};
#[cfg(target_os = "macos")]
pub(super) use macos::{NAVIGATION, bound_dialogs, build, listen, observe, seal, show};
#[cfg(windows)]
pub(super) use windows::{NAVIGATION, bound_dialogs, build, listen, observe, seal, show};
