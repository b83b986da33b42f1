//! Redeeming a ticket by going there in the mashup's own hidden window, for
//! networks where only a webview gets out. What holds the ticket is left again
//! before the mashup comes: it is in no history and nobody's referrer.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mashdesk_core::{Error, SecretUrl, WindowId};
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

use super::mashup_label;

/// What a window has loaded, or why not.
type Loaded = Result<Url, Error>;

/// The windows that redeem a ticket, and who waits for what they load.
#[derive(Default)]
pub(super) struct Redeeming(Mutex<BTreeMap<WindowId, UnboundedSender<Loaded>>>);

impl Redeeming {
    /// Tells whoever waits; says whether anybody does.
    pub(super) fn tell(&self, window: WindowId, loaded: Loaded) -> bool {
        // Nobody listens any more where the wait was given up a moment ago.
        self.lock().get(&window).is_some_and(|waiting| waiting.send(loaded).is_ok())
    }

    /// Whether a window redeems a ticket.
    pub(super) fn has(&self, window: WindowId) -> bool {
        self.lock().contains_key(&window)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<WindowId, UnboundedSender<Loaded>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes there, waits until that has loaded, and leaves it: answers where that
/// was in the end.
pub(super) async fn redeem(
    app: &AppHandle,
    redeeming: &Redeeming,
    window: WindowId,
    redeem_url: &SecretUrl,
) -> Loaded {
    let failed = |reason: String| Error::StoreFailed { reason };
    let url = Url::parse(redeem_url.expose()).map_err(|error| failed(error.to_string()))?;
    let webview = app.get_webview_window(&mashup_label(window)).ok_or(Error::WindowGone)?;
    let mut wait = Wait::begin(redeeming, window);
    webview.navigate(url).map_err(|error| failed(error.to_string()))?;
    let reached = wait.until(|url| matches!(url.scheme(), "http" | "https")).await?;
    leave(&webview).map_err(|error| failed(error.to_string()))?;
    wait.until(|url| url.scheme() == "about").await?;
    Ok(reached)
}

/// Takes the address out of the window's history, and leaves the page for an
/// empty one. (Replacing alone leaves the address there, in WebKitGTK.) The
/// mashup, which comes next, is the shell's to load: no page sends it there, so
/// it has no referrer.
fn leave(webview: &WebviewWindow) -> tauri::Result<()> {
    webview.eval("try { history.replaceState(null, '', '/') } finally { location.replace('about:blank') }")
}

/// A window that redeems, for as long as somebody waits for it.
struct Wait<'a> {
    redeeming: &'a Redeeming,
    window: WindowId,
    loads: UnboundedReceiver<Loaded>,
}

impl<'a> Wait<'a> {
    fn begin(redeeming: &'a Redeeming, window: WindowId) -> Self {
        let (tell, loads) = unbounded_channel();
        redeeming.lock().insert(window, tell);
        Self { redeeming, window, loads }
    }

    /// The first load that is wanted.
    async fn until(&mut self, wanted: impl Fn(&Url) -> bool) -> Loaded {
        loop {
            match self.loads.recv().await {
                Some(Ok(url)) if !wanted(&url) => {}
                Some(loaded) => return loaded,
                None => return Err(Error::WindowGone),
            }
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.redeeming.lock().remove(&self.window);
    }
}
