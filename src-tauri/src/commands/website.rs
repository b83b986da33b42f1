//! Which website, and help from the people who run it.

use mashdesk_core::Connection;

use super::{Answer, Desk, open_outside};

/// Makes another website the one of this and later runs.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_website(desk: Desk<'_>, url: String) -> Answer<()> {
    Ok(desk.set_website(&url).await?)
}

/// Opens the website's page for help, or a letter to it.
#[tauri::command]
#[specta::specta]
pub(super) async fn open_support(desk: Desk<'_>) -> Answer<()> {
    match desk.connection() {
        Connection::Ready(website) => open_outside(website.support.as_ref()).await,
        _ => Ok(()),
    }
}
