//! WebKitGTK tells of downloads at the context. wry listens at the one that it
//! makes itself, so whoever brings a context of their own listens there as well.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;

use mashdesk_core::WindowId;
use tauri::{AppHandle, WebviewWindow};
use url::Url;
use webkit2gtk::{Download, DownloadExt, URIRequestExt, WebContextExt, WebViewExt};

use super::begins;
use crate::desk;

/// Has the downloads of a window, and of those that it opens, go where core says.
pub(in crate::windows) fn listen(
    webview: &WebviewWindow,
    app: &AppHandle,
    window: WindowId,
) -> tauri::Result<()> {
    let app = app.clone();
    webview.with_webview(move |webview| {
        let Some(context) = webview.inner().context() else { return };
        context.connect_download_started(move |_, download| follow(download, &app, window));
    })
}

fn follow(download: &Download, app: &AppHandle, window: WindowId) {
    let begun = app.clone();
    download.connect_decide_destination(move |download, suggested| {
        let free = url(download).and_then(|url| begins(&begun, window, &url, Some(suggested)));
        match free {
            Some(free) => download.set_destination(&free.to_string_lossy()),
            None => download.cancel(),
        }
        true
    });
    let failed = Rc::new(Cell::new(false));
    let fails = Rc::clone(&failed);
    download.connect_failed(move |_, _| fails.set(true));
    let ended = app.clone();
    download.connect_finished(move |download| {
        let Some(url) = url(download) else { return };
        let path = download.destination().map(PathBuf::from).filter(|_| !failed.get());
        desk(&ended).download_ended(window, &url, path.as_deref(), !failed.get());
    });
}

fn url(download: &Download) -> Option<Url> {
    download.request()?.uri()?.parse().ok()
}
