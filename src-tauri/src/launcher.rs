//! The launcher's window. Its page comes at once, or, in a run that was started to
//! open mashups, after them: it would take the processor from them.

use std::future::pending;
use std::time::Duration;

use parking_lot::Mutex;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tokio::sync::Notify;
use url::Url;

use crate::desk;
use crate::question::{self, Question};
use crate::windows::blank;

/// Its label; the capability names it.
pub(crate) const LABEL: &str = "main";
/// Its page, as Tauri calls it.
const PAGE: &str = if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/" };
/// Longest that a person who has started the app sees nothing of it.
const UNSEEN_MAX: Duration = Duration::from_secs(5);

/// The launcher's page, which may be yet to come.
pub(crate) struct Page {
    is: Mutex<Is>,
    comes: Notify,
}

enum Is {
    /// On its way; `wanted` is whether the person waits for it.
    Awaited {
        wanted: bool,
    },
    Here,
}

impl Page {
    /// `later` is whether it comes after mashups.
    pub(crate) fn new(later: bool) -> Self {
        Self { is: Mutex::new(Is::Awaited { wanted: !later }), comes: Notify::new() }
    }

    /// The person wants it; says whether it is here.
    fn want(&self) -> bool {
        match &mut *self.is.lock() {
            Is::Here => return true,
            Is::Awaited { wanted } => *wanted = true,
        }
        self.comes.notify_one();
        false
    }

    /// It is here; says whether the person waited for it, the first time.
    fn arrive(&self) -> Option<bool> {
        match std::mem::replace(&mut *self.is.lock(), Is::Here) {
            Is::Awaited { wanted } => Some(wanted),
            Is::Here => None,
        }
    }
}

/// Opens the launcher; `later` is whether its page comes after mashups.
pub(crate) fn open(app: &AppHandle, later: bool) -> tauri::Result<()> {
    // What loads nothing starts no process for pages.
    let page = if later { WebviewUrl::External(blank()) } else { WebviewUrl::default() };
    let window = WebviewWindowBuilder::new(app, LABEL, page)
        .title("Mashdesk")
        .inner_size(960.0, 720.0)
        .min_inner_size(420.0, 480.0)
        // An empty webview on the screen would hold the main thread up for half a
        // second, and every mashup's window with it.
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished && *load.url() != blank() {
                arrived(&window);
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
    if later {
        tauri::async_runtime::spawn(load_in_turn(window));
    }
    Ok(())
}

/// The page is there: it comes to the front, or stays out of the way of mashups.
fn arrived(window: &WebviewWindow) {
    let app = window.app_handle();
    let Some(wanted) = app.state::<Page>().arrive() else { return };
    let shown = if wanted || !shows_mashups(app) {
        window.show().and_then(|()| window.set_focus())
    } else {
        // Not before what the person looks at.
        window.minimize().and_then(|()| window.show())
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the launcher could not be shown");
    }
}

/// Loads the launcher's page when its turn has come, or when it has to tell why
/// nothing else is on the screen.
async fn load_in_turn(window: WebviewWindow) {
    let app = window.app_handle();
    let nothing_is_seen = async {
        tokio::time::sleep(UNSEEN_MAX).await;
        if shows_mashups(app) {
            pending().await
        }
    };
    let page = app.state::<Page>();
    tokio::select! {
        () = page.comes.notified() => {}
        () = nothing_is_seen => {}
    }
    let loads = Url::parse(PAGE).map_err(tauri::Error::InvalidUrl).and_then(|page| window.navigate(page));
    if let Err(error) = loads {
        tracing::error!(%error, "the launcher's page does not come");
    }
}

/// Whether a mashup's window is on the screen, with its page or with words.
fn shows_mashups(app: &AppHandle) -> bool {
    desk(app).windows().iter().any(|(_, session)| !session.state.is_coming())
}

/// What was asked for is there: it is the launcher's turn.
pub(crate) fn come(app: &AppHandle) {
    app.state::<Page>().comes.notify_one();
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

/// Brings the launcher to the front, as soon as its page is there.
pub(crate) fn show(app: &AppHandle) {
    if app.state::<Page>().want()
        && let Some(window) = app.get_webview_window(LABEL)
    {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the launcher could not be shown");
        }
    }
}
