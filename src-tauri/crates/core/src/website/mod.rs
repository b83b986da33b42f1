//! The company's website, as its contract (docs/website-contract.openapi.yaml)
//! has it: discovery, who is signed in, the catalog, tickets, sessions.

mod address;
mod answer;
mod catalog;
mod discovery;
#[cfg(any(test, fuzzing))]
pub(crate) mod parsers;
mod sign_in;
mod ticket;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use url::Url;

pub use address::parse as parse_address;
pub use catalog::{CatalogAnswer, Mashup};
pub use sign_in::{OidcClient, SignInWay, WebSignIn};
pub use ticket::{Quota, Ticket, TicketRequest};
pub(crate) use ticket::{REDIRECTS_MAX, handed_over};

use crate::http::{self, Fault};
use crate::{Credentials, Error, Instance, MashupId, Result, Secret, WindowId};
use answer::Answer;

/// A website that has shown its discovery document.
#[derive(Clone, Debug)]
pub struct Website {
    pub(crate) http: Client,
    pub(crate) host: String,
    api: Url,
    /// The address as the person or IT gave it.
    pub url: Url,
    /// What the company calls it.
    pub name: String,
    /// The ways to sign in, the one that the website prefers first.
    pub sign_in: Vec<SignInWay>,
    /// Where to ask for help: a page or `mailto:`.
    pub support: Option<Url>,
}

/// Somebody whom the website knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they sign in as.
    pub name: String,
    /// What they are called on the screen.
    pub display_name: String,
}

impl Website {
    /// Reads the discovery document of the website at `url`.
    ///
    /// # Errors
    /// Every `Website…` error: nothing there, or something that is not a
    /// website of the contract.
    pub async fn discover(http: &Client, url: &Url) -> Result<Self> {
        discovery::discover(http, url).await
    }

    /// The person who is signed in.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error.
    pub async fn me(&self, credentials: &Credentials) -> Result<Person> {
        #[derive(serde::Deserialize)]
        struct Me {
            name: String,
            display_name: Option<String>,
        }
        let me: Me = self.ask(Method::GET, &["me"], credentials, |request| request).await?.json()?;
        let display_name = plain(me.display_name.as_deref().unwrap_or(&me.name));
        Ok(Person { name: me.name, display_name })
    }

    /// The catalog, unless it still has the given `ETag`.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error.
    pub async fn catalog(&self, credentials: &Credentials, etag: Option<&str>) -> Result<CatalogAnswer> {
        let answer = self
            .ask(Method::GET, &["mashups"], credentials, |request| match etag {
                Some(etag) => request.header(header::IF_NONE_MATCH, etag),
                None => request,
            })
            .await?;
        catalog::read(&answer)
    }

    /// Asks for a ticket for one mashup and one window. The website decides at
    /// this moment whether the person may.
    ///
    /// # Errors
    /// [`Error::NotAuthorised`], [`Error::UnknownMashup`],
    /// [`Error::SessionLimit`], [`Error::SignInNeeded`], or a `Website…` error.
    pub async fn ticket(
        &self,
        credentials: &Credentials,
        mashup: &MashupId,
        asked: &TicketRequest,
    ) -> Result<Ticket> {
        let answer = self
            .ask(Method::POST, &["mashups", mashup.as_str(), "tickets"], credentials, |request| {
                request.json(asked)
            })
            .await?;
        ticket::read(&answer, mashup)
    }

    /// Gives the session of one window back; fine if it is gone already.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error.
    pub async fn end_session(&self, credentials: &Credentials, window: WindowId) -> Result<()> {
        let window = window.to_string();
        self.ask(Method::DELETE, &["sessions", &window], credentials, |request| request).await?.done()
    }

    /// Gives all sessions of one run back.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error.
    pub async fn end_sessions(&self, credentials: &Credentials, instance: Instance) -> Result<()> {
        let query = [("instance", instance.to_string())];
        self.ask(Method::DELETE, &["sessions"], credentials, |request| request.query(&query)).await?.done()
    }

    /// The website's news, as they come. The wait for them has no end.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error: some websites have none.
    pub async fn events(&self, credentials: &Credentials) -> Result<Response> {
        let token = credentials.bearer().await?;
        let mut response = self.listen(&token).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && let Some(another) = credentials.another(&token).await?
        {
            response = self.listen(&another).await?;
        }
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        match response.status() {
            StatusCode::OK if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) => Ok(response),
            StatusCode::OK => {
                Err(Error::WebsiteGarbage { host: self.host.clone(), what: "no event stream".to_owned() })
            }
            status => Err(refused(&self.host, status, None, http::retry_after(response.headers()))),
        }
    }

    async fn listen(&self, token: &Secret) -> Result<Response> {
        let request = self
            .http
            .get(self.address(&["events"]))
            .header(header::ACCEPT, "text/event-stream")
            .bearer_auth(token.expose());
        request.send().await.map_err(|error| unreached(&self.host, error.into()))
    }

    /// Asks with a token that is fresh, and once more after a `401` where there
    /// is another.
    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        credentials: &Credentials,
        shape: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer> {
        let ask = |token: &Secret| {
            let request = self.http.request(method.clone(), self.address(path)).bearer_auth(token.expose());
            Answer::of(&self.host, shape(request))
        };
        let token = credentials.bearer().await?;
        let answer = ask(&token).await?;
        if answer.status == StatusCode::UNAUTHORIZED
            && let Some(another) = credentials.another(&token).await?
        {
            return ask(&another).await;
        }
        Ok(answer)
    }

    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().extend(path);
        }
        url
    }
}

/// A transport fault on the way to the website, in words.
fn unreached(host: &str, fault: Fault) -> Error {
    let host = host.to_owned();
    match fault {
        Fault::Unreachable(reason) => Error::WebsiteUnreachable { host, reason },
        Fault::Tls(reason) => Error::WebsiteTls { host, reason },
        Fault::Timeout => Error::WebsiteTimeout { host },
        Fault::ProxyAuth => Error::ProxyAuth { host },
    }
}

/// A status that no call of the contract gives a meaning of its own.
fn refused(host: &str, status: StatusCode, location: Option<&str>, seconds: u64) -> Error {
    let host = host.to_owned();
    match status {
        StatusCode::UNAUTHORIZED => Error::SignInNeeded { host },
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Error::ProxyAuth { host },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Error::WebsiteBusy { host, seconds }
        }
        _ if status.is_redirection() => {
            Error::WebsiteRedirected { location: location.map_or_else(|| host.clone(), str::to_owned), host }
        }
        _ => Error::WebsiteError { host, status: status.as_u16() },
    }
}

/// What somebody else said, fit to be shown.
pub(crate) fn in_short(said: &str) -> String {
    plain(said).chars().take(200).collect()
}

/// A text that may stand in a window's title: no control characters and none
/// of those that turn the direction of writing (Unicode TR 36, 3.1).
pub(crate) fn plain(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|&c| !c.is_control() && !turns(c)).collect()
}
