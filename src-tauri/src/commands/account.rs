//! Signing in and out.

use mashdesk_core::Connection;

use super::{Answer, Desk, open_outside};

/// Signs in with a token that the website gave the person.
#[tauri::command]
#[specta::specta]
pub(super) async fn sign_in(desk: Desk<'_>, token: String) -> Answer<()> {
    Ok(desk.sign_in(&token).await?)
}

/// Signs out: every window closes, the token is forgotten.
#[tauri::command]
#[specta::specta]
pub(super) async fn sign_out(desk: Desk<'_>) -> Answer<()> {
    Ok(desk.sign_out().await?)
}

/// Opens the website's page about tokens in the system's browser.
#[tauri::command]
#[specta::specta]
pub(super) async fn open_token_help(desk: Desk<'_>) -> Answer<()> {
    match desk.connection() {
        Connection::Ready(website) => website.token_page.as_ref().map_or(Ok(()), open_outside),
        _ => Ok(()),
    }
}
