//! The picture that tells a mashup's window apart in the task switcher.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(super) use linux::set;
#[cfg(target_os = "macos")]
pub(super) use macos::set;
#[cfg(windows)]
pub(super) use windows::set;

/// Its side, in pixels.
#[cfg(not(target_os = "macos"))]
const SIDE: u16 = 64;
/// The radius of its corners.
#[cfg(not(target_os = "macos"))]
const CORNER: u16 = 14;
