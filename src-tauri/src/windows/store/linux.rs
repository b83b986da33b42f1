//! WebKitGTK: an incognito webview gets an ephemeral context of its own, in
//! memory; what it opens shares it through the opener's related view.

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
        // No data directory: contexts with one are kept for ever.
        Ok(builder.incognito(true))
    }

    fn take_back(&self, _window: WindowId) {}
}
