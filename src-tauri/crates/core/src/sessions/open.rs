//! The way of one click: from a mashup's id to its window on the screen, and
//! back.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{Event, Session, State, Step};
use crate::host::{Change, Host, HostError};
use crate::website::Ticket;
use crate::{Desk, Error, MashupId, Result, WindowId, qlik};

/// A page that has not loaded by then is shown as far as it came.
const SHOW_ANYWAY: Duration = Duration::from_secs(10);

impl<H: Host> Desk<H> {
    /// Opens a mashup in a new window. It returns at once; how far it is, and
    /// what fails, is the window's state.
    ///
    /// # Errors
    /// [`Error::WebsiteUnset`] or [`Error::SignInNeeded`] where nobody is
    /// signed in.
    pub fn open(self: &Arc<Self>, mashup: &MashupId) -> Result<WindowId> {
        self.signed_in()?;
        // The website decides what is known, not the catalog seen last.
        let title = self.title_of(mashup).unwrap_or_else(|| mashup.to_string());
        let window = self.sessions.reserve(mashup, &title);
        self.spawn_opening(window);
        Ok(window)
    }

    /// Brings the window that shows a mashup to the front, or opens one.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn go_to(self: &Arc<Self>, mashup: &MashupId) -> Result<WindowId> {
        match self.sessions.showing(mashup) {
            Some(window) => {
                self.host.focus(window);
                Ok(window)
            }
            None => self.open(mashup),
        }
    }

    /// Tries a failed window again.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn retry(self: &Arc<Self>, window: WindowId) -> Result<()> {
        if self.sessions.apply(window, Event::Retried)? {
            self.spawn_opening(window);
        }
        Ok(())
    }

    /// Brings a window to the front.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn focus(&self, window: WindowId) -> Result<()> {
        self.sessions.get(window).ok_or(Error::WindowGone)?;
        self.host.focus(window);
        Ok(())
    }

    /// Closes a window and gives its session back.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn close(self: &Arc<Self>, window: WindowId) -> Result<()> {
        self.sessions.get(window).ok_or(Error::WindowGone)?;
        self.host.close(window);
        self.window_closed(window);
        Ok(())
    }

    /// The person closed a window: its session is given back at once.
    pub fn window_closed(self: &Arc<Self>, window: WindowId) {
        if self.sessions.remove(window).is_some() {
            self.host.changed(Change::Windows);
            let desk = Arc::clone(self);
            self.runtime.spawn(async move { desk.give_back(window).await });
        }
    }

    /// Closes every window and gives their sessions back.
    pub(crate) async fn close_all(&self) {
        for (window, _) in self.windows() {
            self.host.close(window);
            self.sessions.remove(window);
        }
        self.host.changed(Change::Windows);
        self.give_all_back().await;
    }

    /// A page of the mashup has loaded in a window.
    pub fn page_loaded(&self, window: WindowId, url: &Url) {
        let Some(session) = self.sessions.get(window) else { return };
        // The empty page that the window was made with loads as well.
        if session.allowed.is_some_and(|allowed| allowed.contains(url)) {
            self.page_is_there(window);
        }
    }

    /// A page did not load, or must not: the window says so.
    pub fn page_failed(&self, window: WindowId, error: Error) {
        self.fail(window, error);
    }

    /// All open windows, oldest first.
    pub fn windows(&self) -> Vec<(WindowId, Session)> {
        self.sessions.all()
    }

    /// One open window.
    pub fn window(&self, window: WindowId) -> Option<Session> {
        self.sessions.get(window)
    }

    fn spawn_opening(self: &Arc<Self>, window: WindowId) {
        self.host.changed(Change::Windows);
        let desk = Arc::clone(self);
        self.runtime.spawn(async move {
            match desk.bring_up(window).await {
                Ok(()) => {
                    tokio::time::sleep(SHOW_ANYWAY).await;
                    if matches!(desk.sessions.get(window), Some(Session { state: State::Opening(_), .. })) {
                        desk.host.show(window);
                    }
                }
                // Closed on the way: what the ticket brought is given back.
                Err(Error::WindowGone) => desk.give_back(window).await,
                Err(error) => {
                    desk.note_refusal(&error);
                    desk.fail(window, error);
                }
            }
        });
    }

    /// Ticket and window at the same time, then the cookie, then the page.
    #[tracing::instrument(skip(self))]
    async fn bring_up(&self, window: WindowId) -> Result<()> {
        let session = self.sessions.get(window).ok_or(Error::WindowGone)?;
        let (built, redeemed) =
            tokio::join!(self.build(window, &session), self.sign_window_in(window, &session));
        built?;
        let (ticket, cookies) = redeemed?;

        self.reached(window, Step::Store)?;
        self.plant(window, &ticket, &cookies).await?;
        self.reached(window, Step::Page)?;
        self.host.navigate(window, &ticket.mashup_url).map_err(store_failed)
    }

    async fn build(&self, window: WindowId, session: &Session) -> Result<()> {
        if !session.built {
            self.host.build(window, &session.title).await.map_err(store_failed)?;
            let known = self.sessions.update(window, |session| session.built = true);
            if known.is_err() {
                self.host.close(window);
            }
            known?;
        }
        Ok(())
    }

    async fn sign_window_in(
        &self,
        window: WindowId,
        session: &Session,
    ) -> Result<(Ticket, Vec<qlik::StoreCookie>)> {
        let (website, token) = self.signed_in()?;
        let ticket = website.ticket(&token, &session.mashup, window, self.instance).await?;
        self.sessions.update(window, |session| {
            session.quota = ticket.quota;
            session.allowed = Some(ticket.allowed.clone());
        })?;
        self.reached(window, Step::Redeem)?;
        let cookies = qlik::redeem(&self.http, &ticket.redeem_url, &ticket.session_cookie).await?;
        Ok((ticket, cookies))
    }

    async fn plant(&self, window: WindowId, ticket: &Ticket, cookies: &[qlik::StoreCookie]) -> Result<()> {
        self.host.plant(window, cookies).await.map_err(store_failed)?;
        // A store that refuses a cookie does so in silence: read it back.
        let kept = self.host.cookies(window).await.map_err(store_failed)?;
        tracing::debug!(planted = ?qlik::names(cookies), kept = ?qlik::names(&kept));
        let planted = |cookie: &&qlik::StoreCookie| cookie.name == ticket.session_cookie;
        let same = |cookie: &qlik::StoreCookie| {
            kept.iter().any(|k| k.name == cookie.name && k.value == cookie.value)
        };
        if cookies.iter().find(planted).is_some_and(same) {
            Ok(())
        } else {
            Err(Error::CookieNotPlanted { cookie: ticket.session_cookie.clone() })
        }
    }

    fn reached(&self, window: WindowId, step: Step) -> Result<()> {
        self.sessions.apply(window, Event::Reached(step))?;
        self.host.changed(Change::Windows);
        Ok(())
    }

    fn page_is_there(&self, window: WindowId) {
        if self.sessions.apply(window, Event::Loaded) == Ok(true) {
            tracing::info!(%window, "mashup is open");
            self.host.show(window);
            self.host.changed(Change::Windows);
        }
    }

    fn fail(&self, window: WindowId, error: Error) {
        if self.sessions.apply(window, Event::Failed(error.clone())) == Ok(true) {
            tracing::warn!(%window, %error, "mashup did not open");
            self.host.message(window, &error);
            self.host.changed(Change::Windows);
        }
    }

    async fn give_back(&self, window: WindowId) {
        if let Ok((website, token)) = self.signed_in()
            && let Err(error) = website.end_session(&token, window).await
        {
            self.note_refusal(&error);
            tracing::warn!(%window, %error, "session was not given back");
        }
    }
}

fn store_failed(error: HostError) -> Error {
    Error::StoreFailed { reason: error.0 }
}
