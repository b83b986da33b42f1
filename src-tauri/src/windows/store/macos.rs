//! WKWebView: an incognito webview gets a non-persistent website data store of
//! its own; what it opens shares it through the opener's configuration.
//!
//! Never a data store identifier: below macOS 14 it falls back to the shared
//! store without a word.

use mashdesk_core::WindowId;
use tauri::AppHandle;

use super::{Builder, Stores};

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
    ) -> tauri::Result<Builder<'a>> {
        Ok(builder.incognito(true))
    }

    fn take_back(&self, _window: WindowId) {}
}
