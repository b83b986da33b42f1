//! From a ticket to a store that holds what the mashup's page needs: Qlik's session,
//! and the website's own cookie.

use std::time::Duration;

use url::Url;

use super::away::Aim;
use super::open::store_failed;
use super::{Session, State, Step};
use crate::host::Host;
use crate::navigation::is_login_page;
use crate::qlik::{self, StoreCookie};
use crate::website::{self, Ticket};
use crate::{Desk, Error, Redemption, Result, SecretUrl, WindowId};

/// Longest that a window may take to redeem a ticket, well inside its minute.
const REDEEM_TIMEOUT: Duration = Duration::from_secs(20);

impl<H: Host> Desk<H> {
    pub(super) async fn ticket(&self, window: WindowId, session: &Session) -> Result<Ticket> {
        let (website, credentials) = self.signed_in()?;
        let ticket =
            website.ticket(&credentials, &session.mashup, window, self.instance).await.map_err(|error| {
                match error {
                    Error::SessionLimit { mashup, used, limit, .. } => Error::SessionLimit {
                        mashup,
                        used,
                        limit,
                        yours: self.sessions.held(&session.mashup),
                    },
                    other => other,
                }
            })?;
        self.sessions.update(window, |session| {
            session.quota = ticket.quota;
            session.allowed = Some(ticket.allowed.clone());
        })?;
        self.reached(window, Step::Redeem)?;
        Ok(ticket)
    }

    pub(super) async fn redeem(&self, window: WindowId, ticket: &Ticket) -> Result<Vec<StoreCookie>> {
        let Ticket { redeem_url, session_cookie, redirects, allowed, .. } = ticket;
        let redeemed = qlik::redeem(&self.http, redeem_url, session_cookie, *redirects, allowed).await?;
        self.note_session(window, ticket, redeemed.probe)?;
        Ok(redeemed.cookies)
    }

    /// The window goes there itself, and the cookies come into its store by
    /// themselves.
    pub(super) async fn redeem_in_window(&self, window: WindowId, ticket: &Ticket) -> Result<()> {
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

    pub(super) async fn plant(
        &self,
        window: WindowId,
        session_cookie: &str,
        cookies: &[StoreCookie],
    ) -> Result<()> {
        // A store that refuses a cookie does so in silence.
        let kept = self.host.plant(window, cookies).await.map_err(store_failed)?;
        tracing::debug!(planted = ?qlik::names(cookies), kept = ?qlik::names(&kept));
        let planted = |cookie: &&StoreCookie| cookie.name == session_cookie;
        let same =
            |cookie: &StoreCookie| kept.iter().any(|k| k.name == cookie.name && k.value == cookie.value);
        // Set twice, the last one counts.
        if cookies.iter().filter(planted).any(same) {
            Ok(())
        } else {
            Err(Error::CookieNotPlanted { cookie: session_cookie.to_owned() })
        }
    }

    /// Has a window that has nothing on the screen ask for its page while its ticket is
    /// redeemed: a round trip that nobody waits for after that. Qlik's own pages need
    /// the session.
    pub(super) async fn page_ahead(
        &self,
        window: WindowId,
        aim: Aim,
        ticket: &Ticket,
        built: impl Future<Output = Result<()>>,
    ) -> Result<Option<SecretUrl>> {
        if aim == Aim::Renew {
            return Ok(None);
        }
        let page = self.page_of(window, ticket, built).await?;
        if !ticket.opens_on_qlik() {
            self.host.ask(window, &page);
        }
        Ok(Some(page))
    }

    /// Where a mashup's page is, with the website's cookie for it in the store of a
    /// window as soon as that is `built`. Qlik's pages have no code to be swapped, and
    /// where the shell redeems no ticket it swaps no code.
    pub(super) async fn page_of(
        &self,
        window: WindowId,
        ticket: &Ticket,
        built: impl Future<Output = Result<()>>,
    ) -> Result<SecretUrl> {
        if ticket.opens_on_qlik() || self.policy.redemption == Some(Redemption::Window) {
            return Ok(ticket.mashup_url.clone());
        }
        let entry = website::enter(&self.http, &ticket.mashup_url, &ticket.allowed).await?;
        built.await?;
        if !entry.cookies.is_empty() {
            self.sessions.get(window).ok_or(Error::WindowGone)?;
            self.host.plant(window, &entry.cookies).await.map_err(store_failed)?;
        }
        Ok(entry.page)
    }
}
