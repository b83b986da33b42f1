//! One answer of the website, read whole: JSON, an RFC 9457 problem, or
//! nonsense.

use std::time::Duration;

use reqwest::header::{self, HeaderMap};
use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{address, plain, refused, unreached};
use crate::{Error, Result, http};

/// Longest wait for a whole answer of the API.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest reason of the website's that is shown, in characters.
const DETAIL_MAX: usize = 500;

pub(super) struct Answer {
    host: String,
    url: Url,
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// An RFC 9457 problem document, as far as Mashdesk reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) quota: Option<super::Quota>,
}

impl Answer {
    pub(super) async fn of(host: &str, request: RequestBuilder) -> Result<Self> {
        let unreached = |fault| unreached(host, fault);
        let response =
            request.timeout(ANSWER_TIMEOUT).send().await.map_err(|error| unreached(error.into()))?;
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let body = http::body(response, http::BODY_MAX)
            .await
            .map_err(unreached)?
            .ok_or_else(|| garbage(host, "an answer without end"))?;
        Ok(Self { host: host.to_owned(), url, status, headers, body })
    }

    /// One that never travelled.
    #[cfg(any(test, fuzzing))]
    pub(super) fn made_up(status: StatusCode, url: &Url, body: &[u8]) -> Self {
        let (host, headers) = (address::host(url), HeaderMap::new());
        Self { host, url: url.clone(), status, headers, body: body.to_vec() }
    }

    /// The body of a success.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if !self.status.is_success() {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let html = self.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
            if html { self.garbage("a web page") } else { self.garbage(&misfit(&error)) }
        })
    }

    /// A success whose body does not matter.
    pub(super) fn done(&self) -> Result<()> {
        if self.status.is_success() { Ok(()) } else { Err(self.refusal()) }
    }

    /// The problem document of a failure; empty where there is none.
    pub(super) fn problem(&self) -> Problem {
        let mut problem: Problem = serde_json::from_slice(&self.body).unwrap_or_default();
        if problem.detail.is_empty() {
            problem.detail = std::mem::take(&mut problem.title);
        }
        problem.detail = plain(&problem.detail).chars().take(DETAIL_MAX).collect();
        problem
    }

    pub(super) fn refusal(&self) -> Error {
        let location = self
            .header(header::LOCATION)
            .and_then(|location| self.url.join(location).ok())
            .map(|location| address::host(&location));
        refused(&self.host, self.status, location.as_deref(), http::retry_after(&self.headers))
    }

    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn garbage(&self, what: &str) -> Error {
        garbage(&self.host, what)
    }

    /// Where the answer came from, to resolve what is relative in it.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

/// What is wrong with a document, without a value of it, which may be a ticket.
fn misfit(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if error.is_data() && !said.starts_with("missing field") {
        format!("a value of another kind at line {} column {}", error.line(), error.column())
    } else {
        said
    }
}

fn garbage(host: &str, what: &str) -> Error {
    Error::WebsiteGarbage { host: host.to_owned(), what: what.to_owned() }
}
