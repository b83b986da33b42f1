//! `GET {api}/events`: tells a person's app what changes for them, as the rules change.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::website::{Site, sign_in::Caller};

/// Half of what the contract allows between two signs of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// The stream breaks off, as when a proxy in between gives up.
#[derive(Debug, thiserror::Error)]
#[error("the event stream was cut")]
struct Cut;

pub(super) async fn events(State(site): State<Arc<Site>>, Caller(person): Caller) -> Response {
    if !site.options.events {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cut = site.events_cut.clone().notified_owned();
    let mut rules = site.permissions.watch();
    let known = rules.borrow_and_update().open_to(&person);
    let batches = stream::unfold((rules, known), move |(mut rules, known)| {
        let person = person.clone();
        async move {
            rules.changed().await.ok()?;
            let now = rules.borrow_and_update().open_to(&person);
            Some((stream::iter(news(&known, &now)), (rules, now)))
        }
    });
    // An error, because a stream that ends well ends with a last chunk.
    let events = batches.flatten().map(Ok).take_until(cut).chain(stream::iter([Err(Cut)]));
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response()
}

/// What to tell somebody whose catalog was `known` and is `now`; nothing when it is the same.
fn news(known: &BTreeSet<String>, now: &BTreeSet<String>) -> Vec<Event> {
    if known == now {
        return Vec::new();
    }
    let revoked = known
        .difference(now)
        .map(|mashup| Event::default().event("revoked").data(json!({ "mashup": mashup }).to_string()));
    revoked.chain([Event::default().event("catalog").data("{}")]).collect()
}
