//! What a webview downloads by itself (`blob:`, `data:`, attachments that are no
//! exports): core says where it goes and lists it.

use mashdesk_core::WindowId;
use mashdesk_core::sessions::Wish;
use tauri::AppHandle;
use tauri::webview::DownloadEvent;

use super::{Builder, admits};
use crate::desk;

pub(super) fn rule<'a>(builder: Builder<'a>, app: &AppHandle, window: WindowId) -> Builder<'a> {
    let app = app.clone();
    builder.on_download(move |_, event| {
        match event {
            DownloadEvent::Requested { url, destination } => {
                if !admits(&app, window, Wish::File) {
                    return false;
                }
                let suggested = destination.file_name().map(|name| name.to_string_lossy().into_owned());
                match desk(&app).download_begins(window, &url, suggested.as_deref()) {
                    Ok(free) => *destination = free,
                    Err(error) => {
                        tracing::warn!(%window, %error, "a download was refused");
                        return false;
                    }
                }
            }
            DownloadEvent::Finished { url, path, success } => {
                desk(&app).download_ended(window, &url, path.as_deref(), success);
            }
            _ => {}
        }
        true
    })
}
