//! OpenID Connect in the person's own browser: authorization code with PKCE, and
//! a redirect to a port of this computer (RFC 8252).

mod provider;
mod wire;

use std::io;
use std::time::Duration;

use openidconnect::{PkceCodeChallenge, RedirectUrl};
use url::Url;

use super::Credentials;
use crate::host::Host;
use crate::loopback::{Loopback, Page};
use crate::website::{OidcClient, Website, in_short};
use crate::{Desk, Error, Result, Secret};
pub(super) use provider::{Provider, Tokens};

/// The path of the redirect: one that providers can be told of.
const PATH: &str = "/signed-in";
/// What the page that the browser shows then may do.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// Longest that the browser may take to come back.
const PATIENCE: Duration = Duration::from_secs(600);

/// Sends the person to their browser, and swaps the code that it comes back with
/// for tokens.
pub(super) async fn sign_in<H: Host>(
    desk: &Desk<H>,
    website: &Website,
    client: OidcClient,
) -> Result<Option<Credentials>> {
    let provider = Provider::new(website, client);
    let host = || provider.host().to_owned();
    let refused =
        |error: io::Error| Error::SystemRefused { what: "127.0.0.1".to_owned(), reason: error.to_string() };
    let mut loopback = Loopback::open(PATH).await.map_err(refused)?;
    let redirect = RedirectUrl::from_url(loopback.address().clone());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let request = provider.authorization(&redirect, challenge).await?;
    desk.host.browse(&request.url).await.map_err(|error| Error::SystemRefused {
        what: format!("{}/…", request.url.origin().ascii_serialization()),
        reason: error.0,
    })?;
    let answer = tokio::time::timeout(PATIENCE, loopback.visit())
        .await
        .map_err(|_| Error::SignInAbandoned { host: host() })?
        .map_err(refused)?;
    let code = code_of(&answer.url, request.state.secret(), &provider, request.names_issuer);
    let page = desk.host.sign_in_page(code.as_ref().err());
    answer.answer(Page { kind: "text/html", policy: PAGE_POLICY, text: &page }).await;
    let tokens = provider.redeem(code?, verifier, &redirect, &request.nonce).await?;
    Ok(Some(Credentials::oidc(provider, website, tokens)))
}

/// The code that the browser came back with, where the answer is to our own
/// question.
fn code_of(answer: &Url, state: &str, provider: &Provider, names_issuer: bool) -> Result<Secret> {
    let host = || provider.host().to_owned();
    let member = |wanted: &str| {
        let mut found = answer.query_pairs().filter(|(name, _)| name == wanted);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.into_owned())
    };
    if member("state").as_deref() != Some(state) {
        return Err(Error::SignInState { host: host() });
    }
    // RFC 9207: an answer of another provider.
    match member("iss") {
        Some(issuer) if issuer != provider.issuer() => return Err(Error::SignInState { host: host() }),
        None if names_issuer => return Err(Error::SignInState { host: host() }),
        _ => {}
    }
    match (member("code"), member("error")) {
        (Some(code), None) if !code.is_empty() => Ok(Secret::new(code)),
        (_, Some(error)) if error == "access_denied" => Err(Error::SignInDenied { host: host() }),
        (_, Some(error)) => Err(Error::SignInProvider { host: host(), reason: in_short(&error) }),
        _ => Err(Error::SignInProvider { host: host(), reason: "an answer without a code".to_owned() }),
    }
}
