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

/// The same for the main thread, which goes on meanwhile on Linux. Elsewhere the system
/// takes it over at once, and on Windows from that thread only.
pub(crate) fn open_from_main(what: String, refused: impl FnOnce(io::Error) + Send + 'static) {
    let opening = async move {
        if let Err(error) = open(what).await {
            refused(error);
        }
    };
    #[cfg(target_os = "linux")]
    tauri::async_runtime::spawn(opening);
    #[cfg(not(target_os = "linux"))]
    tauri::async_runtime::block_on(opening);
}
