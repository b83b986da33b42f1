//! The variables that WebKitGTK's processes are started with. They take them from this
//! process; whatever else it starts is given back what the person had.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::{WITHOUT_OPENGL, give_back, settle, settled};

/// WebView2 and WebKit on macOS need none.
#[cfg(not(target_os = "linux"))]
pub fn settle() {}
