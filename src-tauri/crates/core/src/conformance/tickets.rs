//! Tickets: who gets one, and what is in it.

use std::collections::BTreeSet;

use reqwest::{Client, Method};
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::answer::Answer;
use super::visit::Visit;
use super::{Check, Outcome, Trouble, broken, catalog, shape, skipped};
use crate::navigation::{Allowed, Origin};
use crate::qlik::{self, Redeemed};
use crate::website::REDIRECTS_MAX;
use crate::{MashupId, Secret, SecretUrl};

pub(super) const CHECKS: &[Check] = &[
    check!(
        "tickets.given",
        given,
        "`POST {api}/mashups/{id}/tickets` answers 201 with `redeem_url`, `mashup_url` (both HTTPS, or on loopback), \
         `session_cookie`, `allowed_origins` and `expires_in`"
    ),
    check!("tickets.no_store", no_store, "The answer with a ticket has `Cache-Control: no-store`"),
    check!("tickets.fresh", fresh, "Asked again for the same window, the answer is a new ticket"),
    check!(
        "tickets.allowed_origins",
        allowed_origins,
        "`allowed_origins` are origins without a path, each once, `mashup_url`'s and `redeem_url`'s among them"
    ),
    check!(
        "tickets.bad_request",
        bad_request,
        "A body without `window` and `instance`, or with one that is no UUID, is 400 `bad_request`"
    ),
    check!(
        "tickets.unknown_mashup",
        unknown_mashup,
        "A mashup that does not exist is 404 `unknown_mashup`, as a problem document"
    ),
    check!(
        "tickets.denied_mashup",
        denied_mashup,
        "Another person's mashup is 403 `not_authorised`, with the reason in `detail`; no ticket was asked for"
    ),
];

/// What the website answered for a window.
pub(super) struct Ticket {
    pub(super) redeem_url: SecretUrl,
    pub(super) mashup_url: SecretUrl,
    /// What it hands over, where it was asked to and does.
    pub(super) mashup_cookies: Option<Vec<Secret>>,
    pub(super) session_cookie: String,
    allowed_origins: Vec<Value>,
    redirects: u8,
    cache_control: Vec<String>,
    /// Sessions that the identity had before, and how many it can have.
    pub(super) quota: Option<(u64, u64)>,
}

impl Ticket {
    pub(super) async fn redeem(&self, http: &Client) -> crate::Result<Redeemed> {
        let url = |text: &Value| Url::parse(text.as_str()?).ok();
        let allowed = Allowed {
            mashup: self.mashup_url.origin().clone(),
            qlik: self.redeem_url.origin().clone(),
            others: self.allowed_origins.iter().filter_map(url).filter_map(|url| Origin::of(&url)).collect(),
        };
        qlik::redeem(http, &self.redeem_url, &self.session_cookie, self.redirects, &allowed).await
    }

    /// Whether the window may show that origin.
    pub(super) fn allows(&self, origin: &Origin) -> bool {
        let url = |text: &Value| Url::parse(text.as_str()?).ok();
        self.allowed_origins.iter().filter_map(url).any(|url| Origin::of(&url).as_ref() == Some(origin))
    }
}

impl Visit {
    /// Asks for a ticket for one of the two windows, and keeps it.
    pub(super) async fn ticket(&mut self, window: usize) -> Result<&Ticket, Trouble> {
        let wish = self.wish(window);
        self.ticket_for(window, &wish).await
    }

    /// The same, with the website's cookies in place of a code.
    pub(super) async fn ticket_with_cookies(&mut self, window: usize) -> Result<&Ticket, Trouble> {
        let mut wish = self.wish(window);
        wish["mashup_cookies"] = true.into();
        self.ticket_for(window, &wish).await
    }

    fn wish(&self, window: usize) -> Value {
        let asking = &self.windows[window];
        json!({"window": asking.id.to_string(), "instance": asking.instance.to_string()})
    }

