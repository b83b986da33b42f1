//! All windows in one cookie store, as tabs of one browser are: the failure
//! that Mashdesk is for. The product has no such thing.

use std::sync::atomic::{AtomicUsize, Ordering};

use mashdesk::store::{Isolated, Stores};
use mashdesk_core::WindowId;
use mashdesk_core::http_cache::Slot;
use tauri::{AppHandle, WebviewWindowBuilder, Wry};

type Builder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

/// The windows that look for each other's canaries; they are the first.
pub(crate) const CANARIES: usize = 2;

/// Shared by mashups, and only by them: the two windows that look for each
/// other's canaries at the start are kept apart, or no mashup would open.
pub(crate) struct SharedStore;

/// Shared by all: what a platform would be that keeps nothing apart.
pub(crate) struct SharedFromTheStart;

impl Stores for SharedStore {
    fn give<'a>(
        &self,
        app: &AppHandle,
        builder: Builder<'a>,
        id: WindowId,
        slot: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>> {
        /// One process plays one story.
        static GIVEN: AtomicUsize = AtomicUsize::new(0);
        if GIVEN.fetch_add(1, Ordering::Relaxed) < CANARIES {
            return Isolated::new().give(app, builder, id, slot);
        }
        Ok(builder)
    }

    fn take_back(&self, _window: WindowId) {}
}

impl Stores for SharedFromTheStart {
    fn give<'a>(
        &self,
        _: &AppHandle,
        builder: Builder<'a>,
        _: WindowId,
        _: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>> {
        Ok(builder)
    }

    fn take_back(&self, _window: WindowId) {}
}
