//! The `web` way to sign in: the sign-in page in a window of the app, and the token in the
//! fragment of the address where it ends.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use url::form_urlencoded;

use super::{Site, html, sign_in::Visitor, spoils::SignInSpoil};

/// The `login_url`, below the website's root.
pub(super) const LOGIN: &str = "/sign-in/app";
/// The `done_url`, below the website's root.
pub(super) const DONE: &str = "/sign-in/done";

/// What the contract lets a `state` be at most.
const LONGEST_STATE: usize = 512;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
}

/// Ends at the done address as soon as somebody is signed in.
pub(super) async fn login(
    State(site): State<Arc<Site>>,
    Visitor(person): Visitor,
    Query(Asked { state }): Query<Asked>,
) -> Response {
    if state.is_empty() || state.len() > LONGEST_STATE {
        let words = "Start from Mashdesk: the address has no state, or one that is too long.";
        return html::refusal(StatusCode::BAD_REQUEST, "This request is not understood", words);
    }
    let state = if site.spoils.take(SignInSpoil::WrongState) { "not-yours" } else { &state };
    let fragment: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("access_token", &site.sign_ins.token_for(&person.name))
        .append_pair("state", state)
        .finish();
    let guarded = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (guarded, Redirect::to(&format!("{DONE}#{fragment}"))).into_response()
}

/// For a browser that loads the done address all the same.
pub(super) async fn done() -> Html<String> {
    html::page("Signed in", "<p>You can close this page and go back to Mashdesk.</p>")
}
