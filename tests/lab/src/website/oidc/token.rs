//! `POST /oidc/token`: a code or a refresh token for new tokens.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};

use super::{
    grants::{Consent, Tokens, known_scopes},
    id_token::{About, Key},
    refusal::{Refusal, require_client},
};
use crate::website::{Site, spoils::SignInSpoil};

#[derive(Deserialize)]
pub(super) struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

pub(super) async fn token(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let Form(asked) = form?;
    require_client(&headers, asked.client_id.as_deref())?;
    let (tokens, id_token) = match asked.grant_type.as_deref() {
        Some("authorization_code") => {
            let (tokens, consent) = by_code(&site, &asked)?;
            let id_token = id_token(&site, &consent, &tokens.access)?;
            (tokens, Some(id_token))
        }
        Some("refresh_token") => (by_refresh_token(&site, &asked)?, None),
        Some(_) => return Err(Refusal::UnsupportedGrantType),
        None => return Err(Refusal::InvalidRequest("no grant_type")),
    };
    let answer = Answer {
        access_token: tokens.access,
        token_type: "Bearer",
        expires_in: site.options.access_token_life,
        scope: tokens.scopes.join(" "),
        refresh_token: tokens.refresh,
        id_token,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}

fn by_code(site: &Site, asked: &Asked) -> Result<(Tokens, Consent), Refusal> {
    let code = asked.code.as_deref().ok_or(Refusal::InvalidRequest("no code"))?;
    let redirect_uri = asked.redirect_uri.as_deref().ok_or(Refusal::InvalidRequest("no redirect_uri"))?;
    let verifier = asked.code_verifier.as_deref().ok_or(Refusal::InvalidRequest("no code_verifier"))?;
    Ok(site.provider.grants.redeem(code, redirect_uri, verifier, site.clock.now(), life(site))?)
}

fn by_refresh_token(site: &Site, asked: &Asked) -> Result<Tokens, Refusal> {
    let token = asked.refresh_token.as_deref().ok_or(Refusal::InvalidRequest("no refresh_token"))?;
    if site.spoils.take(SignInSpoil::RefreshRefused) {
        return Err(Refusal::InvalidGrant("the grant was withdrawn"));
    }
    if asked
        .scope
        .as_deref()
        .is_some_and(|scope| known_scopes(scope).len() < scope.split_whitespace().count())
    {
        return Err(Refusal::InvalidScope);
    }
    Ok(site.provider.grants.renew(token, site.clock.now(), life(site))?)
}

fn id_token(site: &Site, Consent { grant, nonce, .. }: &Consent, access: &str) -> Result<String, Refusal> {
    let person = site.person(&grant.person).ok_or(Refusal::InvalidGrant("the person is gone"))?;
    let nonce = if site.spoils.take(SignInSpoil::WrongNonce) { Some("not-yours") } else { nonce.as_deref() };
    let key = if site.spoils.take(SignInSpoil::ForeignSignature) { Key::Foreign } else { Key::Published };
    let about = About { issuer: &site.issuer(), grant, person, nonce, access_token: access };
    Ok(site.provider.signer.sign(&about, key)?)
}

fn life(site: &Site) -> Duration {
    Duration::from_secs(site.options.access_token_life)
}