    async fn ticket_for(&mut self, window: usize, wish: &Value) -> Result<&Ticket, Trouble> {
        let Some(mashup) = self.mashup.clone() else { return skipped("there is no mashup to open") };
        let answer = self.ask_for_ticket(&mashup, wish).await?;
        let ticket = read(&answer)?;
        let tickets = &mut self.windows[window].tickets;
        tickets.push(ticket);
        tickets.last().map_or_else(|| skipped("there is no ticket"), Ok)
    }

    /// The body of a request that must get no ticket; were there one, it would
    /// be given back with the first window's.
    pub(super) fn wish_of_another_window(&self) -> Value {
        json!({"window": Uuid::new_v4(), "instance": self.windows[0].instance.to_string()})
    }

    pub(super) async fn ask_for_ticket(
        &mut self,
        mashup: &MashupId,
        body: &Value,
    ) -> Result<Answer, Trouble> {
        self.ask(Method::POST, &["mashups", mashup.as_str(), "tickets"], |request| request.json(body)).await
    }

    /// The newest ticket of a window.
    pub(super) fn newest(&self, window: usize) -> Result<&Ticket, Trouble> {
        self.windows[window].tickets.last().map_or_else(|| skipped("there is no ticket"), Ok)
    }
}

fn read(answer: &Answer) -> Result<Ticket, Trouble> {
    if answer.status.as_u16() == 409 {
        let problem = answer.problem(409, "session_limit")?;
        if problem.contains_key("quota") {
            quota(&problem)?;
        }
        return broken("has no session left for it: close windows of it, or try another mashup");
    }
    let document = answer.json(201, "application/json")?;
    let secret = |name: &str| {
        let url = shape::safe_url(&document, name)?;
        SecretUrl::new(&url).map_or_else(|| broken(format!("`{name}` is no safe URL")), Ok)
    };
    let ticket = Ticket {
        redeem_url: secret("redeem_url")?,
        mashup_url: secret("mashup_url")?,
        mashup_cookies: mashup_cookies(&document)?,
        session_cookie: shape::text(&document, "session_cookie", 1..=usize::MAX)?.to_owned(),
        allowed_origins: shape::list(&document, "allowed_origins")?.to_vec(),
        redirects: redirects(&document)?,
        cache_control: answer.cache_control(),
        quota: if document.contains_key("quota") { Some(quota(&document)?) } else { None },
    };
    if shape::whole(&document, "expires_in")? == 0 {
        return broken("`expires_in` is 0");
    }
    Ok(ticket)
}

fn mashup_cookies(document: &Map<String, Value>) -> Result<Option<Vec<Secret>>, Trouble> {
    if !document.contains_key("mashup_cookies") {
        return Ok(None);
    }
    let texts = shape::list(document, "mashup_cookies")?.iter().map(|line| line.as_str().map(Secret::new));
    match texts.collect() {
        Some(lines) => Ok(Some(lines)),
        None => broken("one of `mashup_cookies` is no text"),
    }
}

fn redirects(document: &Map<String, Value>) -> Result<u8, Trouble> {
    let Some(redirects) = document.get("redirects") else { return Ok(0) };
    match redirects.as_u64().and_then(|many| u8::try_from(many).ok()).filter(|many| *many <= REDIRECTS_MAX) {
        Some(many) => Ok(many),
        None => broken(format!("`redirects` is {redirects}, not a number up to {REDIRECTS_MAX}")),
    }
}

fn quota(document: &Map<String, Value>) -> Result<(u64, u64), Trouble> {
    let Value::Object(quota) = shape::member(document, "quota")? else {
        return broken("`quota` is no object");
    };
    let (used, limit) = (shape::whole(quota, "used")?, shape::whole(quota, "limit")?);
    if limit == 0 { broken("the `limit` of `quota` is 0") } else { Ok((used, limit)) }
}

