//! The catalog.

use super::{Answer, Desk};

/// Asks the website for the catalog now.
#[tauri::command]
#[specta::specta]
pub(super) async fn refresh_catalog(desk: Desk<'_>) -> Answer<()> {
    Ok(desk.refresh_catalog().await?)
}
