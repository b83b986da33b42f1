//! A permission that is withdrawn while the person works.

use reqwest::{Method, header};

use super::visit::Visit;
use super::{Check, Outcome, broken, catalog, events, skipped, tickets};

pub(super) const CHECKS: &[Check] = &[
    check!(
        "withdrawn.ticket",
        ticket,
        "The website authorises a ticket when it is asked for, never at sign-in: after a withdrawal it is 403 `not_authorised`"
    ),
    check!(
        "withdrawn.catalog",
        listed,
        "The `ETag` changes whenever the answer would: the old one is 200, and the mashup is not in the catalog"
    ),
    check!("withdrawn.event", event, "The event `revoked` names the mashup, where the website has events"),
];

async fn ticket(visit: &mut Visit) -> Outcome {
    let Some(withdraw) = visit.setup.withdraw.take() else {
        return skipped("needs a command that withdraws the permission");
    };
    let Some(mashup) = visit.mashup.clone() else { return skipped("there is no mashup to open") };
    // Before: an event is told to who listens.
    let news = events::open(visit).await.unwrap_or_default();
    if let Err(error) = withdraw(&mashup) {
        return broken(format!("the permission could not be withdrawn: {error}"));
    }
    visit.setup.withdraw = Some(withdraw);
    visit.news = news;
    let wish = visit.wish_of_another_window();
    tickets::refusal(&visit.ask_for_ticket(&mashup, &wish).await?)
}

async fn listed(visit: &mut Visit) -> Outcome {
    let (Some(_), Some(mashup)) = (&visit.setup.withdraw, visit.mashup.clone()) else {
        return skipped("no permission was withdrawn");
    };
    let etag = catalog::catalog(visit)?.etag.clone().unwrap_or_default();
    let answer =
        visit.ask(Method::GET, &["mashups"], |request| request.header(header::IF_NONE_MATCH, &etag)).await?;
    let catalog = answer.json(200, "application/json")?;
    if catalog::holds(&catalog, &mashup) {
        broken(format!("it still lists {mashup}"))
    } else {
        Ok(String::new())
    }
}

async fn event(visit: &mut Visit) -> Outcome {
    let (Some(news), Some(mashup)) = (visit.news.take(), &visit.mashup) else {
        return skipped("no permission was withdrawn, or the website has no events");
    };
    if visit.setup.quick {
        return skipped("may take half a minute");
    }
    events::revoked(news, mashup.as_str()).await
}
