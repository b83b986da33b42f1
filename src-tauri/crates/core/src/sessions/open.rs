//! The way of one click: from a mashup's id to its window on the screen.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::Instrument;

use super::away::{self, Aim};
use super::{Event, Session, State, Step};
use crate::host::{Change, Geometry, Host, HostError, Next};
use crate::navigation::{Allowed, Origin};
use crate::qlik::{self, Probe};
use crate::{Desk, Error, MashupId, Redemption, Result, SecretUrl, WindowId};

impl<H: Host> Desk<H> {
    /// Opens a mashup in a new window. It returns at once; how far it is, and
    /// what fails, is the window's state.
    ///
    /// # Errors
    /// [`Error::WebsiteUnset`] or [`Error::SignInNeeded`] where nobody is
    /// signed in.
    pub fn open(self: &Arc<Self>, mashup: &MashupId) -> Result<WindowId> {
        self.open_at(mashup, None)
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

    /// Opens a mashup where its window was.
    pub(crate) fn open_at(
        self: &Arc<Self>,
        mashup: &MashupId,
        geometry: Option<Geometry>,
    ) -> Result<WindowId> {
        self.signed_in()?;
        // The website decides what is known, not the catalog seen last.
        let title = self.title_of(mashup).unwrap_or_else(|| mashup.to_string());
        let window = self.window_for(mashup);
        self.sessions.reserve(window, mashup, &title, geometry);
        self.note_use(mashup);
        self.bring_up(window, Aim::Open, true);
        self.remember();
        Ok(window)
    }

    /// Tries a failed window again, or at once what waits to be tried; a live
    /// one is loaded anew, with a new session where its own has ended; one that
    /// sleeps wakes.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn retry(self: &Arc<Self>, window: WindowId) -> Result<()> {
        if self.sessions.apply(window, Event::Retried)? {
            self.bring_up(window, Aim::Open, true);
        } else if self.sessions.apply(window, Event::Signalled)? {
            self.sessions.update(window, |session| session.kept = false)?;
            self.bring_up(window, Aim::Renew, true);
        } else if !self.wake(window) {
            self.sessions.again.notify_waiters();
        }
        Ok(())
    }

