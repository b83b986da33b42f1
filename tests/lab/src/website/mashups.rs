//! The mashups' pages, behind the website's sign-in: a browser gets in by it, a window of the app
//! by the one-time code that it was given with its ticket.

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{CookieJar, cookie::Cookie};
use serde::Deserialize;

use super::{Person, Site, html, sign_in::Visitor, visits::Visit};
use crate::pages;

/// Each mashup has a cookie of its own by path, so one name does for all.
pub(super) const COOKIE: &str = "website_mashup";

#[derive(Deserialize)]
pub(super) struct Invitation {
    code: String,
}

/// Swaps the code for the cookie, and the URL with the code for one without.
pub(super) async fn open(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Query(Invitation { code }): Query<Invitation>,
    jar: CookieJar,
) -> Response {
    // Whoever reads the page's referrer or a cache must not find the code.
    let guarded = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    match site.visits.admit(&code, &id, Instant::now()) {
        Some(value) => {
            let jar = jar.add(cookie(&site, &id, value));
            (guarded, jar, Redirect::to(&format!("/mashups/{id}/"))).into_response()
        }
        None => {
            let words =
                "This link was used already or is too old. Close the window and open the mashup again.";
            (guarded, html::refusal(StatusCode::FORBIDDEN, "This link is void", words)).into_response()
        }
    }
}

/// What lets a window in to the pages of one mashup.
pub(super) fn cookie(site: &Site, mashup: &str, value: String) -> Cookie<'static> {
    site.cookie(COOKIE, value, &format!("/mashups/{mashup}"))
}

pub(super) async fn index(site: State<Arc<Site>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let page = site.options.front_page.clone();
    file(site, Path((id, page)), headers).await
}

pub(super) async fn file(
    State(site): State<Arc<Site>>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(app) = site.apps.by_mashup(&id) else {
        return html::refusal(StatusCode::NOT_FOUND, "Not found", "There is no such mashup.");
    };
    let Some(person) = reader(&site, &id, &headers) else {
        return html::refusal(
            StatusCode::UNAUTHORIZED,
            "Sign in",
            "Open this mashup from Mashdesk, or sign in first.",
        );
    };
    // Asked for each file: a permission can be withdrawn while the page is open.
    if !site.permissions.now().allow(&person, &id) {
        return html::refusal(StatusCode::FORBIDDEN, "Not authorised", &site.reason(app));
    }
    let private = [(header::CACHE_CONTROL, "private, no-cache")];
    if name == "config.json" {
        return (private, Json(site.qlik.mashup_settings(app))).into_response();
    }
    let mut page = (private, pages::file(&name, &headers).await).into_response();
    if name.starts_with("adversary") {
        // The worst website: its own policy holds the page back from nothing.
        page.headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors *"));
    }
    page
}

/// Who reads the pages of a mashup: by the cookie of this window, or by the sign-in of a browser.
fn reader(site: &Site, mashup: &str, headers: &HeaderMap) -> Option<Person> {
    let by_window = site.visit(headers).filter(|visit| visit.mashup == mashup);
    match by_window {
        Some(Visit { person, .. }) => site.person(&person).cloned(),
        None => Visitor::of(site, headers).map(|Visitor(person)| person),
    }
}
