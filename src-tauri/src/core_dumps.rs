//! No core dumps: what a process that dies had in memory, sessions among it, is
//! written nowhere. The webview's processes inherit it. (Windows writes dumps only
//! where an administrator has asked for them.)

use nix::sys::resource::{Resource, setrlimit};

/// Turns them off for this process and all that it starts.
pub(crate) fn turn_off() {
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        tracing::warn!(%error, "a crash may be written to the disk");
    }
}
