//! Applies core's decisions about where a mashup's window goes.

use std::sync::atomic::{AtomicU32, Ordering};

use mashdesk_core::navigation::{Decision, Way};
use mashdesk_core::sessions::Wish;
use mashdesk_core::{Error, WindowId};
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager};
use url::Url;

use super::message_page::Choice;
use super::{Builder, admits, builder, dress, fence, mashup_label, native, seal};
use crate::{desk, outside};

/// Puts the rules of a mashup's window on a builder.
pub(super) fn rule<'a>(builder: Builder<'a>, app: &AppHandle, window: WindowId, label: &str) -> Builder<'a> {
    let (here, opens, loads) = (app.clone(), app.clone(), app.clone());
    let label = label.to_owned();
    builder
        .on_navigation(move |url| may_go(&here, window, &label, url))
        .on_new_window(move |url, features| open(&opens, window, &url, features))
        .on_page_load(move |webview, payload| {
            // A window that the mashup opened is not the mashup itself.
            if webview.label() != mashup_label(window) {
                return;
            }
            let (desk, url) = (desk(&loads), payload.url());
            match payload.event() {
                // What redeems a ticket is no mashup's page.
                PageLoadEvent::Started if desk.host().redeeming().has(window) => {}
                PageLoadEvent::Started => desk.went_astray(window, url),
                PageLoadEvent::Finished => {
                    if !desk.host().redeeming().tell(window, Ok(url.clone())) {
                        desk.page_loaded(window, url);
                    }
                }
            }
        })
}

fn may_go(app: &AppHandle, window: WindowId, label: &str, url: &Url) -> bool {
    let desk = desk(app);
    // What the mashup has opened may still be its page.
    if label == mashup_label(window) && desk.host().shows_message(window) {
        match Choice::of(url) {
            Some(Choice::Retry) => drop(desk.retry(window)),
            Some(Choice::Close) => drop(desk.close(window)),
            // The page itself goes by one of these, as the platform likes.
            None if matches!(url.scheme(), "about" | "data") => return true,
            None => {}
        }
    }
    match decision(app, window, url, native::NAVIGATION) {
        Decision::Allow => return true,
        Decision::Export => export(app, window, url),
        Decision::System => open_outside(app, window, url),
        Decision::Astray => went_astray(app, window, label, url),
        Decision::Refuse => tracing::info!(%window, scheme = url.scheme(), "a mashup was kept where it is"),
    }
    false
}

/// A window's own page would leave for another site: the mashup's window says
/// so, and what a window that it opened would show belongs to the browser.
pub(super) fn went_astray(app: &AppHandle, window: WindowId, label: &str, url: &Url) {
    let desk = desk(app);
    let allowed = desk.window(window).and_then(|session| session.allowed);
    // A redirect that was stopped is known by where it came from.
    let redirected = allowed.is_some_and(|allowed| allowed.contains(url));
    match (label == mashup_label(window), redirected) {
        (true, true) => desk.was_sent_away(window, url),
        (true, false) => desk.went_astray(window, url),
        (false, true) => tracing::info!(%window, "a window of a mashup was not redirected"),
        (false, false) => open_outside(app, window, url),
    }
}

fn open(
    app: &AppHandle,
    window: WindowId,
    url: &Url,
    features: NewWindowFeatures,
) -> NewWindowResponse<tauri::Wry> {
    match decision(app, window, url, Way::NewWindow) {
        Decision::Allow if admits(app, window, Wish::Window(opened(app, window))) => {
            match pop_up(app, window, features) {
                Ok(window) => return NewWindowResponse::Create { window },
                Err(error) => tracing::warn!(%window, %error, "a window of a mashup was not opened"),
            }
        }
        Decision::Allow => {}
        Decision::Export => export(app, window, url),
        Decision::System => open_outside(app, window, url),
        Decision::Astray | Decision::Refuse => {
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
    let fenced = fence::share(&features);
    let webview = builder(app, &label, window, &**desk.host().stores(), None)?
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
    fenced(&webview)?;
    dress(&webview, &frame)?;
    Ok(webview)
}

fn decision(app: &AppHandle, window: WindowId, url: &Url, way: Way) -> Decision {
    match desk(app).window(window).and_then(|session| session.allowed) {
        Some(allowed) => desk(app).host().guard().decide(&allowed, url, way),
        // Before there is a ticket there is nowhere to go.
        None if url.as_str() == "about:blank" => Decision::Allow,
        None => Decision::Refuse,
    }
}

/// How many windows a mashup has opened.
fn opened(app: &AppHandle, window: WindowId) -> usize {
    let label = mashup_label(window);
    app.webview_windows().keys().filter(|name| name.starts_with(&label) && **name != label).count()
}

fn export(app: &AppHandle, window: WindowId, url: &Url) {
    if admits(app, window, Wish::File) {
        desk(app).export(window, url);
    }
}

fn open_outside(app: &AppHandle, window: WindowId, url: &Url) {
    if !admits(app, window, Wish::Outside) {
        return;
    }
    let (desk, url) = (desk(app), url.clone());
    outside::open_from_main(url.to_string(), move |error| {
        let what = url.host_str().unwrap_or(url.scheme()).to_owned();
        desk.give_notice(Error::SystemRefused { what, reason: error.to_string() });
    });
}
