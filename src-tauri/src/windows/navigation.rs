//! Applies core's decisions about where a mashup's window goes.

use std::sync::atomic::{AtomicU32, Ordering};

use mashdesk_core::WindowId;
use mashdesk_core::navigation::{Decision, Way, decide};
use tauri::AppHandle;
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent};
use url::Url;

use super::message_page::Choice;
use super::{Builder, builder, dress, mashup_label, seal};
use crate::desk;

/// Puts the rules of a mashup's window on a builder.
pub(super) fn rule<'a>(builder: Builder<'a>, app: &AppHandle, window: WindowId) -> Builder<'a> {
    let (here, opens, loads) = (app.clone(), app.clone(), app.clone());
    builder
        .on_navigation(move |url| may_go(&here, window, url))
        .on_new_window(move |url, features| open(&opens, window, &url, features))
        .on_page_load(move |webview, payload| {
            // A window that the mashup opened is not the mashup itself.
            if webview.label() == mashup_label(window) {
                match payload.event() {
                    PageLoadEvent::Started => desk(&loads).went_astray(window, payload.url()),
                    PageLoadEvent::Finished => desk(&loads).page_loaded(window, payload.url()),
                }
            }
        })
}

fn may_go(app: &AppHandle, window: WindowId, url: &Url) -> bool {
    let desk = desk(app);
    if desk.host().shows_message(window) {
        match Choice::of(url) {
            Some(Choice::Retry) => drop(desk.retry(window)),
            Some(Choice::Close) => drop(desk.close(window)),
            // The page itself goes by one of these, as the platform likes.
            None if matches!(url.scheme(), "about" | "data") => return true,
            None => {}
        }
    }
    match decision(app, window, url, Way::InPlace) {
        Decision::Allow => true,
        Decision::Export => {
            desk.export(window, url);
            false
        }
        Decision::System => {
            open_outside(url);
            false
        }
        Decision::Refuse => false,
    }
}

fn open(
    app: &AppHandle,
    window: WindowId,
    url: &Url,
    features: NewWindowFeatures,
) -> NewWindowResponse<tauri::Wry> {
    match decision(app, window, url, Way::NewWindow) {
        Decision::Allow => match pop_up(app, window, features) {
            Ok(window) => return NewWindowResponse::Create { window },
            Err(error) => tracing::warn!(%window, %error, "a window of a mashup was not opened"),
        },
        Decision::Export => desk(app).export(window, url),
        Decision::System => open_outside(url),
        Decision::Refuse => {
            tracing::info!(%window, scheme = url.scheme(), "a window of a mashup was refused")
        }
    }
    NewWindowResponse::Deny
}

/// A window that a mashup opens: the opener's store, the opener's rules.
fn pop_up(
    app: &AppHandle,
    window: WindowId,
    features: NewWindowFeatures,
) -> tauri::Result<tauri::WebviewWindow> {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let label = format!("{}-{}", mashup_label(window), COUNT.fetch_add(1, Ordering::Relaxed));
    let desk = desk(app);
    let frame = desk.frame(window).ok_or(tauri::Error::WindowNotFound)?;
    let titles = app.clone();
    let webview = builder(app, &label, window, &**desk.host().stores())?
        .title(&frame.title)
        .inner_size(900.0, 640.0)
        .window_features(features)
        .on_document_title_changed(move |webview, page| {
            let title = crate::desk(&titles).title_of_opened(window, &page);
            if let Err(error) = webview.set_title(&title) {
                tracing::warn!(%error, "a window kept its title");
            }
        })
        .build()?;
    seal(&webview, app, window)?;
    dress(&webview, &frame)?;
    Ok(webview)
}

fn decision(app: &AppHandle, window: WindowId, url: &Url, way: Way) -> Decision {
    match desk(app).window(window).and_then(|session| session.allowed) {
        Some(allowed) => decide(&allowed, url, way),
        // Before there is a ticket there is nowhere to go.
        None if url.as_str() == "about:blank" => Decision::Allow,
        None => Decision::Refuse,
    }
}

fn open_outside(url: &Url) {
    if let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "the system did not open a link");
    }
}
