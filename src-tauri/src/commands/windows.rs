//! Mashups' windows.

use mashdesk_core::{Error, MashupId, WindowId};

use tauri::AppHandle;

use super::{Answer, Desk, untold};

/// Opens a mashup in a new window; answers the window's id when the launcher knows it.
#[tauri::command]
#[specta::specta]
pub(super) async fn open_mashup(app: AppHandle, desk: Desk<'_>, mashup: String) -> Answer<String> {
    let window = desk.open(&MashupId::parse(&mashup)?)?;
    // A second click waits for the first, and then finds the window that it has opened.
    untold::tell(&app).await;
    Ok(window.to_string())
}

/// The person has come to a mashup that they may open next.
#[tauri::command]
#[specta::specta]
pub(super) async fn expect_mashup(desk: Desk<'_>, mashup: String) -> Answer<()> {
    desk.expect_mashup(&MashupId::parse(&mashup)?).await;
    Ok(())
}

/// Brings a window to the front.
#[tauri::command]
#[specta::specta]
pub(super) async fn focus_window(desk: Desk<'_>, window: String) -> Answer<()> {
    Ok(desk.focus(parse(&window)?)?)
}

/// Tries a failed window again.
#[tauri::command]
#[specta::specta]
pub(super) async fn retry_window(desk: Desk<'_>, window: String) -> Answer<()> {
    Ok(desk.retry(parse(&window)?)?)
}

/// Closes a window and gives its session back.
#[tauri::command]
#[specta::specta]
pub(super) async fn close_window(desk: Desk<'_>, window: String) -> Answer<()> {
    Ok(desk.close(parse(&window)?)?)
}

/// Closes every window and gives their sessions back.
#[tauri::command]
#[specta::specta]
pub(super) async fn close_all_windows(desk: Desk<'_>) -> Answer<()> {
    desk.close_all().await;
    Ok(())
}

fn parse(window: &str) -> Result<WindowId, Error> {
    WindowId::parse(window).ok_or(Error::WindowGone)
}
