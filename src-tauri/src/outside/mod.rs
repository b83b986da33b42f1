//! Pages and files that the system's own programs open.

use std::ffi::OsStr;
use std::io;

#[cfg(target_os = "linux")]
mod linux;

/// Opens an address or a file in the system's own program for it.
///
/// # Errors
/// Where there is none, or it ends at once with an error.
pub(crate) async fn open(what: impl AsRef<OsStr>) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return linux::open(what.as_ref()).await;
    #[cfg(not(target_os = "linux"))]
    return open::that_detached(what);
}
