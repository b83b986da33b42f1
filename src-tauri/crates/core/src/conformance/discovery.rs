//! `/.well-known/mashdesk.json`.

use reqwest::StatusCode;
use serde_json::{Map, Value};
use url::Url;

use super::answer::Answer;
use super::visit::Visit;
use super::{Check, Outcome, Trouble, broken, shape, skipped};
use crate::navigation::Origin;

pub(super) const CHECKS: &[Check] = &[
    check!(
        "discovery.found",
        found,
        "`GET /.well-known/mashdesk.json` answers 200 and JSON to whoever asks, without a token or a redirect"
    ),
    check!(
        "discovery.shape",
        described,
        "`mashdesk` is the number 1; `name` has 1 to 100 characters; `api` is a URL, or relative to the document's; \
         `support`, if any, is `mailto:` or `https:`"
    ),
    check!("discovery.https", safe, "HTTPS everywhere; plain HTTP is accepted for loopback addresses only"),
    check!(
        "discovery.sign_in",
        sign_in,
        "`sign_in` lists at least one way; each has a `kind`, and `token`, `oidc` and `web` have the members of their schemas"
    ),
    check!(
        "discovery.oidc_metadata",
        oidc_metadata,
        "The metadata at `{issuer}/.well-known/openid-configuration` names the same `issuer`, letter for letter, \
         an `authorization_endpoint`, a `token_endpoint`, a `jwks_uri` and PKCE with `S256` (RFC 8414, RFC 7636)"
    ),
];

async fn found(visit: &mut Visit) -> Outcome {
    let mut url = visit.setup.website.clone();
    url.set_path("/.well-known/mashdesk.json");
    let answer = Answer::of(visit.http.get(url)).await?;
    let document = answer.json(200, "application/json")?;
    visit.api = document.get("api").and_then(|api| answer.url.join(api.as_str()?).ok());
    visit.discovery = Some(document);
    Ok(String::new())
}

async fn described(visit: &mut Visit) -> Outcome {
    let document = document(visit)?;
    if shape::member(document, "mashdesk")? != &Value::from(1) {
        return broken("`mashdesk` is not the number 1");
    }
    let name = shape::text(document, "name", 1..=100)?;
    shape::text(document, "api", 0..=usize::MAX)?;
    if document.contains_key("support") {
        let support = shape::url(document, "support")?;
        if !matches!(support.scheme(), "mailto" | "https") {
            return broken("`support` is neither `mailto:` nor `https:`");
        }
    }
    match &visit.api {
        Some(api) => Ok(format!("{}: {api}", shape::shown(name))),
        None => broken("`api` is no URL"),
    }
}

async fn safe(visit: &mut Visit) -> Outcome {
    document(visit)?;
    shape::safe(&visit.setup.website, "the website")?;
    // The token must not go there.
    if visit.api.take_if(|api| Origin::of(api).is_none()).is_some() {
        return broken("`api` is neither https nor http on loopback");
    }
    for (kind, way) in ways(document(visit)?)? {
        for name in ["help_url", "issuer", "login_url", "done_url"] {
            if way.contains_key(name) {
                shape::safe_url(way, name).or_else(|error| named(kind, error))?;
            }
        }
    }
    Ok(String::new())
}

async fn sign_in(visit: &mut Visit) -> Outcome {
    let ways = ways(document(visit)?)?;
    for (kind, way) in &ways {
        known(kind, way).or_else(|error| named(kind, error))?;
    }
    let kinds: Vec<&str> = ways.iter().map(|(kind, _)| *kind).collect();
    if kinds.iter().any(|kind| matches!(*kind, "token" | "oidc" | "web")) {
        Ok(kinds.join(", "))
    } else {
        broken("there is no way among them that Mashdesk knows: `token`, `oidc` or `web`")
    }
}

/// The members of the kinds that the contract knows.
fn known(kind: &str, way: &Map<String, Value>) -> Result<(), Trouble> {
    match kind {
        "token" => {
            shape::text(way, "help", 0..=usize::MAX)?;
            if way.contains_key("help_url") {
                shape::url(way, "help_url")?;
            }
        }
        "oidc" => {
            let issuer = shape::url(way, "issuer")?;
            if issuer.query().or(issuer.fragment()).is_some() {
                return broken("`issuer` has a query or a fragment");
            }
            shape::text(way, "client_id", 1..=usize::MAX)?;
            let scopes = shape::list(way, "scopes")?;
            if scopes.iter().any(|scope| !scope.is_string()) {
                return broken("`scopes` has what is no text");
            }
            if !scopes.contains(&Value::from("openid")) {
                return broken("`scopes` has no `openid`");
            }
        }
        "web" => {
            shape::url(way, "login_url")?;
            if shape::url(way, "done_url")?.fragment().is_some() {
                return broken("`done_url` has a fragment, where the token will be");
            }
        }
        _ => {}
    }
    Ok(())
}

async fn oidc_metadata(visit: &mut Visit) -> Outcome {
    let ways = ways(document(visit)?)?;
    let Some((_, way)) = ways.iter().find(|(kind, _)| *kind == "oidc") else {
        return skipped("the website does not offer `oidc`");
    };
    let issuer = shape::text(way, "issuer", 1..=usize::MAX)?;
    shape::safe_url(way, "issuer")?;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let Ok(address) = Url::parse(&address) else { return broken("`issuer` is no URL") };
    let answer = Answer::of(visit.http.get(address)).await?;
    if answer.status != StatusCode::OK {
        return broken(format!("the metadata is answered with {}", answer.status.as_u16()));
    }
    let metadata = answer.json(200, "application/json")?;
    let named = shape::text(&metadata, "issuer", 1..=usize::MAX)?;
    if named != issuer {
        return broken(format!("the metadata names {:?}, the website {issuer:?}", shape::shown(named)));
    }
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        shape::safe_url(&metadata, name)?;
    }
    let methods = shape::list(&metadata, "code_challenge_methods_supported")?;
    if !methods.contains(&Value::from("S256")) {
        return broken("`code_challenge_methods_supported` has no `S256`");
    }
    Ok(issuer.to_owned())
}

/// A way to sign in: its kind and all of it.
type Way<'a> = (&'a str, &'a Map<String, Value>);

fn ways(document: &Map<String, Value>) -> Result<Vec<Way<'_>>, Trouble> {
    let ways = shape::list(document, "sign_in")?;
    if ways.is_empty() {
        return broken("`sign_in` is empty");
    }
    ways.iter().map(way).collect()
}

fn way(way: &Value) -> Result<Way<'_>, Trouble> {
    let Value::Object(way) = way else { return broken("`sign_in` has what is no object") };
    Ok((shape::text(way, "kind", 1..=usize::MAX)?, way))
}

fn named<T>(kind: &str, error: Trouble) -> Result<T, Trouble> {
    match error {
        Trouble::Broken(words) => broken(format!("{}: {words}", shape::shown(kind))),
        skipped @ Trouble::Skipped(_) => Err(skipped),
    }
}

fn document(visit: &Visit) -> Result<&Map<String, Value>, Trouble> {
    visit.discovery.as_ref().map_or_else(|| skipped("there is no discovery document"), Ok)
}
