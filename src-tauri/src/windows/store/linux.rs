//! WebKitGTK: an incognito webview gets an ephemeral context of its own, in
//! memory; what it opens shares it through the opener's related view.
//!
//! An ephemeral context keeps nothing of what it loads. A window with a slot gets
//! one that does, and is otherwise as short-lived: WebKit holds its cookies in
//! memory as long as no file is named for them, and all else is in the slot's own
//! folder. wry makes such a context only for ever and with a file of cookies,
//! so it is handed over by a view that never loads anything.

use mashdesk_core::WindowId;
use mashdesk_core::http_cache::{Roots, Slot};
use tauri::{AppHandle, Manager};
use webkit2gtk::{WebContext, WebView, WebsiteDataManager};

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
        slot: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>> {
        // No data directory: contexts with one are kept for ever.
        let builder = builder.incognito(true);
        Ok(match slot {
            Some(slot) => builder.with_related_view(view_of(slot)),
            None => builder,
        })
    }

    fn take_back(&self, _window: WindowId) {}
}

/// A view whose context keeps what it loads in a slot.
#[expect(deprecated, reason = "the one way to keep the cache apart from what pages store")]
fn view_of(slot: &Slot) -> WebView {
    let storages = slot.storages.to_string_lossy();
    let data = WebsiteDataManager::builder()
        .base_data_directory(&*storages)
        .base_cache_directory(&*storages)
        .disk_cache_directory(slot.cache.to_string_lossy())
        .build();
    WebView::builder().web_context(&WebContext::builder().website_data_manager(&data).build()).build()
}

/// Where windows keep what their pages load. What an open window holds has to be in
/// memory: where the system has no folder for that, nothing is kept.
pub(crate) fn cache_roots(app: &AppHandle) -> Option<Roots> {
    let caches = app.path().app_cache_dir().ok()?.join("pages");
    let held = app.path().runtime_dir().ok()?.join(&app.config().identifier);
    Some(Roots { caches, held })
}
