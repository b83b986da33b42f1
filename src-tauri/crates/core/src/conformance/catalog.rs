//! The catalog, its `ETag` and who may see what.

use std::collections::BTreeSet;

use reqwest::{Method, header};
use serde_json::{Map, Value};

use super::visit::{Catalog, Visit, other_token};
use super::{Check, Outcome, Trouble, broken, shape, skipped};
use crate::MashupId;

pub(super) const CHECKS: &[Check] = &[
    check!(
        "catalog.shape",
        listed,
        "`GET {api}/mashups` answers 200 with `mashups`: each has an `id` of its own, of 1 to 128 of `A-Za-z0-9._~-`, \
         and a `title`; description, group, accent, icon and updated are as the schema has them"
    ),
    check!("catalog.etag", etag, "The catalog has an `ETag` (RFC 9110, 8.8.3: in double quotes)"),
    check!(
        "catalog.not_modified",
        not_modified,
        "To `If-None-Match` with the catalog's `ETag` the answer is 304 without a body; with another one, 200"
    ),
    check!(
        "catalog.cache_control",
        cache_control,
        "`Cache-Control`, where the catalog has it, is `private, no-cache`: one person's, and checked each time"
    ),
    check!(
        "catalog.own_etag",
        own_etag,
        "The `ETag` covers the answer for this person: another person's catalog is not 304 by it"
    ),
    check!(
        "catalog.without_denied",
        without_denied,
        "The catalog holds nothing that the person may not open"
    ),
];

async fn listed(visit: &mut Visit) -> Outcome {
    let answer = visit.ask(Method::GET, &["mashups"], |request| request).await?;
    let document = answer.json(200, "application/json")?;
    let etag = answer.header(header::ETAG).map(str::to_owned);
    let catalog = visit.catalog.insert(Catalog { document, etag, cache_control: answer.cache_control() });
    let mashups = shape::list(&catalog.document, "mashups")?;
    let mut ids = BTreeSet::new();
    for (place, mashup) in mashups.iter().enumerate() {
        let Value::Object(mashup) = mashup else { return broken(format!("entry {place} is no object")) };
        let id = entry(mashup).or_else(|error| match error {
            Trouble::Broken(words) => broken(format!("entry {place}: {words}")),
            skipped => Err(skipped),
        })?;
        if !ids.insert(id) {
            return broken(format!("entry {place}: its `id` is another one's too"));
        }
    }
    Ok(format!("{} mashups", mashups.len()))
}

/// One entry; answers its id.
fn entry(mashup: &Map<String, Value>) -> Result<MashupId, Trouble> {
    let id = shape::text(mashup, "id", 1..=128)?;
    let Ok(id) = MashupId::parse(id) else {
        return broken(format!("`id` {:?} has what must not stand in a path", shape::shown(id)));
    };
    shape::text(mashup, "title", 1..=200)?;
    for (name, most) in [("description", 2000), ("group", 100)] {
        if mashup.contains_key(name) {
            shape::text(mashup, name, 0..=most)?;
        }
    }
    if mashup.contains_key("accent") {
        let digits = shape::text(mashup, "accent", 0..=usize::MAX)?.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
            return broken("`accent` is not `#` and six of `0-9a-f`");
        }
    }
    if mashup.get("icon").is_some_and(|icon| !icon.is_null()) {
        let icon = shape::url(mashup, "icon")?;
        if !matches!(icon.scheme(), "data" | "https") {
            return broken("`icon` is neither `data:` nor `https:`");
        }
    }
    if mashup.get("updated").is_some_and(|updated| !updated.is_null()) {
        let updated = shape::text(mashup, "updated", 0..=usize::MAX)?;
        if updated.parse::<jiff::Timestamp>().is_err() {
            return broken("`updated` is no date and time with its offset (RFC 3339)");
        }
    }
    Ok(id)
}

async fn etag(visit: &mut Visit) -> Outcome {
    let Some(etag) = &catalog(visit)?.etag else { return broken("there is none") };
    let opaque = etag.strip_prefix("W/").unwrap_or(etag);
    if opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"') {
        Ok(String::new())
    } else {
        broken("it is not in double quotes")
    }
}

async fn not_modified(visit: &mut Visit) -> Outcome {
    let etag = known_etag(visit)?;
    let ask =
        |etag: String| move |request: reqwest::RequestBuilder| request.header(header::IF_NONE_MATCH, &etag);
    let same = visit.ask(Method::GET, &["mashups"], ask(etag)).await?;
    same.has_status(304)?;
    same.has_no_body()?;
    let other = visit.ask(Method::GET, &["mashups"], ask("\"another\"".to_owned())).await?;
    other.has_status(200)?;
    Ok(String::new())
}

async fn cache_control(visit: &mut Visit) -> Outcome {
    let said = &catalog(visit)?.cache_control;
    let has = |word: &str| said.iter().any(|directive| directive == word);
    if said.is_empty() || has("no-store") || (has("private") && has("no-cache")) {
        return Ok(said.join(", "));
    }
    broken(format!("it is `{}`", shape::shown(&said.join(", "))))
}

async fn own_etag(visit: &mut Visit) -> Outcome {
    let other = other_token(visit)?;
    let etag = known_etag(visit)?;
    let theirs = visit.ask_as(Some(&other), Method::GET, &["mashups"], |request| request).await?;
    if theirs.json(200, "application/json")? == catalog(visit)?.document {
        return skipped("both people have the same catalog");
    }
    let answer = visit
        .ask_as(Some(&other), Method::GET, &["mashups"], |request| {
            request.header(header::IF_NONE_MATCH, &etag)
        })
        .await?;
    answer.has_status(200)?;
    Ok(String::new())
}

async fn without_denied(visit: &mut Visit) -> Outcome {
    let Some(denied) = &visit.setup.denied_mashup else {
        return skipped("needs the id of a mashup that the person may not open");
    };
    let catalog = catalog(visit)?;
    if holds(&catalog.document, denied) { broken(format!("it lists {denied}")) } else { Ok(String::new()) }
}

/// Whether a catalog lists a mashup.
pub(super) fn holds(catalog: &Map<String, Value>, id: &MashupId) -> bool {
    let mashups = catalog.get("mashups").and_then(Value::as_array);
    mashups.into_iter().flatten().any(|mashup| mashup.get("id").and_then(Value::as_str) == Some(id.as_str()))
}

fn known_etag(visit: &Visit) -> Result<String, Trouble> {
    catalog(visit)?.etag.clone().map_or_else(|| skipped("the catalog has no `ETag`"), Ok)
}

pub(super) fn catalog(visit: &Visit) -> Result<&Catalog, Trouble> {
    visit.catalog.as_ref().map_or_else(|| skipped("there is no catalog"), Ok)
}
