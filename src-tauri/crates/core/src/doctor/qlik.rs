//! What Qlik's proxy says: to a stranger, to a ticket, to a session.

use std::time::Duration;

use reqwest::header;

use super::network::place;
use super::signer::signer;
use super::visit::Visit;
use super::{Check, Mender, Outcome, needs, wrong};
use crate::http::Fault;
use crate::website::Ticket;
use crate::{Error, qlik};

pub(super) const CHECKS: &[Check] = &[
    check!("qlik", reached),
    check!("redemption", redemption),
    check!("session_cookie", session_cookie),
    check!("image", image),
];

/// What comes after everything else.
pub(super) const LAST: &[Check] = &[check!("giving_back", giving_back)];

const PATIENCE: Duration = Duration::from_secs(10);

/// Any answer will do: who has no session is sent to a login page.
async fn reached(visit: &mut Visit) -> Outcome {
    let url = qlik::probe_address(&visit.qlik()?);
    let host = place(&url);
    match visit.http.get(url.clone()).timeout(PATIENCE).send().await {
        Ok(answer) if answer.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            wrong(Error::ProxyAuth { host }, Mender::It)
        }
        Ok(_) => {
            visit.reached = true;
            let signer = signer(&visit.setup.policy, &url).await;
            Ok(signer.map_or_else(|| host.clone(), |signer| format!("{host}, {signer}")))
        }
        Err(error) => match Fault::from(error) {
            Fault::Tls(reason) => wrong(Error::RedeemTls { host, reason }, Mender::It),
            Fault::ProxyAuth => wrong(Error::ProxyAuth { host }, Mender::It),
            Fault::Unreachable(reason) => wrong(Error::RedeemUnreachable { host, reason }, Mender::Qlik),
            Fault::Timeout => wrong(Error::RedeemTimeout { host }, Mender::Qlik),
        },
    }
}

async fn redemption(visit: &mut Visit) -> Outcome {
    let ticket = needs(visit.ticket.clone(), "ticket")?;
    needs(visit.reached.then_some(()), "qlik")?;
    let Ticket { redeem_url, session_cookie, redirects, allowed, .. } = &ticket;
    match qlik::redeem(&visit.http, redeem_url, session_cookie, *redirects, allowed).await {
        Ok(redeemed) => visit.cookies = Some(redeemed.cookies),
        // The ticket was taken: the next check says what did not come of it.
        Err(Error::RedeemNoCookie { .. }) => visit.cookies = Some(Vec::new()),
        // The website asked another Qlik, or another virtual proxy of it.
        Err(error @ Error::TicketRefused { .. }) => return wrong(error, Mender::Website),
        Err(error) => return wrong(error, Mender::Qlik),
    }
    Ok(ticket.redeem_url.origin().host().to_owned())
}

async fn session_cookie(visit: &mut Visit) -> Outcome {
    let ticket = needs(visit.ticket.clone(), "ticket")?;
    let cookies = needs(visit.cookies.as_ref(), "redemption")?;
    if cookies.is_empty() {
        let host = ticket.redeem_url.origin().host().to_owned();
        visit.cookies = None;
        // The website names it; the virtual proxy sets it.
        return wrong(Error::RedeemNoCookie { host, cookie: ticket.session_cookie }, Mender::Website);
    }
    Ok(ticket.session_cookie)
}

/// What the ticket was redeemed on, once more, with the session alone.
async fn image(visit: &mut Visit) -> Outcome {
    let url = visit.qlik()?;
    let cookies = needs(visit.cookies.as_deref(), "session_cookie")?;
    let cookies = needs(qlik::header_for(cookies, &url), "session_cookie")?;
    let host = place(&url);
    let request = visit.http.get(url.clone()).header(header::COOKIE, cookies).timeout(PATIENCE);
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(url.path().to_owned()),
        Ok(answer) => wrong(Error::ContentRefused { host, status: answer.status().as_u16() }, Mender::Qlik),
        Err(error) => match Fault::from(error) {
            Fault::Timeout => wrong(Error::RedeemTimeout { host }, Mender::Qlik),
            fault => wrong(Error::RedeemUnreachable { host, reason: format!("{fault:?}") }, Mender::Qlik),
        },
    }
}

/// Sessions are scarce: the one that was opened here ends here.
async fn giving_back(visit: &mut Visit) -> Outcome {
    let (website, credentials) = visit.signed_in()?;
    needs(visit.ticket.as_ref(), "ticket")?;
    match website.end_session(&credentials, visit.window).await {
        Ok(()) => Ok(String::new()),
        Err(error) => wrong(error, Mender::Website),
    }
}
