//! One answer, read strictly: the status, the headers and the kind of body that
//! the contract has for it.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use super::{Trouble, broken, shape};
use crate::http::{self, Fault};

/// Longest wait for a whole answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
pub(super) const EVENT_STREAM: &str = "text/event-stream";

pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) async fn of(request: RequestBuilder) -> Result<Self, Trouble> {
        let answer = request.timeout(ANSWER_TIMEOUT).send().await.map_err(|error| unreached(error.into()))?;
        let mut read = Self {
            url: answer.url().clone(),
            status: answer.status(),
            headers: answer.headers().clone(),
            body: Vec::new(),
        };
        // A stream of events has no end.
        if read.kind() != EVENT_STREAM {
            match http::body(answer, http::BODY_MAX).await.map_err(unreached)? {
                Some(body) => read.body = body,
                None => return broken("answers without end"),
            }
        }
        Ok(read)
    }

    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type, without its parameters.
    pub(super) fn kind(&self) -> String {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The directives of `Cache-Control`.
    pub(super) fn cache_control(&self) -> Vec<String> {
        let all = self.headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        all.flat_map(|value| value.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect()
    }

    /// Where a redirect leads.
    pub(super) fn location(&self) -> Option<Url> {
        self.url.join(self.header(header::LOCATION)?).ok().filter(|_| self.status.is_redirection())
    }

    pub(super) fn has_status(&self, wanted: u16) -> Result<(), Trouble> {
        if self.status.as_u16() == wanted {
            return Ok(());
        }
        let to = self.location().map(|to| format!(" to {}", to.origin().ascii_serialization()));
        broken(format!("answers {}{} in place of {wanted}", self.status.as_u16(), to.unwrap_or_default()))
    }

    pub(super) fn has_no_body(&self) -> Result<(), Trouble> {
        if self.body.is_empty() { Ok(()) } else { broken("has a body") }
    }

    /// A JSON object with that status and media type.
    pub(super) fn json(&self, status: u16, kind: &str) -> Result<Map<String, Value>, Trouble> {
        self.has_status(status)?;
        if self.kind() != kind {
            return broken(format!(
                "the Content-Type of the {status} is {:?} in place of {kind}",
                self.kind()
            ));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => broken(format!("the body of the {status} is no JSON object")),
            Err(error) => {
                // The library's words may quote the body.
                let (line, column) = (error.line(), error.column());
                broken(format!("the body of the {status} is no JSON: line {line} column {column}"))
            }
        }
    }

    /// An RFC 9457 problem document with that status and code.
    pub(super) fn problem(&self, status: u16, code: &str) -> Result<Map<String, Value>, Trouble> {
        let problem = self.json(status, "application/problem+json")?;
        shape::text(&problem, "title", 1..=usize::MAX)?;
        for member in ["detail", "type"] {
            if problem.contains_key(member) {
                shape::text(&problem, member, 0..=usize::MAX)?;
            }
        }
        let said = shape::whole(&problem, "status")?;
        if said != u64::from(status) {
            return broken(format!("`status` in the problem document is {said}, the answer's is {status}"));
        }
        let said = shape::text(&problem, "code", 1..=usize::MAX)?;
        if said != code {
            return broken(format!("`code` is {:?} in place of {code:?}", shape::shown(said)));
        }
        Ok(problem)
    }
}

/// No answer, in words.
pub(super) fn unreached(fault: Fault) -> Trouble {
    Trouble::Broken(match fault {
        Fault::Unreachable(reason) => format!("cannot be reached: {reason}"),
        Fault::Tls(reason) => format!("its certificate is not trusted: {reason}"),
        Fault::Timeout => "does not answer in time".to_owned(),
        Fault::ProxyAuth => "cannot be reached: the proxy wants a name and a password".to_owned(),
    })
}
