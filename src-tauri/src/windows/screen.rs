//! Core's [`Host`], made of Tauri windows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mashdesk_core::exports::Export;
use mashdesk_core::http_cache::Slot;
use mashdesk_core::isolation::{Kind, Observed};
use mashdesk_core::navigation::Origin;
use mashdesk_core::qlik::StoreCookie;
use mashdesk_core::{Change, Error, Frame, Host, HostError, Next, Secret, SecretUrl, Theme, WindowId, Zoom};
use serde_json::json;
use tauri::{AppHandle, Manager, WebviewWindow};
use url::Url;

use super::guard::Guard;
use super::redeeming::{self, Redeeming};
use super::store::{self, Stores};
use super::{
    builder, canary, cookies, downloads, dress, fence, geometry, held, mashup_label, message_page, native,
    observer, seal, sign_in_page, sign_in_window, sleep, watch,
};
use crate::commands::Untold;
use crate::question::{self, Question};
use crate::words::Language;
use crate::{desk, launcher, notification, outside};

/// What a window that is built ahead loads, so that its process is ready.
const WARM: &str = include_str!("warm.html");

/// The screen that core opens mashups on.
pub struct Screen {
    app: AppHandle,
    stores: Arc<dyn Stores>,
    guard: Arc<dyn Guard>,
    /// The windows that show a page of words.
    messages: Mutex<BTreeSet<WindowId>>,
    /// The windows that redeem a ticket.
    redeeming: Redeeming,
    /// What windows have asked for ahead.
    asked: Mutex<BTreeMap<WindowId, SecretUrl>>,
    /// On Linux reading or setting a cookie spins the main loop until it is
    /// done: one at a time.
    cookie_turn: tokio::sync::Mutex<()>,
    /// The one that windows follow.
    theme: Mutex<Theme>,
    /// Whoever takes a window that is being built ahead waits for it.
    ahead_turn: tokio::sync::Mutex<()>,
}

