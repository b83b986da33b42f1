//! One run of the checks: what they have found so far, and how they ask.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Map, Value};
use url::Url;

use super::answer::Answer;
use super::tickets::Ticket;
use super::{Check, Outcome, Setup, Trouble, broken, skipped};
use crate::qlik::{self, Probe, StoreCookie};
use crate::{Instance, MashupId, Secret, WindowId};

pub(super) const CHECKS: &[Check] = &[check!(
    "answers.busy",
    busy,
    "429 and 503 carry `Retry-After` in seconds and a problem document with the code `busy`"
)];

/// Longest `Retry-After` that is waited for, in seconds.
const RETRY_MAX: u64 = 60;

pub(super) struct Visit {
    pub(super) http: Client,
    pub(super) setup: Setup,
    pub(super) discovery: Option<Map<String, Value>>,
    pub(super) api: Option<Url>,
    /// The website refuses the person's token.
    pub(super) signed_out: bool,
    pub(super) catalog: Option<Catalog>,
    /// The mashup that is opened.
    pub(super) mashup: Option<MashupId>,
    /// Two windows of it, of two runs of the app.
    pub(super) windows: [Window; 2],
    /// The second window's session lived when the first one's was ended.
    pub(super) second_lived: bool,
    /// How the first window's `mashup_url` was answered, and where it led.
    pub(super) arrival: Option<(StatusCode, Url)>,
    /// The event stream, from before the permission was withdrawn.
    pub(super) news: Option<Response>,
    /// What the answers that said "busy" had to say.
    busy: Vec<Result<(), Trouble>>,
}

pub(super) struct Catalog {
    pub(super) document: Map<String, Value>,
    pub(super) etag: Option<String>,
    pub(super) cache_control: Vec<String>,
}

/// A window as the website knows it.
pub(super) struct Window {
    pub(super) id: WindowId,
    pub(super) instance: Instance,
    /// What the website answered for it, the newest last.
    pub(super) tickets: Vec<Ticket>,
    /// What redeeming the newest ticket has brought.
    pub(super) cookies: Vec<StoreCookie>,
}

impl Visit {
    pub(super) fn new(http: Client, setup: Setup) -> Self {
        let window = || Window {
            id: WindowId::new(),
            instance: Instance::new(),
            tickets: Vec::new(),
            cookies: Vec::new(),
        };
        let windows = [window(), window()];
        Self {
            http,
            setup,
            windows,
            discovery: None,
            api: None,
            signed_out: false,
            second_lived: false,
            catalog: None,
            mashup: None,
            arrival: None,
            news: None,
            busy: Vec::new(),
        }
    }

    /// The address of a call.
    pub(super) fn call(&self, path: &[&str]) -> Result<Url, Trouble> {
        let Some(mut url) = self.api.clone() else {
            return skipped("the discovery document does not say where the calls are");
        };
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().extend(path);
        }
        Ok(url)
    }

    /// Asks for a call as the person.
    pub(super) async fn ask(
        &mut self,
        method: Method,
        path: &[&str],
        shape: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, Trouble> {
        if self.signed_out {
            return skipped("the website refuses the person's token");
        }
        let token = self.setup.token.clone();
        self.ask_as(Some(&token), method, path, shape).await
    }

    /// Asks for a call with any token or none; once more where it is busy.
    pub(super) async fn ask_as(
        &mut self,
        token: Option<&Secret>,
        method: Method,
        path: &[&str],
        shape: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, Trouble> {
        let url = self.call(path)?;
        let request = || {
            let request = shape(self.http.request(method.clone(), url.clone()));
            match token {
                Some(token) => request.bearer_auth(token.expose()),
                None => request,
            }
        };
        let answer = Answer::of(request()).await?;
        if !matches!(answer.status.as_u16(), 429 | 503) {
            return Ok(answer);
        }
        let seconds = answer.header(header::RETRY_AFTER).and_then(|after| after.parse().ok());
        let again = match seconds {
            Some(seconds @ 0..=RETRY_MAX) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                Some(Answer::of(request()).await?)
            }
            _ => None,
        };
        self.busy.push(match seconds {
            Some(_) => answer.problem(answer.status.as_u16(), "busy").map(drop),
            None => broken("`Retry-After` is missing, or no number of seconds"),
        });
        Ok(again.unwrap_or(answer))
    }

    /// Whether the session of a window lives, as Qlik's proxy has it.
    pub(super) async fn lives(&self, window: usize) -> Result<bool, Trouble> {
        let Window { tickets, cookies, .. } = &self.windows[window];
        let Some(redeem_url) = tickets.last().and_then(|ticket| Url::parse(ticket.redeem_url.expose()).ok())
        else {
            return skipped("there is no ticket");
        };
        if cookies.is_empty() {
            return skipped("no ticket could be redeemed");
        }
        match qlik::probe(&self.http, &qlik::probe_address(&redeem_url), cookies).await {
            Ok(Probe::Live) => Ok(true),
            Ok(Probe::Ended) => Ok(false),
            Ok(Probe::Unknown) => skipped("what redeems the ticket has no `qps/user` that tells"),
            Err(error) => broken(error.to_string()),
        }
    }

    /// The session of a window must live for the check to say anything.
    pub(super) async fn must_live(&self, window: usize) -> Result<(), Trouble> {
        if self.lives(window).await? { Ok(()) } else { skipped("there is no session to try it with") }
    }

    /// Gives back what the checks opened; a website that does not take it has
    /// been told already.
    pub(super) async fn leave(&mut self) {
        for window in [0, 1] {
            let query = [("instance", self.windows[window].instance.to_string())];
            let _ = self.ask(Method::DELETE, &["sessions"], |request| request.query(&query)).await;
        }
    }
}

/// The second person's token.
pub(super) fn other_token(visit: &Visit) -> Result<Secret, Trouble> {
    visit.setup.other_token.clone().map_or_else(|| skipped("needs another person's token"), Ok)
}

async fn busy(visit: &mut Visit) -> Outcome {
    if visit.busy.is_empty() {
        return skipped("the website was never busy");
    }
    let times = visit.busy.len();
    visit.busy.drain(..).collect::<Result<Vec<()>, Trouble>>()?;
    Ok(format!("{times} times"))
}
