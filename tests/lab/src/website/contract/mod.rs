//! The contract, v1, one file a call. `docs/website-contract.openapi.yaml` is the truth.

use std::sync::Arc;

use axum::{
    Router,
    extract::FromRequestParts,
    http::request::Parts,
    routing::{delete, get, post},
};

use super::{Site, sign_in::Caller};

mod catalog;
mod discovery;
mod events;
mod me;
mod problem;
mod sessions;
mod tickets;

pub(super) use sessions::Issued;

use problem::Problem;

/// Where the calls are, below the website's root.
const API: &str = "/api/v1";

pub(super) fn router() -> Router<Arc<Site>> {
    let calls = Router::new()
        .route("/me", get(me::me))
        .route("/mashups", get(catalog::catalog))
        .route("/mashups/{id}/tickets", post(tickets::ticket))
        .route("/sessions", delete(sessions::end_of_instance))
        .route("/sessions/{window}", delete(sessions::end_of_window))
        .route("/events", get(events::events));
    Router::new().route("/.well-known/mashdesk.json", get(discovery::discovery)).nest(API, calls)
}

impl FromRequestParts<Arc<Site>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        Self::of(site, &parts.headers).ok_or(Problem::SignInAgain)
    }
}
