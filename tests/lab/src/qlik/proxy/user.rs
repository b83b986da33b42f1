//! The proxy API that a page may call: who am I, sign me out, give me a CSRF token.

use std::sync::Arc;

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    admission::{Signed, query_value},
    login,
};
use crate::qlik::Site;

/// `GET qps/user`: answers whoever asks, signed in or not.
pub(super) async fn read(
    State(site): State<Arc<Site>>,
    signed: Option<Signed>,
    OriginalUri(uri): OriginalUri,
) -> Json<Value> {
    let Some(Signed { identity, .. }) = signed else {
        return Json(site.inactive(query_value(&uri, "targetUri")));
    };
    Json(json!({
        "userDirectory": identity.directory,
        "userId": identity.user,
        "userName": identity.user,
        "logoutUri": site.logout_uri(),
    }))
}

/// `DELETE qps/user`: ends every session of the user, on other people's desks as well.
pub(super) async fn sign_out(State(site): State<Arc<Site>>, Signed { identity, .. }: Signed) -> StatusCode {
    site.end_user(&identity);
    StatusCode::NO_CONTENT
}

/// `GET qps/csrftoken`, which servers before November 2024 do not have.
pub(super) async fn csrf_token(
    State(site): State<Arc<Site>>,
    signed: Option<Signed>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    if !site.options.csrf {
        return StatusCode::NOT_FOUND.into_response();
    }
    let token = signed.and_then(|signed| site.sessions.lock().csrf_token(&signed.session));
    match token {
        Some(token) => {
            (StatusCode::NO_CONTENT, [(HeaderName::from_static("qlik-csrf-token"), token)]).into_response()
        }
        None => login::redirect(&site, &uri),
    }
}

impl Site {
    /// A login address only for pages that the host allow list knows: it leads back to them.
    fn inactive(&self, target: Option<String>) -> Value {
        let allowed = target
            .and_then(|target| Url::parse(&target).ok())
            .filter(|target| self.allows_origin(&target.origin().ascii_serialization()));
        match allowed {
            Some(target) => json!({ "session": "inactive", "loginUri": self.login_uri(target.as_str()) }),
            None => json!({ "session": "inactive" }),
        }
    }

    pub(in crate::qlik) fn login_uri(&self, asked: &str) -> String {
        format!("{}{}", self.proxy_url.as_str().trim_end_matches('/'), self.login_address(asked))
    }

    pub(in crate::qlik) fn logout_uri(&self) -> String {
        format!("{}{}/qps/user", self.proxy_url.as_str().trim_end_matches('/'), self.prefix())
    }
}
