//! WebView2: a user-data folder a live window, and InPrivate in it.
//!
//! Two InPrivate webviews in one folder would share one profile, so the folder
//! is the guarantee; InPrivate keeps the session off the disk. Which window has
//! which folder is core's `slots.rs`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mashdesk_core::WindowId;
use mashdesk_core::http_cache::{Roots, Slot};
use mashdesk_core::slots::{Folders, Slots};
use tauri::{AppHandle, Manager};

use super::{Builder, Stores, refused};

/// A store a window.
#[derive(Debug, Default)]
pub struct Isolated {
    slots: Mutex<Slots>,
}

impl Isolated {
    /// A store for each window to come.
    pub fn new() -> Self {
        Self::default()
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for Isolated {
    fn give<'a>(
        &self,
        app: &AppHandle,
        builder: Builder<'a>,
        window: WindowId,
        _slot: Option<&Slot>,
    ) -> tauri::Result<Builder<'a>> {
        let stores = UserData(app.path().app_local_data_dir()?.join("stores"));
        let slot = self.slots().give(window, &stores).map_err(refused)?;
        Ok(builder.data_directory(stores.folder(slot)).incognito(true))
    }

    fn take_back(&self, window: WindowId) {
        self.slots().take_back(window);
    }
}

/// InPrivate keeps what pages load in memory only, with its cookies: see docs/decisions/0016.
pub(crate) fn cache_roots(_app: &AppHandle) -> Option<Roots> {
    None
}

/// The user-data folders.
struct UserData(PathBuf);

impl UserData {
    fn folder(&self, slot: u32) -> PathBuf {
        self.0.join(slot.to_string())
    }
}

impl Folders for UserData {
    fn is_there(&self, slot: u32) -> io::Result<bool> {
        self.folder(slot).try_exists()
    }

    /// A folder in which a process has a file open cannot be renamed, so
    /// nothing of it is lost then. What cannot be removed after that is tried
    /// again when the slot is given the next time.
    fn clear(&self, slot: u32) -> io::Result<()> {
        let (folder, old) = (self.folder(slot), self.0.join(format!("{slot}.old")));
        remove(&old)?;
        match fs::rename(&folder, &old) {
            Ok(()) => remove(&old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
