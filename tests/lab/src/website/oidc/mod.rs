//! The website as an OpenID provider: authorization code with PKCE for one public client, the
//! desktop app, whose redirect is on loopback (RFC 8252).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    middleware,
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{Site, sign_in};

mod authorize;
mod grants;
mod id_token;
mod logout;
mod redirect;
mod refusal;
mod revoke;
mod token;
mod userinfo;

pub(super) use grants::Grant;
pub use id_token::NoKey;

use authorize::Pending;
use grants::Grants;
use id_token::Signer;

/// The one client, which keeps no secret.
pub(super) const CLIENT: &str = "mashdesk";
/// What people call it.
const CLIENT_NAME: &str = "Mashdesk";
/// What the app is told to ask for; anything else it asks for is not granted.
pub(super) const SCOPES: [&str; 3] = ["openid", "profile", OFFLINE];
/// Without it there is no refresh token.
const OFFLINE: &str = "offline_access";

/// What the provider keeps.
pub(super) struct Provider {
    signer: Signer,
    pending: Pending,
    grants: Grants,
}

impl Provider {
    pub(super) fn new() -> Result<Self, NoKey> {
        Ok(Self { signer: Signer::new()?, pending: Pending::default(), grants: Grants::default() })
    }
}

impl Site {
    /// The issuer, as every ID token names it.
    pub(super) fn issuer(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// What a person allowed by the grant that an access token is of.
    pub(super) fn granted(&self, access_token: &str) -> Option<Grant> {
        self.provider.grants.holder(access_token, self.clock.now())
    }

    /// Voids every access token; refresh tokens stay good.
    pub(super) fn void_access_tokens(&self) {
        self.provider.grants.void_access_tokens();
    }
}

pub(super) fn router(site: Arc<Site>) -> Router<Arc<Site>> {
    let pages = Router::new()
        .route("/oidc/authorize", get(authorize::ask))
        .route("/oidc/consent", post(authorize::decide))
        .layer(middleware::from_fn_with_state(site, sign_in::own_forms_only));
    // The app's own calls, which send no `Origin`; and `logout`, which checks the person's form.
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/oidc/jwks", get(keys))
        .route("/oidc/token", post(token::token))
        .route("/oidc/revoke", post(revoke::revoke))
        .route("/oidc/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/oidc/logout", get(logout::ask).post(logout::confirmed))
        .merge(pages)
}

async fn metadata(State(site): State<Arc<Site>>) -> Json<Value> {
    let issuer = site.issuer();
    let at = |path: &str| format!("{issuer}/oidc/{path}");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "revocation_endpoint": at("revoke"),
        "end_session_endpoint": at("logout"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "at_hash", "name", "preferred_username"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}

async fn keys(State(site): State<Arc<Site>>) -> Result<Json<Value>, StatusCode> {
    site.provider.signer.keys().map(Json).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}
