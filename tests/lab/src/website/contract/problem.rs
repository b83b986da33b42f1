//! What the contract answers when it does not do what it was asked for: RFC 9457 documents with a
//! code to act upon and a reason to show.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::website::qps::QpsError;

/// The problems that the contract knows, each with the reason to show where it varies.
#[derive(Debug)]
pub(in crate::website) enum Problem {
    BadRequest(String),
    SignInAgain,
    NotAuthorised(String),
    UnknownMashup(String),
    SessionLimit { detail: String, quota: Quota },
    Busy,
}

/// The sessions of one Qlik user.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::website) struct Quota {
    pub(super) used: usize,
    pub(super) limit: usize,
}

#[derive(Serialize)]
struct Document {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Quota>,
}

impl From<QpsError> for Problem {
    fn from(error: QpsError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "no answer from QPS");
        Self::Busy
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = match &self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request", "The request is not understood"),
            Self::SignInAgain => (StatusCode::UNAUTHORIZED, "sign_in_again", "Sign in again"),
            Self::NotAuthorised(_) => (StatusCode::FORBIDDEN, "not_authorised", "Not authorised"),
            Self::UnknownMashup(_) => (StatusCode::NOT_FOUND, "unknown_mashup", "Unknown mashup"),
            Self::SessionLimit { .. } => (StatusCode::CONFLICT, "session_limit", "No session left"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
        };
        let mut quota = None;
        let detail = match self {
            Self::BadRequest(detail) | Self::NotAuthorised(detail) => detail,
            Self::SignInAgain => "Your token is missing or void. Make a new one.".into(),
            Self::UnknownMashup(id) => format!("There is no mashup \"{id}\"."),
            Self::SessionLimit { detail, quota: full } => {
                quota = Some(full);
                detail
            }
            Self::Busy => "The Qlik server does not answer. Try again in a moment.".into(),
        };
        let document =
            Document { r#type: "about:blank", title, status: status.as_u16(), detail, code, quota };
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                drop(headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5")))
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_has_its_status_its_code_and_what_its_status_asks_for() {
        let quota = Quota { used: 5, limit: 5 };
        let table = [
            (Problem::BadRequest(String::new()), 400, None),
            (Problem::SignInAgain, 401, Some(header::WWW_AUTHENTICATE)),
            (Problem::NotAuthorised(String::new()), 403, None),
            (Problem::UnknownMashup(String::new()), 404, None),
            (Problem::SessionLimit { detail: String::new(), quota }, 409, None),
            (Problem::Busy, 503, Some(header::RETRY_AFTER)),
        ];
        for (problem, status, wanted) in table {
            let name = format!("{problem:?}");
            let response = problem.into_response();
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{name}");
            assert!(wanted.is_none_or(|header| response.headers().contains_key(header)), "{name}");
        }
    }
}
