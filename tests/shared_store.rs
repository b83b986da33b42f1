//! All windows in one cookie store, as tabs of one browser are: the failure
//! that Mashdesk is for. The product has no such thing.

use mashdesk::store::Stores;
use mashdesk_core::WindowId;
use tauri::{AppHandle, WebviewWindowBuilder, Wry};

pub(crate) struct SharedStore;

impl Stores for SharedStore {
    fn give<'a>(
        &self,
        _app: &AppHandle,
        builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
        _window: WindowId,
    ) -> tauri::Result<WebviewWindowBuilder<'a, Wry, AppHandle>> {
        Ok(builder)
    }

    fn take_back(&self, _window: WindowId) {}
}
