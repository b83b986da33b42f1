//! The engine's websocket, as a mashup's page opens it: with the page's origin,
//! the session and, where the server has them, a CSRF token.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{self, HeaderValue};
use reqwest::{Client, Response, StatusCode, Upgraded};
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use url::Url;

use super::network::place;
use super::visit::Visit;
use super::{Check, Mender, Outcome, Trouble, needs, wrong};
use crate::http::{self, Fault};
use crate::{Error, qlik, website};

pub(super) const CHECKS: &[Check] = &[check!("engine", engine)];

/// Longest wait for the handshake, and for each greeting.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where Qlik answers whether a session lives; its siblings are told from it.
const PROBE: &str = "qps/user";
/// The header that has the token, and the query's name for it.
const CSRF: &str = "qlik-csrf-token";

async fn engine(visit: &mut Visit) -> Outcome {
    let ticket = needs(visit.ticket.clone(), "ticket")?;
    let cookies = needs(visit.cookies.as_deref(), "session_cookie")?;
    let probe = qlik::probe_address(&visit.qlik()?);
    let cookies = needs(qlik::header_for(cookies, &probe), "session_cookie")?;
    let host = place(&probe);
    // An upgrade is HTTP/1.1's.
    let http = http::builder(&visit.setup.policy)
        .and_then(|builder| builder.http1_only().build().map_err(|error| error.to_string()));
    let http = http.map_err(Trouble::Skipped)?;
    let token = csrf_token(&http, &beside(&probe, "qps/csrftoken"), &cookies, &host).await?;
    let mut address = beside(&probe, "app/engineData");
    if let Some(token) = &token {
        address.query_pairs_mut().append_pair(CSRF, token);
    }
    let origin = ticket.mashup_url.origin().to_string();
    let request = http
        .get(address)
        .header(header::ORIGIN, origin)
        .header(header::COOKIE, cookies)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, generate_key());
    let answer = tokio::time::timeout(PATIENCE, request.send()).await;
    let answer = match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return silent(&host, &fault(error)),
        Err(_) => return silent(&host, "no answer in time"),
    };
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return wrong(Error::EngineRefused { host, status: answer.status().as_u16() }, Mender::Qlik);
    }
    let greeting = greeting(answer, &host).await?;
    Ok(if token.is_some() { format!("{greeting}, CSRF") } else { greeting })
}

/// Servers before November 2024 have none.
async fn csrf_token(
    http: &Client,
    address: &Url,
    cookies: &HeaderValue,
    host: &str,
) -> Result<Option<String>, Trouble> {
    let request = http.get(address.clone()).header(header::COOKIE, cookies.clone()).timeout(PATIENCE);
    match request.send().await {
        Ok(answer) if answer.status().is_server_error() => {
            let status = answer.status().as_u16();
            wrong(Error::EngineRefused { host: host.to_owned(), status }, Mender::Qlik)
        }
        Ok(answer) => Ok(answer.headers().get(CSRF).and_then(|token| token.to_str().ok()).map(str::to_owned)),
        Err(error) => silent(host, &fault(error)).map(|_| None),
    }
}

/// What the engine says first: whom it knows, then that it is connected.
async fn greeting(answer: Response, host: &str) -> Outcome {
    let upgraded: Upgraded = match answer.upgrade().await {
        Ok(upgraded) => upgraded,
        Err(error) => return silent(host, &fault(error)),
    };
    let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
    loop {
        let said = match tokio::time::timeout(PATIENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(said)))) => said,
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => return silent(host, "it hangs up"),
            Ok(Some(Ok(_))) => continue,
            Err(_) => return silent(host, "no greeting in time"),
        };
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        match said["method"].as_str().unwrap_or_default() {
            "OnAuthenticationInformation" if said["params"]["mustAuthenticate"] == true => {
                return wrong(Error::LoginPage { host: host.to_owned() }, Mender::Qlik);
            }
            "OnConnected" => {
                let state = said["params"]["qSessionState"].as_str().unwrap_or_default();
                return Ok(website::in_short(state));
            }
            _ if said["params"]["severity"] == "fatal" => {
                return silent(host, &website::in_short(said["method"].as_str().unwrap_or_default()));
            }
            _ => {}
        }
    }
}

fn silent(host: &str, reason: &str) -> Outcome {
    wrong(Error::EngineSilent { host: host.to_owned(), reason: reason.to_owned() }, Mender::Qlik)
}

/// Another address under the same virtual proxy.
fn beside(probe: &Url, path: &str) -> Url {
    let mut url = probe.clone();
    let prefix = probe.path().trim_end_matches(PROBE).to_owned();
    url.set_path(&format!("{prefix}{path}"));
    url
}

fn fault(error: reqwest::Error) -> String {
    match Fault::from(error.without_url()) {
        Fault::Unreachable(reason) | Fault::Tls(reason) => reason,
        Fault::Timeout => "no answer in time".to_owned(),
        Fault::ProxyAuth => "the proxy wants a name and a password".to_owned(),
    }
}
