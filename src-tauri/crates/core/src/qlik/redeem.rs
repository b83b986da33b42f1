//! Redeeming: one GET with the ticket, no redirect followed but those that the
//! website announces, and the answer's `Set-Cookie` is the session.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, header};
use url::Url;

use super::{StoreCookie, header_for, keep, probe};
use crate::http::{self, Fault};
use crate::navigation::{Allowed, Origin, is_login_page};
use crate::{Error, Result, SecretUrl};

/// Longest wait for the proxy, well inside a ticket's minute.
const REDEEM_TIMEOUT: Duration = Duration::from_secs(20);

/// What comes of a ticket.
pub(crate) struct Redeemed {
    pub(crate) cookies: Vec<StoreCookie>,
    /// Where Qlik tells whether the session lives.
    pub(crate) probe: Url,
}

/// Redeems a ticket. All cookies of all answers are kept: a load balancer's
/// belong to the session as well.
///
/// # Errors
/// [`Error::TicketRefused`] and every `Redeem…` error.
pub(crate) async fn redeem(
    http: &Client,
    redeem_url: &SecretUrl,
    session_cookie: &str,
    redirects: u8,
    allowed: &Allowed,
) -> Result<Redeemed> {
    let host = redeem_url.origin().host().to_owned();
    let refused = || Error::TicketRefused { host: host.clone() };
    let mut url = Url::parse(redeem_url.expose()).map_err(|_| refused())?;
    let mut cookies = Vec::new();
    for _ in 0..=redirects {
        let answer = get(http, &url, &cookies).await?;
        for set_cookie in answer.headers().get_all(header::SET_COOKIE) {
            keep(&mut cookies, set_cookie, answer.url());
        }
        if !answer.status().is_redirection() {
            let cookies = signed_in(&answer, host, cookies, session_cookie)?;
            return Ok(Redeemed { cookies, probe: probe::address(answer.url()) });
        }
        let next = location(&answer).ok_or_else(refused)?;
        if is_login_page(allowed, &next) {
            break;
        }
        // No cookie and no ticket goes where the website has not said so.
        if !allowed.contains(&next) {
            return Err(Error::RedeemUnexpected { host, status: answer.status().as_u16() });
        }
        url = next;
    }
    // Qlik sends whom it does not know to its login page.
    Err(refused())
}

async fn get(http: &Client, url: &Url, cookies: &[StoreCookie]) -> Result<Response> {
    let mut request = http.get(url.clone()).timeout(REDEEM_TIMEOUT);
    if let Some(cookies) = header_for(cookies, url) {
        request = request.header(header::COOKIE, cookies);
    }
    let host = Origin::of(url).map_or_else(String::new, |origin| origin.host().to_owned());
    // The error would name the URL, and the ticket with it.
    request.send().await.map_err(|error| unreached(host, error.without_url()))
}

fn signed_in(
    answer: &Response,
    host: String,
    cookies: Vec<StoreCookie>,
    session_cookie: &str,
) -> Result<Vec<StoreCookie>> {
    match answer.status() {
        status if status.is_success() => {}
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            return Err(Error::RedeemForbidden { host, status: status.as_u16() });
        }
        _ => return Err(unexpected(host, answer)),
    }
    if holds(&cookies, session_cookie) {
        Ok(cookies)
    } else {
        Err(Error::RedeemNoCookie { host, cookie: session_cookie.to_owned() })
    }
}

/// Whether a session cookie is among them.
pub(crate) fn holds(cookies: &[StoreCookie], session_cookie: &str) -> bool {
    cookies.iter().any(|cookie| cookie.name == session_cookie && !cookie.value.expose().is_empty())
}

fn location(answer: &Response) -> Option<Url> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    answer.url().join(location).ok()
}

/// Qlik is busy, or answers what no call of ours is answered.
pub(super) fn unexpected(host: String, answer: &Response) -> Error {
    match answer.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Error::RedeemBusy { host, seconds: http::retry_after(answer.headers()) }
        }
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Error::ProxyAuth { host },
        status => Error::RedeemUnexpected { host, status: status.as_u16() },
    }
}

/// Qlik gave no answer, in words.
pub(super) fn unreached(host: String, error: reqwest::Error) -> Error {
    match Fault::from(error) {
        Fault::Unreachable(reason) => Error::RedeemUnreachable { host, reason },
        Fault::Tls(reason) => Error::RedeemTls { host, reason },
        Fault::Timeout => Error::RedeemTimeout { host },
        Fault::ProxyAuth => Error::ProxyAuth { host },
    }
}
