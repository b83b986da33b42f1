//! The catalog.

use mashdesk_core::MashupId;

use super::{Answer, Desk};

/// Asks the website for the catalog now.
#[tauri::command]
#[specta::specta]
pub(super) async fn refresh_catalog(desk: Desk<'_>) -> Answer<()> {
    Ok(desk.refresh_catalog().await?)
}

/// A mashup's icon as a `data:` URL, for an `<img>` and nothing else.
#[tauri::command]
#[specta::specta]
pub(super) async fn mashup_icon(desk: Desk<'_>, mashup: String) -> Answer<Option<String>> {
    Ok(desk.icon(&MashupId::parse(&mashup)?).await)
}