    /// Loads a mashup's page again; where there are words in its place, tries
    /// the mashup again. What is on its way goes on.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn reload(self: &Arc<Self>, window: WindowId) -> Result<()> {
        match self.sessions.get(window).ok_or(Error::WindowGone)?.state {
            State::Live => self.host.reload(window),
            State::Failed(_)
            | State::Asleep
            | State::Opening(Step::Away(_))
            | State::Renewing(Step::Away(_)) => {
                self.retry(window)?;
            }
            State::Opening(_) | State::Renewing(_) => {}
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

    /// All open windows, oldest first.
    pub fn windows(&self) -> Vec<(WindowId, Session)> {
        self.sessions.all()
    }

    /// One open window.
    pub fn window(&self, window: WindowId) -> Option<Session> {
        self.sessions.get(window)
    }

    /// Tries until the mashup is there, or until trying again is no use.
    /// `load` is whether the page has to be loaded even if the session lives.
    pub(super) fn bring_up(self: &Arc<Self>, window: WindowId, aim: Aim, load: bool) {
        self.host.changed(Change::Windows);
        let desk = Arc::clone(self);
        let mashup = self.sessions.get(window).map(|session| session.mashup.to_string());
        let span = tracing::info_span!("window", id = %window, mashup);
        let bringing_up = async move {
            let mut tries = 0;
            loop {
                let signed_in = desk.signed_in();
                let Err(error) = desk.attempt(window, aim, load).await else {
                    return desk.show_anyway(window).await;
                };
                if error == Error::WindowGone {
                    // Closed, withdrawn or signed out on the way: what the
                    // ticket brought is given back to where it came from.
                    if let Ok((website, credentials)) = signed_in {
                        desk.give_back_to(&website, &credentials, window).await;
                    }
                    return;
                }
                if let Ok((_, credentials)) = &signed_in {
                    desk.note_refusal(credentials, &error);
                }
                tries += 1;
                match away::pause(&error, aim, tries, fastrand::f64()) {
                    Some(pause) => desk.wait(window, aim, error, pause).await,
                    None => {
                        // Without the cookie that was named, a session is there
                        // all the same.
                        let lost = matches!(error, Error::RedeemNoCookie { .. });
                        desk.fail(window, error);
                        if lost {
                            desk.give_back(window).await;
                        }
                        return;
                    }
                }
            }
        };
        self.runtime.spawn(bringing_up.instrument(span));
    }

    async fn wait(&self, window: WindowId, aim: Aim, error: Error, pause: Duration) {
        if pause.is_zero() || self.reached(window, Step::Away(error.clone())).is_err() {
            return;
        }
        tracing::info!(%window, %error, ?pause, "will try again");
        // From before the words are there: their button may be very quick.
        let again = self.sessions.again.notified();
        tokio::pin!(again);
        again.as_mut().enable();
        // What the person looks at stays; an empty window says what it waits
        // for, and how to stop that.
        if aim == Aim::Open {
            self.host.message(window, &error, Next::Waits);
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = again => {}
        }
    }

    /// One try, where windows are kept apart: the session that is there, or
    /// ticket and window at the same time, then the cookie, then the page.
    async fn attempt(&self, window: WindowId, aim: Aim, load: bool) -> Result<()> {
        let session = self.sessions.get(window).ok_or(Error::WindowGone)?;
        let redemption = self.policy.redemption.unwrap_or_default();
        if session.built {
            self.may_have_a_ticket(window, async { Ok(()) }).await?;
        }
        self.reached(window, Step::Probe)?;
        let found = self.probe(window, &session).await?;
        if let (Probe::Live, Some(page)) = (found, &session.page) {
            let page = ready(Ok(page.clone()));
            return if load { self.load(window, aim, page).await } else { self.renewed(window) };
        }
        if aim == Aim::Renew && redemption == Redemption::Window && self.stays(window).await {
            // The ticket would be redeemed over what they typed.
            return self.renewed(window);
        }
        if session.owner == Some(window) && (session.page.is_none() || found == Probe::Unknown) {
            // A session that never got a page, or that may live on for all that
            // Qlik says, must not hold a slot beside the next.
            self.sessions.update(window, |session| session.owner = None)?;
            let (website, credentials) = self.signed_in()?;
            self.give_back_to(&website, &credentials, window).await;
        }
        self.reached(window, Step::Ticket)?;
        let (there, is_there) = watch::channel(false);
        let built = async || {
            let mut is_there = is_there.clone();
            is_there.wait_for(|built| *built).await.map(drop).map_err(|_| Error::WindowGone)
        };
        let signing_in = async {
            // A window that holds nothing may be built before that is certain.
            self.may_have_a_ticket(window, built()).await?;
            let ticket = self.ticket(window, &session).await?;
            self.preconnect(window, &session)?;
            let (cookies, page) = match redemption {
                Redemption::Shell => {
                    // Whatever comes of the page, a session must be known that is there.
                    let entering = async { Ok(self.page_ahead(window, aim, &ticket, built()).await) };
                    tokio::try_join!(self.redeem(window, &ticket), entering)?
                }
                Redemption::Window => (Vec::new(), Ok(None)),
            };
            Ok((ticket, cookies, page?))
        };
        let building = async {
            // Where there will be no window, nobody waits for it.
            let there = there;
            self.build(window, &session).await?;
            there.send_replace(true);
            self.preconnect(window, &session)
        };
        let (built, signed_in) = tokio::join!(building, signing_in);
        built?;
        match signed_in {
            Ok((ticket, cookies, page)) => {
                match redemption {
                    Redemption::Shell => {
                        self.reached(window, Step::Store)?;
                        self.plant(window, &ticket.session_cookie, &cookies).await?;
                    }
                    Redemption::Window => self.redeem_in_window(window, &ticket).await?,
                }
                let page = async {
                    match page {
                        Some(page) => Ok(page),
                        None => self.page_of(window, &ticket, ready(Ok(()))).await,
                    }
                };
                self.load(window, aim, page).await
            }
            Err(full @ Error::SessionLimit { .. }) => {
                let other = self.sharable(window).ok_or(full)?;
                let page = self.share(window, other).await;
                self.load(window, aim, ready(page)).await
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the session in the window's store still lives: one that does
    /// costs no ticket.
    pub(super) async fn probe(&self, window: WindowId, session: &Session) -> Result<Probe> {
        let (Some(_), Some(address)) = (&session.page, &session.probe) else { return Ok(Probe::Ended) };
        let cookies = self.host.cookies(window).await.map_err(store_failed)?;
        let answer = qlik::probe(&self.http, address, &cookies).await;
        tracing::info!(%window, ?answer, "asked whether the session lives");
        answer
    }

    async fn build(&self, window: WindowId, session: &Session) -> Result<()> {
        if !session.built {
            let frame = self.frame(window).ok_or(Error::WindowGone)?;
            let slot = self.http_caches.slot(window);
            self.host.build(window, &frame, slot.as_ref()).await?;
            let built = self.sessions.update(window, |session| {
                session.built = true;
                session.state.clone()
            });
            self.sessions.tell();
            match built {
                // Failed on the way: there was no window yet for the words.
                Ok(State::Failed(error)) => self.host.message(window, &error, Next::Person),
                Ok(_) => {}
                Err(gone) => {
                    self.host.close(window);
                    return Err(gone);
                }
            }
        }
        Ok(())
    }

    /// Has a window that was not built `before` connect to where its mashup comes
    /// from, as far as that is known: a round trip or more that nobody waits for
    /// later on.
    fn preconnect(&self, window: WindowId, before: &Session) -> Result<()> {
        let session = self.sessions.get(window).ok_or(Error::WindowGone)?;
        if session.built && !before.built {
            let origins = match session.allowed {
                Some(Allowed { mashup, qlik, .. }) => vec![mashup, qlik],
                None => Origin::of(&self.signed_in()?.0.url).into_iter().collect(),
            };
            self.host.preconnect(window, &origins);
        }
        Ok(())
    }

    /// Whose session a window may share.
    fn sharable(&self, window: WindowId) -> Option<WindowId> {
        if self.policy.shares_sessions() { self.sessions.sharable(window) } else { None }
    }

    /// The identity has no session left, but another window of the same mashup
    /// has one: this window gets a copy of that store, and shows the same page.
    async fn share(&self, window: WindowId, other: WindowId) -> Result<SecretUrl> {
        let other_session = self.sessions.get(other).ok_or(Error::WindowGone)?;
        let cookies = self.host.cookies(other).await.map_err(store_failed)?;
        self.reached(window, Step::Store)?;
        self.plant(window, &other_session.session_cookie, &cookies).await?;
        let page = other_session.page.clone().ok_or(Error::WindowGone)?;
        self.sessions.update(window, |session| {
            session.owner = other_session.owner;
            session.allowed = other_session.allowed;
            session.probe = other_session.probe;
            session.session_cookie = other_session.session_cookie;
            session.quota = other_session.quota;
        })?;
        tracing::info!(%window, %other, "shares a session");
        Ok(page)
    }

    /// Loads the mashup, unless the person would lose what they typed and says
    /// no to that: then nobody asks where its page is.
    async fn load(
        &self,
        window: WindowId,
        aim: Aim,
        page: impl Future<Output = Result<SecretUrl>>,
    ) -> Result<()> {
        if aim == Aim::Renew && self.stays(window).await {
            return self.renewed(window);
        }
        let page = page.await?;
        self.reached(window, Step::Page)?;
        self.sessions.update(window, |session| session.kept = false)?;
        self.host.navigate(window, &page).map_err(store_failed)
    }

    /// Whether the page that is there stays, for what the person typed into it.
    /// They are asked once, however many signs of the same come after that.
    async fn stays(&self, window: WindowId) -> bool {
        if !self.host.typed(window).await {
            return false;
        }
        let kept = self.sessions.get(window).is_some_and(|session| session.kept);
        if kept || self.host.may_reload(window).await {
            return kept;
        }
        self.sessions.update(window, |session| session.kept = true).is_ok()
    }

    /// Says how far a window is; an error where it is closed, or where
    /// something else has decided about it.
    pub(super) fn reached(&self, window: WindowId, step: Step) -> Result<()> {
        tracing::debug!(?step, "on its way");
        if !self.sessions.apply(window, Event::Reached(step))? {
            return Err(Error::WindowGone);
        }
        self.host.changed(Change::Windows);
        Ok(())
    }

    fn renewed(&self, window: WindowId) -> Result<()> {
        self.sessions.apply(window, Event::Renewed)?;
        self.host.changed(Change::Windows);
        Ok(())
    }

    pub(super) fn fail(&self, window: WindowId, error: Error) {
        if self.sessions.apply(window, Event::Failed(error.clone())) == Ok(true) {
            tracing::warn!(%window, %error, "the window shows words");
            self.host.message(window, &error, Next::Person);
            self.host.changed(Change::Windows);
        }
    }
}

pub(super) fn store_failed(error: HostError) -> Error {
    Error::StoreFailed { reason: error.0 }
}
