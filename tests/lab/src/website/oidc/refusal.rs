//! What the calls of the app are refused with (RFC 6749, 5.2).

use axum::{
    Json,
    extract::rejection::FormRejection,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{CLIENT, NoKey, grants::Refused};

/// A refusal; the words are for developers.
#[derive(Debug)]
pub(super) enum Refusal {
    InvalidRequest(&'static str),
    InvalidClient,
    InvalidGrant(&'static str),
    InvalidScope,
    UnsupportedGrantType,
    ServerError,
}

/// The client must be the one there is. It has no secret, so a secret is another client's.
pub(super) fn require_client(headers: &HeaderMap, client_id: Option<&str>) -> Result<(), Refusal> {
    if headers.contains_key(header::AUTHORIZATION) || client_id != Some(CLIENT) {
        return Err(Refusal::InvalidClient);
    }
    Ok(())
}

impl From<Refused> for Refusal {
    fn from(Refused(words): Refused) -> Self {
        Self::InvalidGrant(words)
    }
}

impl From<FormRejection> for Refusal {
    fn from(_: FormRejection) -> Self {
        Self::InvalidRequest("the body must be a form without repeated fields")
    }
}

impl From<NoKey> for Refusal {
    fn from(_: NoKey) -> Self {
        Self::ServerError
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, words) = match self {
            Self::InvalidRequest(words) => (StatusCode::BAD_REQUEST, "invalid_request", words),
            Self::InvalidClient => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "the one client is public: client_id, no secret")
            }
            Self::InvalidGrant(words) => (StatusCode::BAD_REQUEST, "invalid_grant", words),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope", "more than was granted"),
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "authorization_code and refresh_token are supported",
            ),
            Self::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "cannot sign"),
        };
        let body = Json(json!({ "error": error, "error_description": words }));
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Basic realm=\"no client has a secret\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
