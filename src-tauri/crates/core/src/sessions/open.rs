//! The way of one click: from a mashup's id to its window on the screen.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tracing::Instrument;
use url::Url;

use super::away::{self, Aim};
use super::{Event, Session, State, Step};
use crate::host::{Change, Geometry, Host, HostError, Next};
use crate::navigation::{Allowed, Origin, is_login_page};
use crate::qlik::{self, Probe, StoreCookie};
use crate::website::{Ticket, TicketRequest};
use crate::{Desk, Error, MashupId, Redemption, Result, SecretUrl, WindowId};

/// Longest that a window may take to redeem a ticket, well inside its minute.
const REDEEM_TIMEOUT: Duration = Duration::from_secs(20);

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
        let (there, is_built) = oneshot::channel();
        let is_built = async { is_built.await.map_err(|_| Error::WindowGone) }.shared();
        let signing_in = async {
            // A window that holds nothing may be built before that is certain.
            self.may_have_a_ticket(window, is_built.clone()).await?;
            let ticket = self.ticket(window, &session, aim, redemption).await?;
            self.preconnect(window, &session)?;
            let cookies = match redemption {
                Redemption::Shell => {
                    let asking = async {
                        is_built.await?;
                        self.ask_ahead(window, aim, &ticket).await
                    };
                    let (asked, redeemed) = tokio::join!(asking, self.redeem(window, &ticket));
                    asked?;
                    redeemed?
                }
                Redemption::Window => Vec::new(),
            };
            Ok((ticket, cookies))
        };
        let building = async {
            self.build(window, &session).await?;
            // Nobody may wait for it.
            let _ = there.send(());
            self.preconnect(window, &session)
        };
        let (built, signed_in) = tokio::join!(building, signing_in);
        built?;
        let page = match signed_in {
            Ok((ticket, cookies)) => {
                match redemption {
                    Redemption::Shell => {
                        self.reached(window, Step::Store)?;
                        self.plant(window, &cookies, &[&ticket.session_cookie]).await?;
                    }
                    Redemption::Window => self.redeem_in_window(window, &ticket).await?,
                }
                ticket.mashup_url
            }
            Err(full @ Error::SessionLimit { .. }) => match self.sharable(window) {
                Some(other) => self.share(window, other).await?,
                None => return Err(full),
            },
            Err(error) => return Err(error),
        };
        self.load(window, aim, &page).await
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

    async fn ticket(
        &self,
        window: WindowId,
        session: &Session,
        aim: Aim,
        redemption: Redemption,
    ) -> Result<Ticket> {
        let (website, credentials) = self.signed_in()?;
        let asked = TicketRequest {
            window,
            instance: self.instance,
            // A page that is there, and may stay, keeps the cookies that it came with.
            mashup_cookies: aim == Aim::Open && redemption == Redemption::Shell,
        };
        let ticket =
            website.ticket(&credentials, &session.mashup, &asked).await.map_err(|error| match error {
                Error::SessionLimit { mashup, used, limit, .. } => {
                    Error::SessionLimit { mashup, used, limit, yours: self.sessions.held(&session.mashup) }
                }
                other => other,
            })?;
        self.sessions.update(window, |session| {
            session.quota = ticket.quota;
            session.allowed = Some(ticket.allowed.clone());
        })?;
        self.reached(window, Step::Redeem)?;
        Ok(ticket)
    }

    /// Plants what the website has handed over in a window that is built, and has it ask
    /// for its page while its ticket is redeemed: a round trip that nobody waits for after
    /// that. A page on the screen stays, and Qlik's own pages need the session.
    async fn ask_ahead(&self, window: WindowId, aim: Aim, ticket: &Ticket) -> Result<()> {
        let Ticket { mashup_url, mashup_cookies, allowed, .. } = ticket;
        self.sessions.get(window).ok_or(Error::WindowGone)?;
        if !mashup_cookies.is_empty() {
            self.plant(window, mashup_cookies, &qlik::names(mashup_cookies)).await?;
        }
        if aim == Aim::Open && allowed.qlik != *mashup_url.origin() {
            self.host.ask(window, mashup_url);
        }
        Ok(())
    }

    async fn redeem(&self, window: WindowId, ticket: &Ticket) -> Result<Vec<StoreCookie>> {
        let Ticket { redeem_url, session_cookie, redirects, allowed, .. } = ticket;
        let redeemed = qlik::redeem(&self.http, redeem_url, session_cookie, *redirects, allowed).await?;
        self.note_session(window, ticket, redeemed.probe)?;
        Ok(redeemed.cookies)
    }

    /// The window goes there itself, and the cookies come into its store by
    /// themselves.
    async fn redeem_in_window(&self, window: WindowId, ticket: &Ticket) -> Result<()> {
        let host = ticket.redeem_url.origin().host().to_owned();
        let redeeming = self.host.redeem(window, &ticket.redeem_url);
        let reached = match tokio::time::timeout(REDEEM_TIMEOUT, redeeming).await {
            Ok(Err(Error::PageFailed { reason, .. })) => {
                return Err(Error::RedeemUnreachable { host, reason });
            }
            Ok(reached) => reached?,
            Err(_) => return Err(Error::RedeemTimeout { host }),
        };
        if is_login_page(&ticket.allowed, &reached) {
            return Err(Error::TicketRefused { host });
        }
        self.note_session(window, ticket, qlik::probe_address(&reached))?;
        let kept = self.host.cookies(window).await.map_err(store_failed)?;
        if qlik::holds(&kept, &ticket.session_cookie) {
            Ok(())
        } else {
            Err(Error::RedeemNoCookie { host, cookie: ticket.session_cookie.clone() })
        }
    }

    /// A ticket has made a session.
    fn note_session(&self, window: WindowId, ticket: &Ticket, probe: Url) -> Result<()> {
        self.sessions.update(window, |session| {
            // Withdrawn on the way: what the ticket brought is nobody's.
            if matches!(session.state, State::Failed(_)) {
                return Err(Error::WindowGone);
            }
            session.owner = Some(window);
            session.probe = Some(probe);
            session.session_cookie.clone_from(&ticket.session_cookie);
            session.renewals += 1;
            // The fresh page may be at another address.
            session.page = None;
            Ok(())
        })?
    }

    /// Plants cookies, those of the names given for certain.
    async fn plant(&self, window: WindowId, cookies: &[StoreCookie], needed: &[&str]) -> Result<()> {
        // A store that refuses a cookie does so in silence.
        let kept = self.host.plant(window, cookies).await.map_err(store_failed)?;
        tracing::debug!(planted = ?qlik::names(cookies), kept = ?qlik::names(&kept));
        let is_kept =
            |cookie: &StoreCookie| kept.iter().any(|k| k.name == cookie.name && k.value == cookie.value);
        let lost = |name: &&&str| !cookies.iter().any(|cookie| cookie.name == **name && is_kept(cookie));
        match needed.iter().find(lost) {
            Some(name) => Err(Error::CookieNotPlanted { cookie: (*name).to_owned() }),
            None => Ok(()),
        }
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
        self.plant(window, &cookies, &[&other_session.session_cookie]).await?;
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
    /// no to that.
    async fn load(&self, window: WindowId, aim: Aim, page: &SecretUrl) -> Result<()> {
        if aim == Aim::Renew && self.stays(window).await {
            return self.renewed(window);
        }
        self.reached(window, Step::Page)?;
        self.sessions.update(window, |session| session.kept = false)?;
        self.host.navigate(window, page).map_err(store_failed)
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
    fn reached(&self, window: WindowId, step: Step) -> Result<()> {
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

fn store_failed(error: HostError) -> Error {
    Error::StoreFailed { reason: error.0 }
}
