//! Redeeming: once, and the session cookie comes of it.

use super::visit::Visit;
use super::{Check, Outcome, broken, skipped};
use crate::Error;
use crate::qlik::Redeemed;

pub(super) const CHECKS: &[Check] = &[
    check!(
        "redeem.session_cookie",
        session_cookie,
        "One GET of `redeem_url` answers, without a redirect beyond those of `redirects`, and sets the cookie that `session_cookie` names"
    ),
    check!(
        "redeem.signs_in",
        signs_in,
        "The session cookie signs in: with Qlik Sense, `GET /{virtual proxy}/qps/user` names the user"
    ),
    check!("redeem.once", once, "A ticket signs in once: the second redemption brings no session"),
    check!(
        "redeem.two_windows",
        two_windows,
        "Each window has a ticket and a session of its own; a second window leaves the first one's alone"
    ),
    check!(
        "redeem.quota",
        quota,
        "`quota`, where the website knows it, counts the sessions that the identity has now, this ticket's not included"
    ),
];

async fn session_cookie(visit: &mut Visit) -> Outcome {
    redeem(visit, 0).await
}

/// Redeems the newest ticket of a window.
async fn redeem(visit: &mut Visit, window: usize) -> Outcome {
    let ticket = visit.newest(window)?;
    match ticket.redeem(&visit.http).await {
        Ok(Redeemed { cookies, .. }) => {
            let name = ticket.session_cookie.clone();
            visit.windows[window].cookies = cookies;
            Ok(name)
        }
        Err(error) => broken(error.to_string()),
    }
}

async fn signs_in(visit: &mut Visit) -> Outcome {
    if visit.lives(0).await? { Ok(String::new()) } else { broken("Qlik knows no session by that cookie") }
}

async fn once(visit: &mut Visit) -> Outcome {
    if visit.windows[0].cookies.is_empty() {
        return skipped("it could not be redeemed a first time");
    }
    let ticket = visit.newest(0)?;
    match ticket.redeem(&visit.http).await {
        Ok(_) => broken("the second redemption has brought a session"),
        Err(
            Error::TicketRefused { .. }
            | Error::RedeemForbidden { .. }
            | Error::RedeemNoCookie { .. }
            | Error::RedeemUnexpected { .. },
        ) => Ok(String::new()),
        Err(error) => broken(format!("it could not be tried: {error}")),
    }
}

async fn two_windows(visit: &mut Visit) -> Outcome {
    visit.must_live(0).await?;
    visit.ticket(1).await?;
    redeem(visit, 1).await?;
    let value = |window: usize| {
        let name = &visit.windows[window].tickets.last()?.session_cookie;
        visit.windows[window].cookies.iter().find(|cookie| cookie.name == *name).map(|cookie| &cookie.value)
    };
    if value(0) == value(1) {
        return broken("both have the same session");
    }
    match (visit.lives(0).await?, visit.lives(1).await?) {
        (true, true) => Ok(String::new()),
        (false, _) => broken("the first window's session has ended by it"),
        (_, false) => broken("the second window's session does not live"),
    }
}

async fn quota(visit: &mut Visit) -> Outcome {
    let Some((used, limit)) = visit.newest(1)?.quota else { return skipped("the website leaves it out") };
    if used == 0 {
        return broken("`used` is 0, and the first window's session lives");
    }
    if used >= limit {
        return broken(format!("{used} of {limit} sessions are in use, and there was a ticket all the same"));
    }
    Ok(format!("{used} of {limit}"))
}
