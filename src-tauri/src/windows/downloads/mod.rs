//! What a webview downloads by itself (`blob:`, `data:`, attachments that are no
//! exports): core says where it goes and lists it.

#[cfg(target_os = "linux")]
mod linux;

use std::path::PathBuf;

use mashdesk_core::WindowId;
use mashdesk_core::sessions::Wish;
use tauri::AppHandle;
use tauri::webview::DownloadEvent;
use url::Url;

use super::{Builder, admits};
use crate::desk;
#[cfg(target_os = "linux")]
pub(super) use linux::listen;

pub(super) fn rule<'a>(builder: Builder<'a>, app: &AppHandle, window: WindowId) -> Builder<'a> {
    let app = app.clone();
    builder.on_download(move |_, event| {
        match event {
            DownloadEvent::Requested { url, destination } => {
                let suggested = destination.file_name().map(|name| name.to_string_lossy().into_owned());
                match begins(&app, window, &url, suggested.as_deref()) {
                    Some(free) => *destination = free,
                    None => return false,
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

/// Only where a window with a slot has a context of its own.
#[cfg(not(target_os = "linux"))]
pub(super) fn listen(_: &tauri::WebviewWindow, _: &AppHandle, _: WindowId) -> tauri::Result<()> {
    Ok(())
}

/// Where a download goes; nowhere, if it may not be.
fn begins(app: &AppHandle, window: WindowId, url: &Url, suggested: Option<&str>) -> Option<PathBuf> {
    if !admits(app, window, Wish::File) {
        return None;
    }
    desk(app)
        .download_begins(window, url, suggested)
        .inspect_err(|error| tracing::warn!(%window, %error, "a download was refused"))
        .ok()
}
