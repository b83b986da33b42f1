//! Exports.

use mashdesk_core::Error;
use mashdesk_core::exports::ExportState;

use super::{Answer, Desk};

/// Shows a saved export in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(super) async fn show_export(desk: Desk<'_>, id: String) -> Answer<()> {
    let export = desk.exports().into_iter().find(|export| export.id.to_string() == id);
    let Some(ExportState::Saved(path)) = export.map(|export| export.state) else { return Ok(()) };
    tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| {
        Error::SystemRefused { what: path.display().to_string(), reason: error.to_string() }.into()
    })
}