async fn given(visit: &mut Visit) -> Outcome {
    let listed = visit.catalog.as_ref().and_then(|catalog| {
        let first = catalog.document.get("mashups")?.get(0)?.get("id")?.as_str()?;
        MashupId::parse(first).ok()
    });
    visit.mashup = visit.setup.mashup.clone().or(listed);
    let Some(mashup) = visit.mashup.clone() else {
        catalog::catalog(visit)?;
        return broken("the person has no mashup that could be opened: take somebody's token who has one");
    };
    visit.ticket(0).await?;
    Ok(mashup.to_string())
}

async fn no_store(visit: &mut Visit) -> Outcome {
    let said = &visit.newest(0)?.cache_control;
    if said.iter().any(|directive| directive == "no-store") {
        Ok(String::new())
    } else {
        broken(format!("it is `{}`", shape::shown(&said.join(", "))))
    }
}

async fn fresh(visit: &mut Visit) -> Outcome {
    let first = visit.newest(0)?.redeem_url.expose().to_owned();
    if visit.ticket(0).await?.redeem_url.expose() == first {
        broken("the same `redeem_url` twice")
    } else {
        Ok(String::new())
    }
}

async fn allowed_origins(visit: &mut Visit) -> Outcome {
    let ticket = visit.newest(0)?;
    let mut origins = BTreeSet::new();
    for origin in &ticket.allowed_origins {
        let Some(url) = origin.as_str().and_then(|text| Url::parse(text).ok()) else {
            return broken("one of them is no URL");
        };
        let text = origin.as_str().unwrap_or_default();
        if text.matches('/').count() != 2 || url.query().or(url.fragment()).is_some() {
            return broken(format!("{:?} has more than an origin", shape::shown(text)));
        }
        let Some(origin) = Origin::of(&url) else {
            return broken(format!("{:?} is neither https nor http on loopback", shape::shown(text)));
        };
        if !origins.insert(origin.to_string()) {
            return broken(format!("{origin} is there twice"));
        }
    }
    for (name, url) in [("redeem_url", &ticket.redeem_url), ("mashup_url", &ticket.mashup_url)] {
        if !origins.contains(&url.origin().to_string()) {
            return broken(format!("{} is not among them, where `{name}` leads", url.origin()));
        }
    }
    Ok(String::new())
}

async fn bad_request(visit: &mut Visit) -> Outcome {
    let Some(mashup) = visit.mashup.clone() else { return skipped("there is no mashup to open") };
    let uuid = Uuid::new_v4();
    for (name, body) in [
        ("an empty object", json!({})),
        ("no `instance`", json!({"window": uuid})),
        ("a `window` that is no UUID", json!({"window": "mine", "instance": uuid})),
        ("an `instance` that is no UUID", json!({"window": uuid, "instance": 7})),
    ] {
        let answer = visit.ask_for_ticket(&mashup, &body).await?;
        answer.problem(400, "bad_request").or_else(|error| match error {
            Trouble::Broken(words) => broken(format!("to {name} it {words}")),
            skipped => Err(skipped),
        })?;
    }
    Ok(String::new())
}

async fn unknown_mashup(visit: &mut Visit) -> Outcome {
    let id = format!("none-{}", Uuid::new_v4());
    let Ok(nowhere) = MashupId::parse(&id) else { return skipped("there is no such id") };
    let wish = visit.wish_of_another_window();
    visit.ask_for_ticket(&nowhere, &wish).await?.problem(404, "unknown_mashup")?;
    Ok(String::new())
}

async fn denied_mashup(visit: &mut Visit) -> Outcome {
    let Some(denied) = visit.setup.denied_mashup.clone() else {
        return skipped("needs the id of a mashup that the person may not open");
    };
    let wish = visit.wish_of_another_window();
    refusal(&visit.ask_for_ticket(&denied, &wish).await?)
}

/// A refusal with its reason.
pub(super) fn refusal(answer: &Answer) -> Outcome {
    let problem = answer.problem(403, "not_authorised")?;
    Ok(shape::shown(shape::text(&problem, "detail", 1..=usize::MAX)?))
}
