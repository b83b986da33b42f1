//! Whether a session still lives: `GET /{vp}/qps/user` with the store's
//! cookies, which costs no ticket.

use std::time::Duration;

use reqwest::{Client, header};
use serde::Deserialize;
use url::Url;

use super::redeem::{unexpected, unreached};
use super::{StoreCookie, header_for};
use crate::navigation::Origin;
use crate::{Result, http};

/// Longest wait for the proxy.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// First steps of a path that are Qlik's own, so no virtual proxy's prefix.
const OWN: &[&str] =
    &["resources", "content", "appcontent", "tempcontent", "extensions", "hub", "sense", "qps"];

/// What Qlik said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// The session lives.
    Live,
    /// It has ended.
    Ended,
    /// An answer that does not say: another provider has no such address.
    Unknown,
}

/// The address that tells, from the one that a ticket is redeemed at.
pub(crate) fn address(redeem_url: &Url) -> Url {
    let mut address = redeem_url.clone();
    let prefix = redeem_url
        .path_segments()
        .and_then(|mut steps| steps.next())
        .filter(|step| !step.is_empty() && !OWN.contains(step))
        .map(|step| format!("/{step}"))
        .unwrap_or_default();
    address.set_path(&format!("{prefix}/qps/user"));
    address.set_query(None);
    address
}

/// # Errors
/// The `Redeem…` errors of a Qlik that cannot answer now.
pub(crate) async fn probe(http: &Client, address: &Url, cookies: &[StoreCookie]) -> Result<Probe> {
    #[derive(Deserialize)]
    struct User {
        #[serde(rename = "userId")]
        user_id: Option<String>,
        session: Option<String>,
    }
    let Some(cookies) = header_for(cookies, address) else { return Ok(Probe::Ended) };
    let request = http.get(address.clone()).header(header::COOKIE, cookies).timeout(PROBE_TIMEOUT);
    let host = Origin::of(address).map_or_else(String::new, |origin| origin.host().to_owned());
    let answer = request.send().await.map_err(|error| unreached(host.clone(), error))?;
    match answer.status() {
        status if status.is_success() => {}
        status if status.is_redirection() || status.as_u16() == 401 || status.as_u16() == 403 => {
            return Ok(Probe::Ended);
        }
        status if status.is_server_error() => return Err(unexpected(host, &answer)),
        _ => return Ok(Probe::Unknown),
    }
    let Ok(Some(body)) = http::body(answer, http::BODY_MAX).await else { return Ok(Probe::Unknown) };
    Ok(match serde_json::from_slice(&body) {
        Ok(User { session: Some(_), .. }) => Probe::Ended,
        Ok(User { user_id: Some(_), .. }) => Probe::Live,
        _ => Probe::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_proxy_is_in_the_redeem_url() {
        for (redeem_url, wanted) in [
            ("https://q.example/ticket/resources/a.css?qlikTicket=t", "https://q.example/ticket/qps/user"),
            ("https://q.example:4848/resources/a.css?qlikTicket=t", "https://q.example:4848/qps/user"),
            ("https://q.example/?qlikTicket=t", "https://q.example/qps/user"),
        ] {
            let redeem_url = Url::parse(redeem_url).expect("a URL");
            assert_eq!(address(&redeem_url).as_str(), wanted);
        }
    }
}
