//! The policy's proxy, for a window's webview. Without one the webview goes
//! the system's own way.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(super) use linux::{rule, set};
#[cfg(target_os = "macos")]
pub(super) use macos::{rule, set};
#[cfg(windows)]
pub(super) use windows::{rule, set};
