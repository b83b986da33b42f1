//! What the person likes.

use mashdesk_core::{Change, Error, Host, MashupId};

use crate::start_up;

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
