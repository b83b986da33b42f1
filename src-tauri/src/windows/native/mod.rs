//! What Tauri has no word for, one file a platform: closing a page's way to
//! the shell, and hearing of pages that do not load.

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
pub(super) use linux::seal;
#[cfg(target_os = "macos")]
pub(super) use macos::seal;
#[cfg(windows)]
pub(super) use windows::seal;
