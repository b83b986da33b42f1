//! The page in a window: it has loaded, it failed, it went somewhere else.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{Event, Session, Signal, State, Step};
use crate::host::{Change, Geometry, Host};
use crate::navigation::is_login_page;
use crate::qlik::Probe;
use crate::{Desk, Error, Result, SecretUrl, WindowId};

/// A page that has not loaded by then is shown as far as it came.
const SHOW_ANYWAY: Duration = Duration::from_secs(10);

impl<H: Host> Desk<H> {
    /// A page of the mashup has loaded in a window.
    pub fn page_loaded(&self, window: WindowId, url: &Url) {
        let Some(session) = self.sessions.get(window) else { return };
        let Some(allowed) = session.allowed else { return };
        // The empty page that the window was made with loads as well.
        if !allowed.contains(url) {
            return;
        }
        if is_login_page(&allowed, url) {
            return self.fail(window, Error::LoginPage { host: allowed.qlik.host().to_owned() });
        }
        // Only the first page is known to be the mashup's own.
        let known = self.sessions.update(window, |session| {
            session.page = session.page.take().or_else(|| SecretUrl::new(url));
        });
        if known.is_ok() {
            self.page_is_there(window);
        }
    }

    /// The window's own page has begun to load something that the website did
    /// not name, or Qlik's login page: where a session has ended, a new one is
    /// the way back, and otherwise the window says where it was sent.
    pub fn went_astray(self: &Arc<Self>, window: WindowId, url: &Url) {
        let Some(session) = self.sessions.get(window) else { return };
        let Some(allowed) = &session.allowed else { return };
        let error = if is_login_page(allowed, url) {
            Error::LoginPage { host: allowed.qlik.host().to_owned() }
        } else if allowed.contains(url) || !matches!(url.scheme(), "http" | "https") {
            return;
        } else {
            Error::PageBlocked { host: url.host_str().unwrap_or_default().to_owned() }
        };
        self.astray(window, session, error);
    }

    /// The window's own page was redirected to a site that the website did not
    /// name, by `url`: nobody says where to.
    pub fn was_sent_away(self: &Arc<Self>, window: WindowId, url: &Url) {
        if let Some(session) = self.sessions.get(window) {
            let host = url.host_str().unwrap_or_default().to_owned();
            self.astray(window, session, Error::PageSentAway { host });
        }
    }

    fn astray(self: &Arc<Self>, window: WindowId, session: Session, error: Error) {
        if session.state != State::Live {
            // The fresh session has not helped.
            return self.fail(window, error);
        }
        let desk = Arc::clone(self);
        self.runtime.spawn(async move {
            match desk.probe(window, &session).await {
                Ok(Probe::Live) => desk.fail(window, error),
                _ => desk.signal(window, Signal::LoginPage),
            }
        });
    }

    /// Where a window is now.
    pub fn window_moved(&self, window: WindowId, geometry: Geometry) {
        let moved =
            self.sessions.update(window, |session| session.geometry.replace(geometry) != Some(geometry));
        if moved == Ok(true) {
            self.remember();
        }
    }

    /// A page did not load, or must not: the window says so.
    pub fn page_failed(&self, window: WindowId, error: Error) {
        self.fail(window, error);
    }

    /// A page that takes for ever is shown, and its window is a live one.
    pub(super) async fn show_anyway(&self, window: WindowId) {
        let Ok(loading) = self.loading(window) else { return };
        if loading {
            tokio::time::sleep(SHOW_ANYWAY).await;
            if self.loading(window) == Ok(true) {
                self.page_is_there(window);
            }
        }
    }

    fn loading(&self, window: WindowId) -> Result<bool> {
        let session = self.sessions.get(window).ok_or(Error::WindowGone)?;
        Ok(matches!(session.state, State::Opening(Step::Page) | State::Renewing(Step::Page)))
    }

    fn page_is_there(&self, window: WindowId) {
        let opening = matches!(self.sessions.get(window), Some(Session { state: State::Opening(_), .. }));
        if self.sessions.apply(window, Event::Loaded) == Ok(true) {
            tracing::info!(%window, "mashup is open");
            // A renewal must not take the keyboard from another window.
            if opening {
                self.host.show(window);
            }
            self.host.changed(Change::Windows);
        }
    }
}
