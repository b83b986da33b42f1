//! `/oidc/userinfo`: who granted an access token.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::headers::{Authorization, HeaderMapExt, authorization::Bearer};
use serde_json::Value;

use super::id_token::person_claims;
use crate::website::Site;

pub(super) async fn userinfo(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    match claims(&site, &headers) {
        Some(claims) => ([(header::CACHE_CONTROL, "no-store")], Json(claims)).into_response(),
        None => {
            let why = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (StatusCode::UNAUTHORIZED, why).into_response()
        }
    }
}

fn claims(site: &Site, headers: &HeaderMap) -> Option<Value> {
    let Authorization(bearer): Authorization<Bearer> = headers.typed_get()?;
    let grant = site.granted(bearer.token())?;
    Some(person_claims(&grant, site.person(&grant.person)?))
}
