//! `POST /oidc/revoke` (RFC 7009): the app forgets a token here as well.

use std::sync::Arc;

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;

use super::refusal::{Refusal, require_client};
use crate::website::Site;

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: Option<String>,
    token: Option<String>,
}

pub(super) async fn revoke(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<StatusCode, Refusal> {
    let Form(Asked { client_id, token }) = form?;
    require_client(&headers, client_id.as_deref())?;
    // 200 for a token that is void or unknown as well: that is what was wanted.
    site.provider.grants.revoke(&token.ok_or(Refusal::InvalidRequest("no token"))?);
    Ok(StatusCode::OK)
}