impl Screen {
    pub(crate) fn new(app: &AppHandle, stores: Arc<dyn Stores>, guard: Arc<dyn Guard>) -> Self {
        Self {
            app: app.clone(),
            stores,
            guard,
            messages: Mutex::default(),
            redeeming: Redeeming::default(),
            asked: Mutex::default(),
            cookie_turn: tokio::sync::Mutex::default(),
            theme: Mutex::default(),
            ahead_turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn app(&self) -> &AppHandle {
        &self.app
    }

    /// What gives windows their stores.
    pub(super) fn stores(&self) -> &Arc<dyn Stores> {
        &self.stores
    }

    /// What keeps pages in their place.
    pub(super) fn guard(&self) -> Arc<dyn Guard> {
        Arc::clone(&self.guard)
    }

    /// Whether a window shows a page of words, so that its links count.
    pub(super) fn shows_message(&self, window: WindowId) -> bool {
        self.messages().contains(&window)
    }

    fn webview(&self, window: WindowId) -> Result<WebviewWindow, HostError> {
        let label = mashup_label(window);
        self.app.get_webview_window(&label).ok_or_else(|| HostError("the window is gone".to_owned()))
    }

    /// The windows that redeem a ticket: what they load is no mashup.
    pub(super) fn redeeming(&self) -> &Redeeming {
        &self.redeeming
    }

    /// Closes what a mashup has opened: its own window has gone, and with it what
    /// that had asked for.
    pub(super) fn close_opened(&self, window: WindowId) {
        self.asked().remove(&window);
        let own = mashup_label(window);
        for webview in self.all(window).filter(|webview| webview.label() != own) {
            if let Err(error) = webview.destroy() {
                tracing::warn!(%window, %error, "a window stays");
            }
        }
    }

    /// The window of a mashup, and those that it has opened.
    fn all(&self, window: WindowId) -> impl Iterator<Item = WebviewWindow> {
        let label = mashup_label(window);
        let windows = self.app.webview_windows().into_iter();
        windows.filter(move |(name, _)| name.starts_with(&label)).map(|(_, webview)| webview)
    }

    async fn build_bare(&self, window: WindowId, slot: Option<&Slot>) -> tauri::Result<WebviewWindow> {
        let (app, stores, slot) = (self.app.clone(), Arc::clone(&self.stores), slot.cloned());
        let keeps = slot.is_some();
        let build = move || {
            builder(&app, &mashup_label(window), window, &*stores, slot.as_ref())?
                .inner_size(1180.0, 820.0)
                .min_inner_size(480.0, 360.0)
                // An empty webview on the screen would hold the main thread up for
                // half a second.
                .visible(false)
                .build()
        };
        let webview = native::build(&self.app, build).await?;
        if keeps {
            downloads::listen(&webview, &self.app, window)?;
        }
        watch(&webview, &self.app, window, Arc::clone(&self.stores));
        seal(&webview, &self.app, window)?;
        Ok(webview)
    }

    /// Has all windows follow a theme. Only where it is another one: GTK reads its
    /// style anew, and all pages are laid out again.
    fn put_on(&self, theme: Theme) {
        let mut worn = self.theme.lock().unwrap_or_else(PoisonError::into_inner);
        if *worn != theme {
            *worn = theme;
            self.app.set_theme(match theme {
                Theme::System => None,
                Theme::Light => Some(tauri::Theme::Light),
                Theme::Dark => Some(tauri::Theme::Dark),
            });
        }
    }

    /// Sends a window to a mashup, unless words come in between.
    fn send(&self, window: WindowId, url: &SecretUrl) -> Result<(), HostError> {
        let url = Url::parse(url.expose()).map_err(|error| HostError(error.to_string()))?;
        let allowed = desk(&self.app).window(window).and_then(|session| session.allowed);
        let rules = allowed.map(|allowed| self.guard.content_rules(&allowed)).unwrap_or_default();
        let folder = self.app.path().app_cache_dir().map_err(host_error)?.join("fences");
        let app = self.app.clone();
        let goes = move |holds: Result<(), String>| match holds {
            Ok(()) => !desk(&app).host().shows_message(window),
            Err(reason) => {
                desk(&app).page_failed(window, Error::StoreFailed { reason });
                false
            }
        };
        fence::navigate(&self.webview(window)?, &url, &rules, &folder, goes).map_err(host_error)
    }

    /// Holds nothing for a window any more; says whether it has, or will have, what it
    /// asked for, which it has if that is `wanted`.
    fn release(&self, window: WindowId, wanted: Option<&SecretUrl>) -> bool {
        let asked = self.asked().remove(&window);
        let Some(asked) = asked else { return false };
        let gets = wanted.is_some_and(|wanted| wanted.expose() == asked.expose());
        self.with(window, "let go of a page", |webview| held::end(webview, gets));
        gets
    }

    fn asked(&self) -> MutexGuard<'_, BTreeMap<WindowId, SecretUrl>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn messages(&self) -> MutexGuard<'_, BTreeSet<WindowId>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to a window that may be gone by now.
    fn with(
        &self,
        window: WindowId,
        what: &'static str,
        act: impl FnOnce(&WebviewWindow) -> tauri::Result<()>,
    ) {
        let done = self.webview(window).and_then(|webview| act(&webview).map_err(host_error));
        if let Err(error) = done {
            tracing::warn!(%window, %error, "could not {what}");
        }
    }
}

impl Host for Screen {
    async fn build_ahead(&self, window: WindowId, slot: Option<&Slot>) -> Result<(), Error> {
        let _turn = self.ahead_turn.lock().await;
        let webview = self.build_bare(window, slot).await.map_err(store::no_store)?;
        if let Err(error) = native::show(&webview, WARM.to_owned()) {
            tracing::warn!(%window, %error, "the window built ahead stays cold");
        }
        Ok(())
    }

    async fn build(&self, window: WindowId, frame: &Frame, slot: Option<&Slot>) -> Result<(), Error> {
        let build = async {
            drop(self.ahead_turn.lock().await);
            let webview = match self.app.get_webview_window(&mashup_label(window)) {
                Some(ahead) => ahead,
                None => self.build_bare(window, slot).await?,
            };
            webview.set_title(&frame.title)?;
            if let Some(geometry) = frame.geometry {
                geometry::restore(&webview, geometry)?;
            }
            dress(&webview, frame)
        };
        build.await.map_err(store::no_store)
    }

    fn preconnect(&self, window: WindowId, origins: &[Origin]) {
        let origins: Vec<_> = origins.iter().map(ToString::to_string).collect();
        self.with(window, "connect ahead", |webview| {
            webview.eval(format!(
                "for (const href of {}) {{
                    const link = document.createElement('link');
                    document.head.append(Object.assign(link, {{ rel: 'preconnect', href }}));
                }}",
                json!(origins)
            ))
        });
    }

    async fn observe(&self, kinds: &'static [Kind], slots: Option<[Slot; 2]>) -> Result<Observed, Error> {
        canary::observe(self, kinds, slots).await
    }

    async fn plant(&self, window: WindowId, cookies: &[StoreCookie]) -> Result<Vec<StoreCookie>, HostError> {
        let _turn = self.cookie_turn.lock().await;
        let webview = self.webview(window)?;
        for cookie in cookies {
            webview.set_cookie(cookies::to_webview(cookie)).map_err(host_error)?;
        }
        // Tauri leaves setting them to the main loop, which reads them after that.
        cookies::all(&webview).map_err(host_error)
    }

    async fn cookies(&self, window: WindowId) -> Result<Vec<StoreCookie>, HostError> {
        let _turn = self.cookie_turn.lock().await;
        cookies::with_domains(&self.webview(window)?).map_err(host_error)
    }

