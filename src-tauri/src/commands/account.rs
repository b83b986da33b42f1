//! Signing in and out.

use mashdesk_core::Connection;
use mashdesk_core::website::SignInWay;
use tauri::AppHandle;

use super::{Answer, Desk, open_outside};
use crate::launcher;

/// Signs in with a token that the website gave the person.
#[tauri::command]
#[specta::specta]
pub(super) async fn sign_in(desk: Desk<'_>, token: String) -> Answer<()> {
    Ok(desk.sign_in(&token).await?)
}

/// Signs in in the system's browser; answers when that has ended.
#[tauri::command]
#[specta::specta]
pub(super) async fn sign_in_with_browser(app: AppHandle, desk: Desk<'_>) -> Answer<()> {
    let ended = desk.sign_in_with_browser().await;
    // The person is looking at the browser.
    launcher::show(&app);
    Ok(ended?)
}

/// Signs in on the website's own page; answers when that has ended.
#[tauri::command]
#[specta::specta]
pub(super) async fn sign_in_with_website(desk: Desk<'_>) -> Answer<()> {
    Ok(desk.sign_in_with_website().await?)
}

/// Stops signing in.
#[tauri::command]
#[specta::specta]
pub(super) fn cancel_sign_in(desk: Desk<'_>) -> Answer<()> {
    desk.cancel_sign_in();
    Ok(())
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
        Connection::Ready(website) => {
            let page = website.sign_in.iter().find_map(|way| match way {
                SignInWay::Token { page, .. } => page.as_ref(),
                _ => None,
            });
            open_outside(page).await
        }
        _ => Ok(()),
    }
}
