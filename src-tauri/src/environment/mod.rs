//! The variables that WebKitGTK's processes are started with. They take them from this
//! process; what it starts for the person is given back what they had.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::{WITHOUT_OPENGL, give_back, settle, settled};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::process::Command;

    /// WebView2 and WebKit on macOS need none.
    pub fn settle() {}

    /// It has the person's own variables.
    pub fn give_back(_program: &mut Command) {}
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{give_back, settle};
