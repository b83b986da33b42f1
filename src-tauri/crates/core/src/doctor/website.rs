//! What the website says: who it is, who the person is, what they may open,
//! and a ticket for it.

use std::sync::Arc;

use super::visit::Visit;
use super::{Check, Mender, Outcome, Person, Trouble, needs, wrong};
use crate::account::SignInKind;
use crate::website::{CatalogAnswer, TicketRequest, Website};
use crate::{Credentials, Error};

pub(super) const CHECKS: &[Check] = &[
    check!("discovery", discovery),
    check!("contract", contract),
    check!("sign_in", sign_in),
    check!("catalog", catalog),
    check!("ticket", ticket),
];

async fn discovery(visit: &mut Visit) -> Outcome {
    needs(visit.answer.as_ref(), "certificate")?;
    let address = needs(visit.address.clone(), "connection")?;
    match Website::discover(&visit.http, &address).await {
        Ok(website) => {
            let name = website.name.clone();
            visit.website = Some(Arc::new(website));
            Ok(name)
        }
        // It is a website of the contract: the next check says what is wrong.
        Err(Error::ContractVersion { .. }) => Ok(String::new()),
        Err(error) => wrong(error, Mender::Website),
    }
}

async fn contract(visit: &mut Visit) -> Outcome {
    if visit.website.is_some() {
        return Ok("1".to_owned());
    }
    needs(visit.answer.as_ref(), "discovery")?;
    let address = needs(visit.address.clone(), "connection")?;
    match Website::discover(&visit.http, &address).await {
        Err(error @ Error::ContractVersion { .. }) => wrong(error, Mender::Website),
        _ => Err(Trouble::Skipped("needs discovery".to_owned())),
    }
}

async fn sign_in(visit: &mut Visit) -> Outcome {
    let website = visit.website()?;
    let credentials = match &visit.setup.person {
        Person::Token(token) => Arc::new(Credentials::token(token.clone())),
        Person::SignedIn(credentials) => Arc::clone(credentials),
        Person::Keyring => from_keyring(visit, &website)?,
    };
    match website.me(&credentials).await {
        Ok(person) => {
            visit.credentials = Some(credentials);
            Ok(person.display_name)
        }
        Err(Error::SignInNeeded { host }) => wrong(Error::SignInRefused { host }, Mender::You),
        Err(error) => wrong(error, Mender::Website),
    }
}

fn from_keyring(visit: &Visit, website: &Website) -> Result<Arc<Credentials>, Trouble> {
    let resting = visit
        .setup
        .tokens
        .load(website.url.as_str())
        .map_err(|error| Trouble::Wrong(Error::KeyringUnavailable { reason: error.0 }, Mender::It))?;
    let awake = resting.and_then(|resting| Credentials::awake(&resting, website));
    match awake {
        None => wrong(Error::SignInNeeded { host: website.host.clone() }, Mender::You),
        // A refresh token is good once: used here, it would sign the app out.
        Some(credentials) if credentials.kind() == SignInKind::Oidc => {
            Err(Trouble::Skipped("needs --token-file, or ask in the app: Help".to_owned()))
        }
        Some(credentials) => Ok(Arc::new(credentials)),
    }
}

async fn catalog(visit: &mut Visit) -> Outcome {
    let (website, credentials) = visit.signed_in()?;
    let mashups = match website.catalog(&credentials, None).await {
        Ok(CatalogAnswer::Changed { mashups, .. }) => mashups,
        Ok(CatalogAnswer::Unchanged) => Vec::new(),
        Err(error) => return wrong(error, Mender::Website),
    };
    let first = mashups.first().map(|mashup| mashup.id.clone());
    let Some(mashup) = visit.setup.mashup.clone().or(first) else {
        return wrong(Error::NoMashups { host: website.host.clone() }, Mender::Website);
    };
    visit.mashup = Some(mashup);
    Ok(mashups.len().to_string())
}

async fn ticket(visit: &mut Visit) -> Outcome {
    let (website, credentials) = visit.signed_in()?;
    let mashup = needs(visit.mashup.clone(), "catalog")?;
    // The mashup's own page is not opened: no cookies of the website's are needed.
    let asked = TicketRequest { window: visit.window, instance: visit.instance, mashup_cookies: false };
    match website.ticket(&credentials, &mashup, &asked).await {
        Ok(ticket) => {
            visit.ticket = Some(ticket);
            Ok(mashup.to_string())
        }
        Err(error @ Error::SessionLimit { .. }) => wrong(error, Mender::You),
        Err(error) => wrong(error, Mender::Website),
    }
}
