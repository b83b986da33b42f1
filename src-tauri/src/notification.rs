//! Notifications of the desktop, for a person who is looking at something else.

use mashdesk_core::exports::{Export, ExportState};
use notify_rust::Notification;
use tauri::AppHandle;

use crate::commands::Problem;
use crate::desk;
use crate::words::Language;

/// Tells that an export has ended. A desktop without notifications has the
/// launcher's list.
pub(crate) fn export_ended(app: &AppHandle, export: &Export) {
    let Some((title, text)) = words(Language::chosen(desk(app).settings().language), export) else { return };
    let mut notification = Notification::new();
    notification.appname("Mashdesk").icon("mashdesk").summary(&title).body(&text);
    // Under this id the installer's shortcut is known to Windows.
    #[cfg(windows)]
    notification.app_id(&app.config().identifier);
    // The desktop may be slow to answer.
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = notification.show() {
            tracing::info!(%error, "no notification");
        }
    });
}

fn words(language: &Language, export: &Export) -> Option<(String, String)> {
    let (title, text) = match &export.state {
        ExportState::Saved(_) => ("notification.saved", export.file_name.clone()),
        ExportState::Failed(error) => ("notification.failed", language.problem(&Problem::from(error)).title),
        ExportState::Running(..) | ExportState::Cancelled => return None,
    };
    Some((language.message(title).replace("{title}", &export.title), as_markup(&text)))
}

/// Linux desktops read the text as markup.
fn as_markup(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}
