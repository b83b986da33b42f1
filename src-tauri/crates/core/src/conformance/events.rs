//! The event stream, where there is one.

use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Response, header};

use super::answer::{EVENT_STREAM, unreached};
use super::visit::Visit;
use super::{Check, Outcome, Trouble, broken, skipped};

pub(super) const CHECKS: &[Check] = &[
    check!(
        "events.stream",
        stream,
        "`GET {api}/events` answers 200 and `text/event-stream` that nothing may keep (`Cache-Control: no-cache`), or 404"
    ),
    check!(
        "events.sign_of_life",
        sign_of_life,
        "A comment line at least every 30 seconds, so that proxies keep the connection"
    ),
];

/// What the contract allows, and a little for the way.
const SILENCE_MAX: Duration = Duration::from_secs(35);

/// Opens the stream; `None` where the website has none.
pub(super) async fn open(visit: &Visit) -> Result<Option<Response>, Trouble> {
    if visit.signed_out {
        return skipped("the website refuses the person's token");
    }
    let request = visit.http.get(visit.call(&["events"])?);
    let request = request.header(header::ACCEPT, EVENT_STREAM).bearer_auth(visit.setup.token.expose());
    let answer = request.send().await.map_err(|error| unreached(error.into()))?;
    match answer.status().as_u16() {
        404 => Ok(None),
        200 => Ok(Some(answer)),
        status => broken(format!("answers {status}")),
    }
}

async fn stream(visit: &mut Visit) -> Outcome {
    let Some(answer) = open(visit).await? else { return Ok("404: Mashdesk polls the catalog".to_owned()) };
    let said = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = said(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(EVENT_STREAM) {
        return broken(format!("the Content-Type is {kind:?}"));
    }
    let caching = said(header::CACHE_CONTROL).to_ascii_lowercase();
    if !caching.is_empty() && !caching.contains("no-cache") && !caching.contains("no-store") {
        return broken(format!("the Cache-Control is {caching:?}"));
    }
    Ok(String::new())
}

async fn sign_of_life(visit: &mut Visit) -> Outcome {
    if visit.setup.quick {
        return skipped("takes up to half a minute");
    }
    let Some(mut answer) = open(visit).await? else { return skipped("the website has no events") };
    match tokio::time::timeout(SILENCE_MAX, answer.chunk()).await {
        Ok(Ok(Some(_))) => Ok(String::new()),
        Ok(Ok(None)) => broken("the website has ended the stream"),
        Ok(Err(error)) => Err(unreached(error.into())),
        Err(_) => broken(format!("nothing has come for {} seconds", SILENCE_MAX.as_secs())),
    }
}

/// Waits for `revoked` with that mashup.
pub(super) async fn revoked(stream: Response, mashup: &str) -> Outcome {
    let mut events = stream.bytes_stream().eventsource();
    let told = async {
        while let Some(Ok(event)) = events.next().await {
            let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
            if event.event == "revoked" && data.get("mashup").is_some_and(|id| id == mashup) {
                return true;
            }
        }
        false
    };
    match tokio::time::timeout(SILENCE_MAX, told).await {
        Ok(true) => Ok(String::new()),
        Ok(false) => broken("the stream has ended without it"),
        Err(_) => broken(format!("it has not come for {} seconds", SILENCE_MAX.as_secs())),
    }
}
