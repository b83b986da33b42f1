//! What the person likes.

use mashdesk_core::{Change, Error, Host, MashupId};

use crate::{question, start_up};

use super::view::{LanguageView, SleepView, ThemeView};
use super::{Answer, Desk};

/// Marks a mashup as a favourite, or takes the mark away.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_favourite(desk: Desk<'_>, mashup: String, favourite: bool) -> Answer<()> {
    Ok(desk.set_favourite(&MashupId::parse(&mashup)?, favourite)?)
}

/// Sets light or dark.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_theme(desk: Desk<'_>, theme: ThemeView) -> Answer<()> {
    Ok(desk.set_theme(theme.into())?)
}

/// Sets the language.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_language(desk: Desk<'_>, language: LanguageView) -> Answer<()> {
    Ok(desk.set_language(language.into())?)
}

/// Sets after how long a window that nobody looks at sleeps.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_sleep(desk: Desk<'_>, sleep: SleepView) -> Answer<()> {
    Ok(desk.set_sleep(sleep.into())?)
}

/// Sets whether each export asks where it goes.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_ask_where_to_save(desk: Desk<'_>, ask: bool) -> Answer<()> {
    Ok(desk.set_ask_where_to_save(ask)?)
}

/// Lets the person choose the folder for exports in the system's own dialog.
#[tauri::command]
#[specta::specta]
pub(super) async fn choose_download_folder(desk: Desk<'_>, window: tauri::WebviewWindow) -> Answer<()> {
    let folder = question::which_folder(desk.host().app(), window, &desk.download_folder()).await;
    match folder {
        Some(folder) => Ok(desk.set_download_folder(Some(folder))?),
        None => Ok(()),
    }
}

/// Saves exports in the person's download folder again.
#[tauri::command]
#[specta::specta]
pub(super) async fn reset_download_folder(desk: Desk<'_>) -> Answer<()> {
    Ok(desk.set_download_folder(None)?)
}

/// Whether the app starts when the person signs in to the computer.
#[tauri::command]
#[specta::specta]
pub(super) async fn set_start_with_system(desk: Desk<'_>, on: bool) -> Answer<()> {
    if desk.policy().start_with_system.is_some() {
        return Err(Error::Managed { setting: "start_with_system".to_owned() }.into());
    }
    start_up::set(desk.host().app(), on)?;
    desk.host().changed(Change::Personal);
    Ok(())
}
