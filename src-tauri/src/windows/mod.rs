//! Mashups' windows: each with a store of its own, no way to the shell, and
//! nowhere to go but where its mashup may.

mod canary;
mod cookies;
mod downloads;
mod fence;
#[cfg(target_os = "linux")]
mod find_bar;
mod geometry;
pub mod guard;
mod held;
mod icon;
mod keys;
mod message_page;
mod native;
mod navigation;
pub(crate) mod observer;
#[cfg(target_os = "linux")]
mod print;
mod proxy;
mod redeeming;
mod screen;
mod sign_in_page;
mod sign_in_window;
mod sleep;
pub mod store;

use std::sync::Arc;

use mashdesk_core::http_cache::Slot;
use mashdesk_core::sessions::Wish;
use mashdesk_core::{Frame, WindowId};
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
    slot: Option<&Slot>,
) -> tauri::Result<Builder<'a>> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::External(blank()))
        // The page's own drag and drop, not the shell's.
        .disable_drag_drop_handler()
        .initialization_script(observer::SCRIPT)
        .devtools(cfg!(debug_assertions));
    let guard = desk(app).host().guard();
    let builder = builder.on_permission_request(move |_, kind| guard.permits(kind));
    let builder = navigation::rule(builder, app, window, label);
    let builder = downloads::rule(builder, app, window);
    let builder = proxy::rule(builder, desk(app).policy());
    stores.give(app, builder, window, slot)
}

/// Before its first navigation: closes the window's way to the shell, and
/// listens for what only the platform tells.
fn seal(webview: &WebviewWindow, app: &AppHandle, window: WindowId) -> tauri::Result<()> {
    keys::listen(webview, app, window)?;
    proxy::set(webview, desk(app).policy())?;
    desk(app).host().guard().seal(webview)?;
    native::observe(webview, observer::SCRIPT, desk(app).keeps_third_party_cookies())?;
    let (dialogs, failures, strays) = (app.clone(), app.clone(), app.clone());
    native::bound_dialogs(webview, move || admits(&dialogs, window, Wish::Dialog))?;
    let label = webview.label().to_owned();
    let own = label == mashup_label(window);
    native::listen(
        webview,
        move |error| {
            let desk = desk(&failures);
            // Of a window that the mashup has opened, the mashup itself knows nothing.
            if own && !desk.host().redeeming().tell(window, Err(error.clone())) {
                desk.page_failed(window, error);
            }
        },
        move |url| navigation::went_astray(&strays, window, &label, url),
    )
}

/// Whether a window's page gets one more of what it asks for.
fn admits(app: &AppHandle, window: WindowId, wish: Wish) -> bool {
    desk(app).host().guard().admits(app, window, wish)
}

/// Gives a window what tells it apart.
fn dress(webview: &WebviewWindow, frame: &Frame) -> tauri::Result<()> {
    if let Some(icon) = &frame.icon {
        icon::set(webview, icon)?;
    }
    webview.set_zoom(frame.zoom.factor())
}

/// Tells core what becomes of a mashup's window.
fn watch(webview: &WebviewWindow, app: &AppHandle, window: WindowId, stores: Arc<dyn Stores>) {
    let (app, watched) = (app.clone(), webview.clone());
    webview.on_window_event(move |event| match event {
        WindowEvent::Destroyed => {
            desk(&app).host().close_opened(window);
            stores.take_back(window);
            desk(&app).window_closed(window);
        }
        WindowEvent::Focused(true) => desk(&app).looked_at(window),
        WindowEvent::Focused(false) => desk(&app).looked_away(window),
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
            if let Ok(Some(geometry)) = geometry::of(&watched) {
                desk(&app).window_moved(window, geometry);
            }
        }
        _ => {}
    });
}

/// The page of a window that loads nothing yet.
pub(crate) fn blank() -> Url {
    #[expect(clippy::expect_used, reason = "a constant")]
    Url::parse("about:blank").expect("a URL")
}
