//! What the app keeps of mashups' pages on the disk, as whoever looks into the
//! folder sees it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use mashdesk_core::WindowId;
use tauri::Manager;

use crate::desktop::{Desktop, until};

/// Where a page's scripts and styles are from.
const SCRIPTS: &str = r"performance.getEntriesByType('resource')
    .map(entry => entry.name).filter(name => /\.(css|js)$/.test(name))";

/// The folder of all caches.
pub(crate) struct KeptPages(PathBuf);

impl KeptPages {
    pub(crate) fn of(desktop: &Desktop) -> Result<Self> {
        Ok(Self(desktop.app.path().app_cache_dir()?.join("pages")))
    }

    /// Closes a window when its webview has written down all scripts and styles that
    /// its page has loaded (a person stays longer than that), and waits until they
    /// are kept.
    pub(crate) fn close(&self, desktop: &Desktop, window: WindowId) -> Result<()> {
        let mashup = desktop.desk.window(window).context("no such window")?.mashup;
        let folder = self.folder(mashup.as_str())?.context("nothing is kept of it")?;
        let held = desktop.app.path().runtime_dir()?.join(&desktop.app.config().identifier);
        let held = held.join(window.to_string()).join("cache");
        let loaded: Vec<String> = serde_json::from_value(desktop.mashup(window)?.look(SCRIPTS)?)?;
        ensure!(!loaded.is_empty(), "its page has loaded no script");
        until("the scripts to be held", || {
            let records = records(&held);
            let is_held = |script: &String| {
                let names =
                    |record: &Vec<u8>| record.windows(script.len()).any(|text| text == script.as_bytes());
                records.iter().any(names)
            };
            Ok(loaded.iter().all(is_held).then_some(()))
        })?;
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

/// What WebKit has written about what it holds: where it is from, and its headers.
/// It does so when a large body is in its file.
fn records(folder: &Path) -> Vec<Vec<u8>> {
    // What goes meanwhile is no file.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                records(&path)
            } else if path.parent().is_some_and(|parent| parent.ends_with("Resource"))
                && !path.to_string_lossy().ends_with("-blob")
            {
                fs::read(&path).into_iter().collect()
            } else {
                Vec::new()
            }
        })
        .collect()
}
