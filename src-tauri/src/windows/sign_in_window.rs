//! The website's sign-in page, in a window that holds nothing else: a store of
//! its own that goes with it, no way to the shell, and an end that is not loaded.

use std::sync::{Arc, Mutex, PoisonError};

use mashdesk_core::account::fragment_at;
use mashdesk_core::navigation::Origin;
use mashdesk_core::{Error, Secret, WindowId};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tokio::sync::oneshot;
use url::Url;

use super::store::Stores;
use super::{blank, native, proxy};
use crate::desk;

/// How it ended: with the fragment, closed by the person, or failed.
type End = Result<Option<Secret>, Error>;

/// Where the page begins and ends.
struct Page<'a> {
    title: &'a str,
    login: &'a Url,
    done: &'a Url,
}

/// Opens the window and waits for its end; it is gone when this returns, and
/// also when nobody waits any more.
pub(super) async fn open(
    app: &AppHandle,
    stores: Arc<dyn Stores>,
    title: &str,
    login: &Url,
    done: &Url,
) -> End {
    let (tell, told) = oneshot::channel();
    let teller = Teller(Arc::new(Mutex::new(Some(tell))));
    let store = WindowId::new();
    let label = format!("sign-in-{store}");
    let _open = Open { app, label: &label };
    build(app, &label, stores, store, &Page { title, login, done }, &teller)
        .map_err(|error| Error::StoreFailed { reason: error.to_string() })?;
    told.await.unwrap_or(Ok(None))
}

fn build(
    app: &AppHandle,
    label: &str,
    stores: Arc<dyn Stores>,
    store: WindowId,
    page: &Page<'_>,
    teller: &Teller,
) -> tauri::Result<()> {
    let (ends, done) = (teller.clone(), page.done.clone());
    let (here, own) = (app.clone(), label.to_owned());
    let guard = desk(app).host().guard();
    let permits = Arc::clone(&guard);
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::External(blank()))
        .title(page.title)
        .inner_size(560.0, 720.0)
        .min_inner_size(360.0, 400.0)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(move |url| match fragment_at(&done, url) {
            Some(fragment) => {
                ends.tell(Ok(Some(fragment)));
                false
            }
            // Who signs the person in may be on other hosts.
            None => may_load(url) || matches!(url.as_str(), "about:blank" | "about:srcdoc"),
        })
        .on_new_window(move |url, _| {
            // One window, one store: what would open beside it opens in it.
            if may_load(&url) {
                go_on(&here, &own, url);
            }
            NewWindowResponse::Deny
        })
        .on_download(|_, _| false)
        .on_permission_request(move |_, kind| permits.permits(kind));
    let builder = proxy::rule(builder, desk(app).policy());
    let webview = stores.give(app, builder, store, None)?.build()?;
    let closed = teller.clone();
    webview.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            stores.take_back(store);
            closed.tell(Ok(None));
        }
    });
    let failed = teller.clone();
    proxy::set(&webview, desk(app).policy())?;
    guard.seal(&webview)?;
    native::listen(&webview, move |error| failed.tell(Err(error)), |_| {})?;
    webview.navigate(page.login.clone())?;
    webview.set_focus()
}

/// Whether a page may take part in signing in: any on the web that is reached
/// with encryption, and none of the app's own.
fn may_load(url: &Url) -> bool {
    Origin::of(url).is_some()
}

/// Tells the first end, which is the only one.
#[derive(Clone)]
struct Teller(Arc<Mutex<Option<oneshot::Sender<End>>>>);

impl Teller {
    fn tell(&self, end: End) {
        if let Some(tell) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Nobody listens where signing in was stopped.
            let _ = tell.send(end);
        }
    }
}

/// The window, for as long as somebody waits for its end.
struct Open<'a> {
    app: &'a AppHandle,
    label: &'a str,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(webview) = self.app.get_webview_window(self.label)
            && let Err(error) = webview.destroy()
        {
            tracing::warn!(%error, "the sign-in window stays");
        }
    }
}

/// Takes the window to a page that would open beside it.
fn go_on(app: &AppHandle, label: &str, url: Url) {
    if let Some(webview) = app.get_webview_window(label)
        && let Err(error) = webview.navigate(url)
    {
        tracing::warn!(%error, "the sign-in window stays where it is");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_page_of_the_web_may_take_part_and_nothing_else() {
        let may = |url: &str| may_load(&Url::parse(url).expect("a URL"));
        for url in ["https://login.example/a?b", "http://127.0.0.1:8080/", "http://localhost/"] {
            assert!(may(url), "{url}");
        }
        for url in [
            "http://login.example/",
            "http://tauri.localhost/",
            "http://ipc.localhost/",
            "tauri://localhost/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "blob:https://login.example/7f",
            "mashdesk-window:close",
        ] {
            assert!(!may(url), "{url}");
        }
    }
}
