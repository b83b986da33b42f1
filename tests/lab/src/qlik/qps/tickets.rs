//! `POST /qps/{vp}/ticket`

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use serde::Serialize;

use super::bodies::Asked;
use crate::qlik::{Attributes, Site};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TicketBody {
    user_directory: String,
    user_id: String,
    attributes: Attributes,
    ticket: String,
    target_uri: Option<String>,
}

pub(super) async fn add(
    State(site): State<Arc<Site>>,
    body: Bytes,
) -> Result<(StatusCode, Json<TicketBody>), (StatusCode, String)> {
    let Asked { identity, attributes, target_id, .. } =
        Asked::parse(&body).map_err(|bad| bad.refusal(&site.options))?;
    let ticket = site.issue_ticket(identity.clone(), attributes.clone());
    let target_uri = target_id.and_then(|target| site.targets.lock().get(&target).map(ToString::to_string));
    let body = TicketBody {
        user_directory: identity.directory,
        user_id: identity.user,
        attributes,
        ticket,
        target_uri,
    };
    Ok((StatusCode::CREATED, Json(body)))
}
