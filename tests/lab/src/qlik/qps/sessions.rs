//! `/qps/{vp}/session` and `/qps/{vp}/user`: look at sessions, add one, end one or all of a user.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use uuid::Uuid;

use super::bodies::{Asked, SessionBody};
use crate::qlik::{Identity, Notice, SessionRecord, SessionState, Site, sessions::Farewell};

type Sessions = Json<Vec<SessionBody>>;
type Session = Result<Json<SessionBody>, StatusCode>;

pub(super) async fn add(
    State(site): State<Arc<Site>>,
    body: Bytes,
) -> Result<(StatusCode, Json<SessionBody>), (StatusCode, String)> {
    let Asked { identity, attributes, session_id, .. } =
        Asked::parse(&body).map_err(|bad| bad.refusal(&site.options))?;
    let id = session_id.unwrap_or_else(|| Uuid::new_v4().to_string());
    let added = site.open_session(id, identity, attributes);
    Ok((StatusCode::CREATED, Json(added.into())))
}

pub(super) async fn read(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Session {
    live(&site)
        .find(|session| session.id == id)
        .map(|session| Json(session.into()))
        .ok_or(StatusCode::NOT_FOUND)
}

pub(super) async fn end(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Session {
    site.end_session(&id, Farewell::Told(Notice::SessionLoggedOut))
        .map(|session| Json(session.into()))
        .ok_or(StatusCode::NOT_FOUND)
}

pub(super) async fn of_user(
    State(site): State<Arc<Site>>,
    Path((directory, user)): Path<(String, String)>,
) -> Sessions {
    let identity = Identity::new(directory, user);
    Json(live(&site).filter(|session| session.identity == identity).map(Into::into).collect())
}

pub(super) async fn end_user(
    State(site): State<Arc<Site>>,
    Path((directory, user)): Path<(String, String)>,
) -> Sessions {
    Json(site.end_user(&Identity::new(directory, user)).into_iter().map(Into::into).collect())
}

/// Sessions that cool down are gone for QPS; only their slots are still taken.
fn live(site: &Site) -> impl Iterator<Item = SessionRecord> + use<> {
    site.sweep();
    site.sessions.lock().records().into_iter().filter(|session| session.state == SessionState::Live)
}
