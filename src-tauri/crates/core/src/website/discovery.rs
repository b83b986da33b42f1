//! `/.well-known/mashdesk.json`: the website says who it is.

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use url::Url;

use super::answer::Answer;
use super::{Website, address, plain, sign_in};
use crate::navigation::Origin;
use crate::{Error, Result};

const WELL_KNOWN: &str = "/.well-known/mashdesk.json";
/// The version of the contract that this app speaks.
const CONTRACT: u32 = 1;

#[derive(Deserialize)]
struct Document {
    mashdesk: u32,
    name: String,
    api: String,
    #[serde(default)]
    sign_in: Vec<serde_json::Value>,
    support: Option<String>,
}

pub(super) async fn discover(http: &Client, url: &Url) -> Result<Website> {
    let host = address::host(url);
    let mut well_known = url.clone();
    well_known.set_path(WELL_KNOWN);
    let answer = Answer::of(&host, http.get(well_known)).await?;
    read(&answer, http, url)
}

pub(super) fn read(answer: &Answer, http: &Client, url: &Url) -> Result<Website> {
    let host = address::host(url);
    let foreign = || Error::WebsiteForeign { host: host.clone() };
    if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
        return Err(foreign());
    }
    let document: Document = match answer.json() {
        // Whatever answers there, it does not know Mashdesk.
        Err(Error::WebsiteGarbage { .. }) => return Err(foreign()),
        other => other?,
    };
    if document.mashdesk != CONTRACT {
        return Err(Error::ContractVersion { host, version: document.mashdesk });
    }
    let api = answer.url().join(&document.api).map_err(|error| answer.garbage(&format!("api: {error}")))?;
    // The sign-in token goes there.
    if Origin::of(&api).is_none() {
        return Err(Error::WebsiteInsecure { host: address::host(&api) });
    }
    let sign_in = sign_in::read(document.sign_in, answer)?;
    let page = |text: Option<String>, schemes: &[&str]| {
        let url = answer.url().join(&text?).ok()?;
        schemes.contains(&url.scheme()).then_some(url)
    };
    Ok(Website {
        http: http.clone(),
        host,
        url: url.clone(),
        name: plain(&document.name),
        sign_in,
        support: page(document.support, &["https", "http", "mailto"]),
        api,
    })
}
