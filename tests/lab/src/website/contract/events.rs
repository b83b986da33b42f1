//! `GET {api}/events`: tells a person's app what changes for them, as the rules change.

use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::website::{Site, sign_in::Caller};

/// Half of what the contract allows between two signs of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

pub(super) async fn events(State(site): State<Arc<Site>>, Caller(person): Caller) -> impl IntoResponse {
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
    Sse::new(batches.flatten().map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
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
