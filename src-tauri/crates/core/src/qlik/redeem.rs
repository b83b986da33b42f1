//! Redeeming: one GET with the ticket, no redirect followed, and the answer's
//! `Set-Cookie` is the session.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, header};
use url::Url;

use super::StoreCookie;
use crate::http::{self, Fault};
use crate::{Error, Result, SecretUrl};

/// Longest wait for the proxy, well inside a ticket's minute.
const REDEEM_TIMEOUT: Duration = Duration::from_secs(20);

/// Redeems a ticket. All cookies of the answer are kept: a load balancer's
/// belong to the session as well.
///
/// # Errors
/// [`Error::TicketRefused`] and every `Redeem…` error.
pub(crate) async fn redeem(
    http: &Client,
    redeem_url: &SecretUrl,
    session_cookie: &str,
) -> Result<Vec<StoreCookie>> {
    let host = redeem_url.origin().host().to_owned();
    let answer = http
        .get(redeem_url.expose())
        .timeout(REDEEM_TIMEOUT)
        .send()
        .await
        // The error would name the URL, and the ticket with it.
        .map_err(|error| unreached(host.clone(), error.without_url()))?;
    match answer.status() {
        status if status.is_success() => {}
        // Qlik sends whom it does not know to its login page.
        status if status.is_redirection() => return Err(Error::TicketRefused { host }),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            return Err(Error::RedeemForbidden { host, status: status.as_u16() });
        }
        _ => return Err(unexpected(host, &answer)),
    }
    let cookies = set_cookies(answer.headers(), answer.url());
    if cookies.iter().any(|cookie| cookie.name == session_cookie && !cookie.value.expose().is_empty()) {
        Ok(cookies)
    } else {
        Err(Error::RedeemNoCookie { host, cookie: session_cookie.to_owned() })
    }
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

fn set_cookies(headers: &header::HeaderMap, url: &Url) -> Vec<StoreCookie> {
    headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| StoreCookie::parse(value.to_str().ok()?, url))
        .collect()
}
