//! Tickets as a website's own page would get them, for what is measured beside
//! Mashdesk. They are there before the clock starts, which is in the others'
//! favour.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use reqwest::Client;
use serde::Deserialize;
use tokio::runtime::Runtime;
use url::Url;
use uuid::Uuid;

use crate::far_lab::FarLab;

/// One way into one mashup.
#[derive(Clone, Deserialize)]
pub(super) struct Entry {
    pub(super) redeem_url: Url,
    pub(super) mashup_url: Url,
    #[serde(default)]
    pub(super) mashup_cookies: Vec<String>,
}

impl Entry {
    /// The address by which a browser comes in.
    pub(super) fn through(&self, door: &Url) -> Url {
        let mut address = door.clone();
        let both = format!("{} {}", self.redeem_url, self.mashup_url);
        let both: String = url::form_urlencoded::byte_serialize(both.as_bytes()).collect();
        address.set_fragment(Some(&both.replace('+', "%20")));
        address
    }
}

/// Gets tickets from a lab's website.
pub(super) struct Counter {
    http: Client,
    runtime: Runtime,
    api: Url,
    token: String,
}

impl Counter {
    pub(super) fn of(lab: &FarLab) -> Result<Self> {
        // Installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            http: Client::new(),
            runtime: Runtime::new()?,
            api: lab.website.join("api/v1/")?,
            token: lab.token.clone(),
        })
    }

    pub(super) fn entries(&self, mashups: &[String]) -> Result<Vec<Entry>> {
        mashups.iter().map(|mashup| self.entry(mashup)).collect()
    }

    pub(super) fn entry(&self, mashup: &str) -> Result<Entry> {
        self.ask(mashup, false)
    }

    /// For what can plant cookies, as Mashdesk asks.
    pub(super) fn entry_with_cookies(&self, mashup: &str) -> Result<Entry> {
        self.ask(mashup, true)
    }

    fn ask(&self, mashup: &str, mashup_cookies: bool) -> Result<Entry> {
        let (window, instance) = (Uuid::new_v4(), Uuid::new_v4());
        let ask =
            serde_json::json!({"window": window, "instance": instance, "mashup_cookies": mashup_cookies});
        let asked = self
            .http
            .post(self.api.join(&format!("mashups/{mashup}/tickets"))?)
            .bearer_auth(&self.token)
            .json(&ask)
            .send();
        let answer = self.runtime.block_on(async { asked.await?.error_for_status()?.json().await });
        answer.with_context(|| format!("a ticket for {mashup}"))
    }

    /// The titles of all mashups, by their ids.
    pub(super) fn titles(&self) -> Result<BTreeMap<String, String>> {
        #[derive(Deserialize)]
        struct Mashup {
            id: String,
            title: String,
        }
        #[derive(Deserialize)]
        struct Catalog {
            mashups: Vec<Mashup>,
        }
        let asked = self.http.get(self.api.join("mashups")?).bearer_auth(&self.token).send();
        let catalog: Catalog =
            self.runtime.block_on(async { asked.await?.error_for_status()?.json().await })?;
        Ok(catalog.mashups.into_iter().map(|mashup| (mashup.id, mashup.title)).collect())
    }

    /// Redeems a ticket as core does: the line that sets the session's cookie.
    pub(super) fn redeem(&self, entry: &Entry) -> Result<String> {
        let answer = self.runtime.block_on(self.http.get(entry.redeem_url.clone()).send())?;
        let cookie = answer.headers().get("set-cookie").context("no cookie")?.to_str()?;
        Ok(cookie.to_owned())
    }
}
