//! What draws pages: the graphics card, or the processor where there is none.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::{WITHOUT_OPENGL, settle};

/// WebView2 and WebKit on macOS settle it by themselves.
#[cfg(not(target_os = "linux"))]
pub fn settle() {}
