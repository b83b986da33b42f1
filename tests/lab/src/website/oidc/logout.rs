//! `/oidc/logout`: the person signs out of the website in the browser (OpenID Connect
//! RP-Initiated Logout). What was granted stays so until it is revoked.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::{
    CLIENT,
    redirect::{back, loopback, page_that_leads_away},
};
use crate::website::{
    Site, html,
    sign_in::{self, Visitor},
};

#[derive(Deserialize)]
pub(super) struct Asked {
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

/// At once for a client that shows the person's own ID token; anybody else's wish is put to the
/// person, or any link could sign them out.
pub(super) async fn ask(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    jar: CookieJar,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(Visitor(person)) = Visitor::of(&site, &headers) else {
        return gone(&site, jar, &asked);
    };
    let hint = asked.id_token_hint.as_deref();
    if hint.and_then(|hint| site.provider.signer.subject(hint, &site.issuer())) == Some(person.name) {
        return gone(&site, jar, &asked);
    }
    let field = |name: &str, value: &Option<String>| {
        let value = html::escape(value.as_deref().unwrap_or_default());
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    };
    page_that_leads_away(html::page(
        "Sign out",
        &format!(
            "<p>Signed in as {}.</p><form class=\"stacked\" method=\"post\">{}{}{}\
             <button id=\"sign-out\">Sign out</button></form>",
            html::escape(&person.display_name),
            field("client_id", &asked.client_id),
            field("post_logout_redirect_uri", &asked.post_logout_redirect_uri),
            field("state", &asked.state),
        ),
    ))
}

pub(super) async fn confirmed(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    jar: CookieJar,
    Form(asked): Form<Asked>,
) -> Response {
    let own = site.issuer();
    let from = headers.get(header::ORIGIN);
    if from.is_some_and(|origin| origin.as_bytes() != own.as_bytes()) {
        return html::refusal(StatusCode::FORBIDDEN, "Refused", "This form came from another site.");
    }
    gone(&site, jar, &asked)
}

/// Signed out, and back to the client where it named itself and an address that it may have.
fn gone(site: &Site, jar: CookieJar, asked: &Asked) -> Response {
    let jar = sign_in::end(site, jar);
    let hint = asked.id_token_hint.as_deref();
    let ours = hint.is_some_and(|hint| site.provider.signer.subject(hint, &site.issuer()).is_some());
    let named = ours || asked.client_id.as_deref() == Some(CLIENT);
    match asked.post_logout_redirect_uri.as_deref().and_then(loopback).filter(|_| named) {
        Some(address) => {
            let state = asked.state.as_deref().filter(|state| !state.is_empty());
            (jar, back(address, &[("state", state)])).into_response()
        }
        None => (jar, html::page("Signed out", "<p>You can close this page.</p>")).into_response(),
    }
}
