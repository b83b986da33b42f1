//! `GET {api}/mashups`: the catalog for this person, with an `ETag`.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    apps::App,
    website::{Site, sign_in::Caller},
};

#[derive(Hash, Serialize)]
struct Catalog {
    mashups: Vec<Mashup>,
}

#[derive(Hash, Serialize)]
struct Mashup {
    id: String,
    title: String,
    description: String,
    group: String,
    accent: String,
    icon: String,
    updated: String,
}

pub(super) async fn catalog(
    State(site): State<Arc<Site>>,
    Caller(person): Caller,
    headers: HeaderMap,
) -> Response {
    let rules = site.permissions.now();
    let open = rules.open_to(&person);
    let catalog =
        Catalog { mashups: site.apps.iter().filter(|app| open.contains(&app.mashup)).map(mashup).collect() };
    let mut hasher = DefaultHasher::new();
    catalog.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let caching = [(header::CACHE_CONTROL, "private, no-cache".to_owned()), (header::ETAG, tag.clone())];
    if holds(known, &tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, Json(catalog)).into_response()
}

fn mashup(app: &App) -> Mashup {
    Mashup {
        id: app.mashup.clone(),
        title: app.title.clone(),
        description: app.description.clone(),
        group: app.group.clone(),
        accent: app.accent.clone(),
        icon: icon(app),
        updated: app.updated.clone(),
    }
}

/// Bars on the accent colour, of heights that the id decides, so that no two neighbours look alike.
fn icon(app: &App) -> String {
    let mut hasher = DefaultHasher::new();
    app.id.hash(&mut hasher);
    let heights = hasher.finish().to_le_bytes();
    let bars: String = (0..4)
        .map(|bar| {
            let height = 5 + usize::from(heights[bar]) % 16;
            format!("M{} 26v-{height}h4v{height}z", 5 + bar * 6)
        })
        .collect();
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%23{}'/%3E%3Cpath fill='%23fff' d='{bars}'/%3E%3C/svg%3E",
        app.accent.trim_start_matches('#')
    )
    .replace(' ', "%20")
}

/// Whether an `If-None-Match` names the tag; weak ones count, as RFC 9110 has it for GET.
fn holds(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_found_however_it_is_sent() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(holds(known, "\"a\""), "{known}");
        }
        for known in ["", "a", "\"b\"", "\"aa\""] {
            assert!(!holds(known, "\"a\""), "{known}");
        }
    }
}
