//! Exports.

use std::path::PathBuf;

use mashdesk_core::exports::ExportState;
use mashdesk_core::{Error, ExportId};

use super::{Answer, Desk};

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
    tauri_plugin_opener::open_path(&path, None::<&str>).map_err(|error| refused(&path, &error))
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

fn refused(path: &std::path::Path, error: &tauri_plugin_opener::Error) -> super::Problem {
    Error::SystemRefused { what: path.display().to_string(), reason: error.to_string() }.into()
}
