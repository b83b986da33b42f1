//! Signing in and out where there is no screen, for scripted desktops: what it
//! leaves in the keyring, the next run finds.

use std::sync::Arc;

use super::attempt::refused;
use super::keyring::{TokenStore, with};
use super::{Credentials, SignInKind};
use crate::website::{self, Website};
use crate::{Error, Policy, Result, Secret, http};

/// Signs in with a token, and keeps it in the keyring; answers the person's name.
///
/// # Errors
/// [`Error::SignInRefused`], [`Error::KeyringUnavailable`], [`Error::Managed`], or
/// a `Website…` error.
pub async fn sign_in(
    website: &str,
    token: &str,
    tokens: &Arc<dyn TokenStore>,
    policy: &Policy,
) -> Result<String> {
    if !policy.allows(SignInKind::Token) {
        return Err(Error::Managed { setting: "sign_in".to_owned() });
    }
    let website = discover(website, policy).await?;
    let credentials = Credentials::token(Secret::new(token.trim()));
    let asked = Some(SignInKind::Token);
    let person = website.me(&credentials).await.map_err(|error| refused(error, asked, SignInKind::Token))?;
    if let Some(resting) = credentials.resting() {
        with(tokens, &website.url, move |tokens, key| tokens.save(key, &resting)).await?;
    }
    Ok(person.display_name)
}

/// Forgets what signs in there, here and at the provider. A Mashdesk that runs
/// is not told.
///
/// # Errors
/// [`Error::KeyringUnavailable`]; or a `Website…` error or
/// [`Error::SignInProvider`] where the provider could not be told: it is
/// forgotten here all the same.
pub async fn sign_out(website: &str, tokens: &Arc<dyn TokenStore>, policy: &Policy) -> Result<()> {
    let address = website::parse_address(website)?;
    let resting = with(tokens, &address, |tokens, key| {
        let resting = tokens.load(key)?;
        tokens.forget(key)?;
        Ok(resting)
    });
    let Some(resting) = resting.await? else { return Ok(()) };
    match Credentials::awake(&resting, &discover(website, policy).await?) {
        Some(credentials) => credentials.revoke().await,
        None => Ok(()),
    }
}

async fn discover(website: &str, policy: &Policy) -> Result<Website> {
    let http = http::client(policy)
        .map_err(|reason| Error::WebsiteUnreachable { host: website.to_owned(), reason })?;
    Website::discover(&http, &website::parse_address(website)?).await
}
