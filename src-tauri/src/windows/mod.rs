//! Mashups' windows: each with a store of its own, no way to the shell, and
//! nowhere to go but where its mashup may.

mod cookies;
mod downloads;
mod message_page;
mod native;
mod navigation;
mod screen;
pub mod store;

use mashdesk_core::WindowId;
use tauri::{AppHandle, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry};
use url::Url;

use crate::desk;
pub use screen::Screen;
use store::Stores;

type Builder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

/// The label of a mashup's window; windows that it opens add a number.
pub fn mashup_label(window: WindowId) -> String {
    format!("mashup-{window}")
}

/// A builder for a mashup's window, or for one that a mashup opens: hidden or
/// not, it gets the mashup's store and the same rules.
fn builder<'a>(
    app: &'a AppHandle,
    label: &str,
    window: WindowId,
    stores: &dyn Stores,
) -> tauri::Result<Builder<'a>> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::External(blank()))
        // The page's own drag and drop, not the shell's.
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions));
    let builder = navigation::rule(builder, app, window);
    let builder = downloads::rule(builder, app, window);
    stores.give(builder, window)
}

/// Before its first navigation: closes the window's way to the shell, and
/// listens for what only the platform tells.
fn seal(webview: &WebviewWindow, app: &AppHandle, window: WindowId) -> tauri::Result<()> {
    let app = app.clone();
    native::seal(webview, move |error| desk(&app).page_failed(window, error))
}

/// Tells core when a mashup's window is gone.
fn watch(webview: &WebviewWindow, app: &AppHandle, window: WindowId, stores: std::sync::Arc<dyn Stores>) {
    let app = app.clone();
    webview.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            stores.take_back(window);
            desk(&app).window_closed(window);
        }
    });
}

/// The empty page that a window is made with.
fn blank() -> Url {
    #[expect(clippy::expect_used, reason = "a constant")]
    Url::parse("about:blank").expect("a URL")
}
