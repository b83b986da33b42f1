//! The launcher's window.

use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::desk;
use crate::question::{self, Question};

/// Its label; the capability names it.
pub(crate) const LABEL: &str = "main";

/// Opens the launcher.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Mashdesk")
        .inner_size(960.0, 720.0)
        .min_inner_size(420.0, 480.0)
        // An empty webview on the screen would hold the main thread up for half a
        // second, and every mashup's window with it.
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished
                && let Err(error) = window.show().and_then(|()| window.set_focus())
            {
                tracing::error!(%error, "the launcher could not be shown");
            }
        })
        // It is one page; whatever else it is sent to is not it.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .build()?;
    let handle = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && !desk(&handle).windows().is_empty()
        {
            api.prevent_close();
            tauri::async_runtime::spawn(quit_or_minimize(handle.clone()));
        }
    });
    Ok(window)
}

/// Mashups are open: the person says whether they close as well, or whether
/// only the launcher goes out of the way.
async fn quit_or_minimize(app: AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    if question::ask(&app, window.clone(), Question::Quit).await {
        app.exit(0);
    } else if let Err(error) = window.minimize() {
        tracing::warn!(%error, "the launcher stays on the screen");
    }
}

/// Brings the launcher to the front.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the launcher could not be shown");
        }
    }
}
