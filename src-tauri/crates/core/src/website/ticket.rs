//! A ticket: what the website answers when a window may open.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use url::Url;

use super::answer::Answer;
use crate::navigation::{Allowed, Origin};
use crate::qlik::{self, StoreCookie};
use crate::{Error, Instance, MashupId, Result, SecretUrl, WindowId};

/// The most redirects that are followed, whatever the website says.
pub(crate) const REDIRECTS_MAX: u8 = 10;
/// Longest name of a session cookie, in bytes.
const COOKIE_NAME_MAX: usize = 128;
/// The most cookies that a website hands over with a ticket.
const MASHUP_COOKIES_MAX: usize = 20;

/// Which ticket is asked for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TicketRequest {
    /// The window that opens.
    pub window: WindowId,
    /// The run of the app that it is of.
    pub instance: Instance,
    /// Whether the website may hand its cookies over in place of a one-time code.
    pub mashup_cookies: bool,
}

/// How many of an identity's sessions are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// Sessions in use, this window's included.
    pub used: u32,
    /// Sessions that Qlik gives.
    pub limit: u32,
}

/// A ticket and all that is needed to open its window.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Where the ticket is redeemed; the ticket is in it.
    pub redeem_url: SecretUrl,
    /// Where the mashup opens, with a one-time code where the website hosts it and hands
    /// no cookies over.
    pub mashup_url: SecretUrl,
    /// The website's own cookies for the mashup's pages.
    pub mashup_cookies: Vec<StoreCookie>,
    /// The cookie that redeeming must bring.
    pub session_cookie: String,
    /// Where the window may go.
    pub allowed: Allowed,
    /// How many redirects may lead from the ticket to the session.
    pub redirects: u8,
    /// How long the ticket may wait.
    pub expires_in: Duration,
    /// Where the website knows it.
    pub quota: Option<Quota>,
}

#[derive(Deserialize)]
struct Document {
    redeem_url: Url,
    mashup_url: Url,
    #[serde(default)]
    mashup_cookies: Vec<String>,
    session_cookie: String,
    #[serde(default)]
    allowed_origins: Vec<Url>,
    #[serde(default)]
    redirects: u8,
    expires_in: u64,
    quota: Option<Quota>,
}

/// Whether a text is a token (RFC 6265, 4.1.1). It stands in errors and in the
/// log, so that nothing else may come that way.
fn is_cookie_name(text: &str) -> bool {
    let token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
    (1..=COOKIE_NAME_MAX).contains(&text.len()) && text.bytes().all(token)
}

pub(super) fn read(answer: &Answer, mashup: &MashupId) -> Result<Ticket> {
    let problem = answer.problem();
    let mashup = mashup.to_string();
    match (answer.status, problem.code.as_str()) {
        (StatusCode::FORBIDDEN, "not_authorised") => {
            return Err(Error::NotAuthorised { mashup, reason: problem.detail });
        }
        (StatusCode::NOT_FOUND, "unknown_mashup") => return Err(Error::UnknownMashup { mashup }),
        (StatusCode::CONFLICT, "session_limit") => {
            // Qlik's own figure, where the website does not tell.
            let Quota { used, limit } = problem.quota.unwrap_or(Quota { used: 5, limit: 5 });
            return Err(Error::SessionLimit { mashup, used, limit, yours: 0 });
        }
        _ => {}
    }
    let document: Document = answer.json()?;
    let secret = |name: &str, url: &Url| {
        SecretUrl::new(url).ok_or_else(|| answer.garbage(&format!("{name} is neither https nor loopback")))
    };
    if !is_cookie_name(&document.session_cookie) {
        return Err(answer.garbage("session_cookie is no cookie's name"));
    }
    let redeem_url = secret("redeem_url", &document.redeem_url)?;
    let mashup_url = secret("mashup_url", &document.mashup_url)?;
    let set_cookies = document.mashup_cookies.iter().map(String::as_str);
    let mashup_cookies = handed_over(set_cookies, &document.mashup_url)
        .ok_or_else(|| answer.garbage("mashup_cookies are not cookies of mashup_url's host, or too many"))?;
    Ok(Ticket {
        allowed: Allowed {
            mashup: mashup_url.origin().clone(),
            qlik: redeem_url.origin().clone(),
            others: document.allowed_origins.iter().filter_map(Origin::of).collect(),
        },
        redeem_url,
        mashup_url,
        mashup_cookies,
        session_cookie: document.session_cookie,
        redirects: document.redirects.min(REDIRECTS_MAX),
        expires_in: Duration::from_secs(document.expires_in),
        // The website counts what there was before this ticket.
        quota: document.quota.map(|quota| Quota { used: quota.used.saturating_add(1), ..quota }),
    })
}

/// Cookies as `Set-Cookie` headers of an answer from `url` would bring them; `None` where
/// one is none of its own, or there are too many.
pub(crate) fn handed_over<'a>(
    set_cookies: impl ExactSizeIterator<Item = &'a str>,
    url: &Url,
) -> Option<Vec<StoreCookie>> {
    if set_cookies.len() > MASHUP_COOKIES_MAX {
        return None;
    }
    let mut cookies = Vec::new();
    for set_cookie in set_cookies {
        let set_cookie = HeaderValue::from_str(set_cookie).ok()?;
        qlik::keep(&mut cookies, &set_cookie, url).then_some(())?;
    }
    cookies.iter().all(|cookie| is_cookie_name(&cookie.name)).then_some(cookies)
}
