//! `DELETE {api}/sessions/…`: ends the session of one window, or of all windows of one run. Each
//! is found by the window in its attributes and ended by its id, so that nobody else's ends too.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
};
use parking_lot::Mutex;
use serde::Deserialize;
use uuid::Uuid;

use super::problem::Problem;
use crate::{
    qlik::Identity,
    website::{
        Person, Site,
        qps::{Purpose, QpsError},
        sign_in::Caller,
    },
};

/// Which Qlik user each window got its ticket for. Kept by person, so that nobody ends the session
/// of somebody else's window.
#[derive(Debug, Default)]
pub(in crate::website) struct Issued {
    by_window: Mutex<HashMap<(String, Uuid), (Uuid, Identity)>>,
}

impl Issued {
    pub(super) fn remember(&self, person: &str, purpose: Purpose, identity: Identity) {
        let Purpose { window, instance } = purpose;
        self.by_window.lock().insert((person.into(), window), (instance, identity));
    }

    fn identity(&self, person: &str, window: Uuid) -> Option<Identity> {
        self.by_window.lock().get(&(person.to_owned(), window)).map(|(_, identity)| identity.clone())
    }

    fn windows(&self, person: &str, instance: Uuid) -> Vec<Uuid> {
        let by_window = self.by_window.lock();
        let of_run = by_window.iter().filter(|((owner, _), (run, _))| owner == person && *run == instance);
        of_run.map(|((_, window), _)| *window).collect()
    }

    fn forget(&self, person: &str, window: Uuid) {
        self.by_window.lock().remove(&(person.to_owned(), window));
    }
}

#[derive(Deserialize)]
pub(super) struct OfInstance {
    instance: Uuid,
}

pub(super) async fn end_of_window(
    State(site): State<Arc<Site>>,
    Caller(person): Caller,
    window: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(window) = window.map_err(|error| Problem::BadRequest(error.body_text()))?;
    end(&site, &person, window).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn end_of_instance(
    State(site): State<Arc<Site>>,
    Caller(person): Caller,
    query: Result<Query<OfInstance>, QueryRejection>,
) -> Result<StatusCode, Problem> {
    let Query(OfInstance { instance }) = query.map_err(|error| Problem::BadRequest(error.body_text()))?;
    for window in site.issued.windows(&person.name, instance) {
        end(&site, &person, window).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn end(site: &Site, person: &Person, window: Uuid) -> Result<(), QpsError> {
    let Some(identity) = site.issued.identity(&person.name, window) else { return Ok(()) };
    site.visits.end(&person.name, window);
    let sessions = site.qps.sessions(&identity).await?;
    let mut ended = false;
    for session in sessions.iter().filter(|session| session.is_for(window)) {
        site.qps.end(session).await?;
        ended = true;
    }
    // Last, so that a call that failed half-way can be made again; and only
    // where there was a session: a ticket may be redeemed after this call.
    if ended {
        site.issued.forget(&person.name, window);
    }
    Ok(())
}
