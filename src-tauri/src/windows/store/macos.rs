//! WKWebView: an incognito webview gets a non-persistent website data store of
//! its own; what it opens shares it through the opener's configuration.
//!
//! Never a data store identifier: below macOS 14 it falls back to the shared
//! store without a word. There no mashup opens at all (core's `stores.rs`).

use mashdesk_core::WindowId;
use mashdesk_core::http_cache::{Roots, Slot};
use mashdesk_core::stores::on_macos;
use tauri::AppHandle;

use super::{Builder, Stores, refused};

/// A store a window.
#[derive(Debug, Default)]
pub struct Isolated;

impl Isolated {
    /// A store for each window to come.
    pub fn new() -> Self {
        Self
    }
}

impl Stores for Isolated {
    fn give<'a>(
        &self,
        _app: &AppHandle,
        builder: Builder<'a>,
        _window: WindowId,
        _slot: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>> {
        on_macos(objc2::available!(macos = 14.0)).map_err(refused)?;
        Ok(builder.incognito(true))
    }

    fn take_back(&self, _window: WindowId) {}
}

/// A non-persistent data store keeps nothing: see docs/decisions/0016.
pub(crate) fn cache_roots(_app: &AppHandle) -> Option<Roots> {
    None
}