    fn ask(&self, window: WindowId, url: &SecretUrl) {
        // Words that are there stay, with their buttons.
        if !held::HOLDS || self.shows_message(window) {
            return;
        }
        let holds = || {
            // Whoever lets go of it does so after this.
            let mut asked = self.asked();
            held::hold(&self.webview(window)?).map_err(host_error)?;
            asked.insert(window, url.clone());
            Ok::<_, HostError>(())
        };
        if let Err(error) = holds().and_then(|()| self.send(window, url)) {
            tracing::warn!(%window, %error, "a page is not asked for ahead");
            self.release(window, None);
        }
    }

    fn navigate(&self, window: WindowId, url: &SecretUrl) -> Result<(), HostError> {
        self.messages().remove(&window);
        if self.release(window, Some(url)) { Ok(()) } else { self.send(window, url) }
    }

    fn show(&self, window: WindowId) {
        self.with(window, "show a window", |webview| webview.show().and_then(|()| webview.set_focus()));
    }

    fn message(&self, window: WindowId, error: &Error, next: Next) {
        let title = desk(&self.app).window(window).map(|session| session.title).unwrap_or_default();
        let language = Language::chosen(desk(&self.app).settings().language);
        let page = message_page::page(language, &title, error, next);
        self.messages().insert(window);
        self.release(window, None);
        self.with(window, "tell what happened", |webview| {
            native::show(webview, page)?;
            webview.show()
        });
    }

    async fn typed(&self, window: WindowId) -> bool {
        observer::typed(&self.app, window).await
    }

    async fn clicked_twice(&self, window: WindowId) -> bool {
        observer::clicked_twice(&self.app, window).await
    }

    async fn ask_where(&self, window: WindowId, folder: &Path, file_name: &str) -> Option<PathBuf> {
        question::where_to_save(&self.app, self.webview(window).ok()?, folder, file_name).await
    }

    async fn redeem(&self, window: WindowId, url: &SecretUrl) -> Result<Url, Error> {
        redeeming::redeem(&self.app, &self.redeeming, window, url).await
    }

    async fn may_reload(&self, window: WindowId) -> bool {
        let Ok(webview) = self.webview(window) else { return false };
        question::ask(&self.app, webview, Question::Reload).await
    }

    async fn may_sleep(&self, window: WindowId) -> bool {
        let alone = self.all(window).count() == 1;
        let looked_at = self.webview(window).is_ok_and(|webview| webview.is_focused().unwrap_or(true));
        alone && !looked_at && !observer::busy(&self.app, window).await
    }

    fn sleep(&self, window: WindowId) {
        let title = desk(&self.app).window(window).map(|session| session.title).unwrap_or_default();
        let language = Language::chosen(desk(&self.app).settings().language);
        self.messages().insert(window);
        self.with(window, "let a window sleep", |webview| sleep::put(webview, &title, language));
    }

    fn reload(&self, window: WindowId) {
        self.with(window, "load a page again", WebviewWindow::reload);
    }

    fn zoom(&self, window: WindowId, zoom: Zoom) {
        for webview in self.all(window) {
            if let Err(error) = webview.set_zoom(zoom.factor()) {
                tracing::warn!(%window, %error, "a page keeps its size");
            }
        }
    }

    fn focus(&self, window: WindowId) {
        self.with(window, "bring a window to the front", |webview| {
            webview.unminimize()?;
            webview.show()?;
            webview.set_focus()
        });
    }

    fn close(&self, window: WindowId) {
        self.messages().remove(&window);
        self.release(window, None);
        for webview in self.all(window) {
            if let Err(error) = webview.destroy() {
                tracing::warn!(%window, %error, "a window stays");
            }
        }
    }

    async fn browse(&self, url: &Url) -> Result<(), HostError> {
        outside::open(url.as_str()).await.map_err(|error| HostError(error.to_string()))
    }

    fn sign_in_page(&self, error: Option<&Error>) -> String {
        sign_in_page::page(Language::chosen(desk(&self.app).settings().language), error)
    }

    async fn sign_in_window(&self, title: &str, login: &Url, done: &Url) -> Result<Option<Secret>, Error> {
        sign_in_window::open(&self.app, Arc::clone(&self.stores), title, login, done).await
    }

    fn is_looked_at(&self) -> bool {
        self.app.webview_windows().values().any(|window| window.is_focused().unwrap_or(false))
    }

    fn notify(&self, export: &Export) {
        notification::export_ended(&self.app, export);
    }

    fn changed(&self, change: Change) {
        if change == Change::Personal {
            self.put_on(desk(&self.app).settings().theme);
        }
        // A notice has to be seen.
        if change == Change::Notice && desk(&self.app).notice().is_some() {
            launcher::show(&self.app);
        }
        self.app.state::<Untold>().note(change);
    }
}

fn host_error(error: tauri::Error) -> HostError {
    HostError(error.to_string())
}
