//! The way into the mashup: a code that is good once, and nothing to sign in to.

use std::collections::BTreeSet;

use reqwest::{StatusCode, header};
use url::Url;

use super::answer::Answer;
use super::tickets::Ticket;
use super::visit::Visit;
use super::{Check, Outcome, Trouble, broken, skipped};
use crate::Secret;
use crate::navigation::Origin;
use crate::qlik::{StoreCookie, header_for, keep, names};
use crate::website::handed_over;

pub(super) const CHECKS: &[Check] = &[
    check!(
        "mashup.opens",
        opens,
        "`mashup_url` opens in a store that has nothing but the session cookie: no sign-in, no endless redirects, \
         no origin that is not in `allowed_origins`"
    ),
    check!(
        "mashup.code_goes",
        code_goes,
        "The website swaps the code of `mashup_url` for its cookie and redirects away from it (303)"
    ),
    check!("mashup.code_once", code_once, "The code of `mashup_url` is good once"),
    check!(
        "mashup.cookies",
        cookies,
        "Asked with `mashup_cookies`, a website that hands its cookies over gives those that the page at `mashup_url` \
         opens with, and does not without"
    ),
];

/// As browsers have it, more or less.
const REDIRECTS_MAX: usize = 10;

/// Where a window came to.
struct Arrival {
    /// How the way in was answered.
    first: StatusCode,
    last: Url,
    status: StatusCode,
}

async fn opens(visit: &mut Visit) -> Outcome {
    let arrival = open(visit, &[]).await?;
    let status = arrival.status;
    visit.arrival = Some((arrival.first, arrival.last.clone()));
    if status.is_success() {
        Ok(arrival.last.origin().ascii_serialization())
    } else {
        broken(format!("it ends with {} at {}", status.as_u16(), arrival.last.origin().ascii_serialization()))
    }
}

async fn code_goes(visit: &mut Visit) -> Outcome {
    let code = code(visit)?;
    let Some((first, last)) = &visit.arrival else { return skipped("it does not open") };
    if *first != StatusCode::SEE_OTHER {
        return broken(format!("it is answered with {} in place of 303", first.as_u16()));
    }
    if words(last.as_str()).is_disjoint(&code) {
        Ok(String::new())
    } else {
        broken("the code is still in the page's URL")
    }
}

async fn code_once(visit: &mut Visit) -> Outcome {
    code(visit)?;
    let Some((_, last)) = visit.arrival.clone() else { return skipped("it does not open") };
    match open(visit, &[]).await {
        // A page that asks to sign in is another one.
        Ok(again) if again.status.is_success() && again.last == last => {
            broken("it opened the mashup twice, in two stores")
        }
        Ok(_) | Err(Trouble::Broken(_)) => Ok(String::new()),
        Err(skipped) => Err(skipped),
    }
}

async fn cookies(visit: &mut Visit) -> Outcome {
    if visit.arrival.is_none() {
        return skipped("it does not open");
    }
    let ticket = visit.ticket_with_cookies(0).await?;
    let Some(lines) = &ticket.mashup_cookies else { return skipped("the website gives a code to everybody") };
    let handed_over = Url::parse(ticket.mashup_url.expose())
        .ok()
        .and_then(|url| handed_over(lines.iter().map(Secret::expose), &url));
    let Some(handed_over) = handed_over else {
        return broken("they are not cookies of `mashup_url`'s host, or too many");
    };
    let with = open(visit, &handed_over).await?;
    if !with.first.is_success() {
        return broken(format!("`mashup_url` is answered with {} to them", with.first.as_u16()));
    }
    match open(visit, &[]).await {
        Ok(without) if without.status.is_success() && without.last == with.last => {
            broken("`mashup_url` opens without them, too")
        }
        Ok(_) | Err(Trouble::Broken(_)) => Ok(names(&handed_over).join(", ")),
        Err(skipped) => Err(skipped),
    }
}

/// Opens `mashup_url` as a window would whose store has these cookies beside its session.
async fn open(visit: &Visit, handed_over: &[StoreCookie]) -> Result<Arrival, Trouble> {
    let ticket = visit.newest(0)?;
    let mut store = visit.windows[0].cookies.clone();
    if store.is_empty() {
        return skipped("there is no session cookie");
    }
    store.extend_from_slice(handed_over);
    let Ok(mut url) = Url::parse(ticket.mashup_url.expose()) else { return broken("`mashup_url` is no URL") };
    let mut first = None;
    for _ in 0..=REDIRECTS_MAX {
        if Origin::of(&url).is_none_or(|origin| !ticket.allows(&origin)) {
            let origin = url.origin().ascii_serialization();
            return broken(format!("it leads to {origin}, which is not in `allowed_origins`"));
        }
        let request = visit.http.get(url.clone());
        let answer = Answer::of(match header_for(&store, &url) {
            Some(cookies) => request.header(header::COOKIE, cookies),
            None => request,
        })
        .await?;
        let first = *first.get_or_insert(answer.status);
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            keep(&mut store, cookie, &url);
        }
        match answer.location() {
            Some(next) => url = next,
            None => return Ok(Arrival { first, last: url, status: answer.status }),
        }
    }
    broken(format!("it redirects more than {REDIRECTS_MAX} times"))
}

/// What the `mashup_url` of one ticket has that an earlier one's has not.
fn code(visit: &Visit) -> Result<BTreeSet<String>, Trouble> {
    let [.., before, newest] = &*visit.windows[0].tickets else {
        return skipped("there are no two tickets to compare");
    };
    let address = |ticket: &Ticket| words(ticket.mashup_url.expose());
    let code: BTreeSet<String> = address(newest).difference(&address(before)).cloned().collect();
    match code.is_empty() {
        false => Ok(code),
        true if newest.mashup_url.origin() == newest.redeem_url.origin() => {
            skipped("the mashup is hosted with the data, where the session cookie is enough")
        }
        true => broken("`mashup_url` carries no code: it is the same for two tickets"),
    }
}

/// The parts of a URL that its punctuation sets apart.
fn words(url: &str) -> BTreeSet<String> {
    url.split(['/', '?', '&', '=', '#']).map(str::to_owned).collect()
}
