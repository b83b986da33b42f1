//! Exports.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use mashdesk_core::exports::ExportState;
use mashdesk_core::{Error, ExportId};

use super::{Answer, Desk};
use crate::outside;

/// Shows a saved export in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(super) async fn show_export(desk: Desk<'_>, id: String) -> Answer<()> {
    let Some(path) = saved(&desk, &id) else { return Ok(()) };
    tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| refused(&path, &error))
}

/// Opens a saved export in the system's own program for it.
#[tauri::command]
#[specta::specta]
pub(super) async fn open_export(desk: Desk<'_>, id: String) -> Answer<()> {
    let Some(path) = saved(&desk, &id) else { return Ok(()) };
    // One that is no longer there says so in the system's own words.
    path.metadata().map_err(|error| refused(&path, &error))?;
    outside::open(&path).await.map_err(|error| refused(&path, &error))
}

/// Stops an export.
#[tauri::command]
#[specta::specta]
pub(super) async fn cancel_export(desk: Desk<'_>, id: String) -> Answer<()> {
    if let Some(id) = ExportId::parse(&id) {
        desk.cancel_export(id);
    }
    Ok(())
}

/// Fetches an export that failed or was stopped once more.
#[tauri::command]
#[specta::specta]
pub(super) async fn retry_export(desk: Desk<'_>, id: String) -> Answer<()> {
    if let Some(id) = ExportId::parse(&id) {
        desk.retry_export(id);
    }
    Ok(())
}

fn saved(desk: &Desk<'_>, id: &str) -> Option<PathBuf> {
    let export = desk.exports().into_iter().find(|export| export.id.to_string() == id)?;
    match export.state {
        ExportState::Saved(path) => Some(path),
        _ => None,
    }
}

fn refused(path: &Path, error: &impl Display) -> super::Problem {
    Error::SystemRefused { what: path.display().to_string(), reason: error.to_string() }.into()
}
