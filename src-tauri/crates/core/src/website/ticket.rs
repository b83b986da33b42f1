//! A ticket: what the website answers when a window may open.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use super::answer::Answer;
use crate::navigation::{Allowed, Origin};
use crate::{Error, MashupId, Result, SecretUrl};

/// The most redirects that are followed, whatever the website says.
pub(crate) const REDIRECTS_MAX: u8 = 10;
/// Longest name of a session cookie, in bytes.
const COOKIE_NAME_MAX: usize = 128;

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
    /// Where the mashup opens, with a one-time code where the website hosts it.
    pub mashup_url: SecretUrl,
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
    Ok(Ticket {
        allowed: Allowed {
            mashup: mashup_url.origin().clone(),
            qlik: redeem_url.origin().clone(),
            others: document.allowed_origins.iter().filter_map(Origin::of).collect(),
        },
        redeem_url,
        mashup_url,
        session_cookie: document.session_cookie,
        redirects: document.redirects.min(REDIRECTS_MAX),
        expires_in: Duration::from_secs(document.expires_in),
        // The website counts what there was before this ticket.
        quota: document.quota.map(|quota| Quota { used: quota.used.saturating_add(1), ..quota }),
    })
}
