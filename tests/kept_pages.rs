//! What the app keeps of mashups' pages on the disk, as whoever looks into the
//! folder sees it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mashdesk_core::WindowId;
use tauri::Manager;

use crate::desktop::{Desktop, until};

/// A page's scripts are larger than that, in bytes; whatever else is kept is not.
const SCRIPTS_MIN: u64 = 100 << 10;

/// The folder of all caches.
pub(crate) struct KeptPages(PathBuf);

impl KeptPages {
    pub(crate) fn of(desktop: &Desktop) -> Result<Self> {
        Ok(Self(desktop.app.path().app_cache_dir()?.join("pages")))
    }

    /// Closes a window when its webview has written down what it holds (a person
    /// stays longer than that), and waits until that is kept.
    pub(crate) fn close(&self, desktop: &Desktop, window: WindowId) -> Result<()> {
        let mashup = desktop.desk.window(window).context("no such window")?.mashup;
        let folder = self.folder(mashup.as_str())?.context("nothing is kept of it")?;
        let held = desktop.app.path().runtime_dir()?.join(&desktop.app.config().identifier);
        let held = held.join(window.to_string()).join("cache");
        until("the scripts to be held", || Ok((largest(&held) >= SCRIPTS_MIN).then_some(())))?;
        desktop.desk.close(window)?;
        until("them to be kept", || Ok((!folder.join("in-use").exists()).then_some(())))
    }

    /// The folder in which a mashup's pages are, the one of this run's website.
    fn folder(&self, mashup: &str) -> Result<Option<PathBuf>> {
        for entry in fs::read_dir(&self.0)? {
            let folder = entry?.path();
            // Not everything in there is a folder with an owner.
            let Ok(owner) = fs::read(folder.join("owner.json")) else { continue };
            let owner: serde_json::Value = serde_json::from_slice(&owner)?;
            if owner["mashup"] == mashup && folder.join("in-use").exists() {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }
}

/// The size of the largest file below a folder, in bytes.
fn largest(folder: &Path) -> u64 {
    // What goes meanwhile is no file.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| {
        let about = entry.metadata().ok()?;
        Some(if about.is_dir() { largest(&entry.path()) } else { about.len() })
    });
    sizes.max().unwrap_or(0)
}
