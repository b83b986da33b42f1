//! WebView2: a user-data folder a live window, and InPrivate in it.
//!
//! Two InPrivate webviews in one folder would share one profile, so the folder
//! is the guarantee; InPrivate keeps the session off the disk. A folder stays
//! locked until its browser process has ended, so a window that opens takes
//! the lowest slot that no live window has and that can be emptied.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mashdesk_core::WindowId;
use tauri::{AppHandle, Manager};

use super::{Builder, Stores};

/// More than anybody has windows; past it something is wrong.
const SLOTS_MAX: u32 = 200;

/// A store a window.
#[derive(Debug, Default)]
pub struct Isolated {
    slots: Mutex<BTreeMap<WindowId, u32>>,
}

impl Isolated {
    /// A store for each window to come.
    pub fn new() -> Self {
        Self::default()
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<WindowId, u32>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for Isolated {
    fn give<'a>(
        &self,
        app: &AppHandle,
        builder: Builder<'a>,
        window: WindowId,
    ) -> tauri::Result<Builder<'a>> {
        let stores = app.path().app_local_data_dir()?.join("stores");
        let mut slots = self.slots();
        // A window that a mashup opens shares its opener's slot.
        let folder = |slot: u32| stores.join(slot.to_string());
        let slot = match slots.get(&window) {
            Some(slot) => *slot,
            None => (0..SLOTS_MAX)
                .filter(|slot| !slots.values().any(|taken| taken == slot))
                .find(|slot| empty(&folder(*slot)).is_ok())
                .ok_or_else(|| io::Error::other("no free folder for a store"))?,
        };
        slots.insert(window, slot);
        Ok(builder.data_directory(folder(slot)).incognito(true))
    }

    fn take_back(&self, window: WindowId) {
        self.slots().remove(&window);
    }
}

/// Empties a slot; fails while a browser process still holds it.
fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
