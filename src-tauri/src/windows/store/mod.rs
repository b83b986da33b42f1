//! What gives a mashup's window a cookie store that no other window has. How
//! that is done is the platform's; its file says what it guarantees.

use mashdesk_core::http_cache::Slot;
use mashdesk_core::stores::NoStore;
use mashdesk_core::{Error, WindowId};
use tauri::AppHandle;

use super::Builder;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::Isolated;
#[cfg(target_os = "linux")]
pub(crate) use linux::cache_roots;
#[cfg(target_os = "macos")]
pub use macos::Isolated;
#[cfg(target_os = "macos")]
pub(crate) use macos::cache_roots;
#[cfg(windows)]
pub use windows::Isolated;
#[cfg(windows)]
pub(crate) use windows::cache_roots;

/// Why a window with a store of its own was not made.
pub(super) fn no_store(error: tauri::Error) -> Error {
    match error {
        tauri::Error::Io(error) => match error.downcast::<NoStore>() {
            Ok(no_store) => no_store.into(),
            Err(error) => Error::StoreFailed { reason: error.to_string() },
        },
        other => Error::StoreFailed { reason: other.to_string() },
    }
}

/// The same on its way through Tauri, whose errors know nothing of stores.
#[cfg(not(target_os = "linux"))]
fn refused(no_store: NoStore) -> tauri::Error {
    std::io::Error::other(no_store).into()
}

/// Gives windows their stores. The product has one kind, [`Isolated`]; the
/// end-to-end tests bring a shared one, to see the company's failure again.
pub trait Stores: Send + Sync + 'static {
    /// Gives a window the store of the mashup in `window`; what its pages load is
    /// kept in `slot`, if there is one. Called where the platform makes windows
    /// (`native::build`).
    ///
    /// # Errors
    /// Where the platform cannot guarantee a distinct one: the window must not
    /// open.
    fn give<'a>(
        &self,
        app: &AppHandle,
        builder: Builder<'a>,
        window: WindowId,
        slot: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>>;

    /// The mashup's window is gone, and its store with it.
    fn take_back(&self, window: WindowId);
}
