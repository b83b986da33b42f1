//! What a webview downloads by itself (`blob:`, attachments that are no
//! exports): it is saved in the folder for exports, under a name that is free.

use mashdesk_core::WindowId;
use mashdesk_core::sessions::Wish;
use tauri::AppHandle;
use tauri::webview::DownloadEvent;

use super::{Builder, admits};
use crate::desk;

pub(super) fn rule<'a>(builder: Builder<'a>, app: &AppHandle, window: WindowId) -> Builder<'a> {
    let app = app.clone();
    builder.on_download(move |_, event| {
        if let DownloadEvent::Requested { destination, .. } = event {
            if !admits(&app, window, Wish::File) {
                return false;
            }
            let suggested = destination.file_name().map(|name| name.to_string_lossy().into_owned());
            match desk(&app).free_path(window, suggested.as_deref()) {
                Ok(free) => *destination = free,
                Err(error) => {
                    tracing::warn!(%window, %error, "a download was refused");
                    return false;
                }
            }
        }
        true
    })
}
