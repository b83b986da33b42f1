//! Giving sessions back: the right one, and nobody else's.

use reqwest::Method;
use uuid::Uuid;

use super::answer::Answer;
use super::visit::{Visit, other_token};
use super::{Check, Outcome, Trouble, broken, skipped};
use crate::Secret;

pub(super) const CHECKS: &[Check] = &[
    check!(
        "sessions.bad_request",
        bad_request,
        "A `window` that is no UUID, and no `instance`, are 400 `bad_request`"
    ),
    check!(
        "sessions.unknown",
        unknown,
        "For a window or an instance that the website does not know the answer is 204, and nobody's session ends"
    ),
    check!(
        "sessions.stranger",
        stranger,
        "Only the person who was given the window's ticket can end its session; anybody else gets the same 204"
    ),
    check!(
        "sessions.end_window",
        end_window,
        "`DELETE {api}/sessions/{window}` answers 204 without a body, and the window's session cookie signs nobody in"
    ),
    check!(
        "sessions.others_survive",
        others_survive,
        "It ends that one session by its id. With Qlik Sense, never by `DELETE /qps/user`, which ends the identity's \
         other sessions too"
    ),
    check!("sessions.end_again", end_again, "A session that is gone already is 204 as well"),
    check!(
        "sessions.renewed",
        renewed,
        "Asked again for the same window when its session has ended, the website gives a new ticket"
    ),
    check!(
        "sessions.end_instance",
        end_instance,
        "`DELETE {api}/sessions?instance=…` answers 204 and ends the sessions of that run of Mashdesk, and 204 again \
         when they are gone"
    ),
];

async fn bad_request(visit: &mut Visit) -> Outcome {
    let answer = visit.ask(Method::DELETE, &["sessions", "mine"], |request| request).await?;
    answer.problem(400, "bad_request")?;
    let answer = visit.ask(Method::DELETE, &["sessions"], |request| request).await?;
    answer.problem(400, "bad_request")?;
    let mine = [("instance", "mine")];
    let answer = visit.ask(Method::DELETE, &["sessions"], |request| request.query(&mine)).await?;
    answer.problem(400, "bad_request")?;
    Ok(String::new())
}

async fn unknown(visit: &mut Visit) -> Outcome {
    let token = visit.setup.token.clone();
    let nobody = || Uuid::new_v4().to_string();
    ended(&end_window_as(visit, &token, &nobody()).await?)?;
    ended(&end_instance_as(visit, &token, &nobody()).await?)?;
    survived(visit).await
}

async fn stranger(visit: &mut Visit) -> Outcome {
    let other = other_token(visit)?;
    visit.must_live(0).await?;
    let (window, instance) = (visit.windows[0].id.to_string(), visit.windows[0].instance.to_string());
    ended(&end_window_as(visit, &other, &window).await?)?;
    ended(&end_instance_as(visit, &other, &instance).await?)?;
    survived(visit).await
}

/// What was given back was not the first window's.
async fn survived(visit: &mut Visit) -> Outcome {
    match visit.lives(0).await {
        Ok(false) => broken("the session of a window that was not meant has ended"),
        Ok(true) | Err(Trouble::Skipped(_)) => Ok(String::new()),
        Err(broken) => Err(broken),
    }
}

async fn end_window(visit: &mut Visit) -> Outcome {
    visit.must_live(0).await?;
    let (token, window) = (visit.setup.token.clone(), visit.windows[0].id.to_string());
    ended(&end_window_as(visit, &token, &window).await?)?;
    if visit.lives(0).await? { broken("its session still lives") } else { Ok(String::new()) }
}

async fn others_survive(visit: &mut Visit) -> Outcome {
    if visit.windows[1].cookies.is_empty() {
        return skipped("there is no second session");
    }
    if visit.lives(1).await? {
        Ok(String::new())
    } else {
        broken("the second window's session, of the same identity, has ended too")
    }
}

async fn end_again(visit: &mut Visit) -> Outcome {
    let (token, window) = (visit.setup.token.clone(), visit.windows[0].id.to_string());
    ended(&end_window_as(visit, &token, &window).await?)?;
    Ok(String::new())
}

async fn renewed(visit: &mut Visit) -> Outcome {
    let old = visit.newest(0)?.redeem_url.expose().to_owned();
    if visit.ticket(0).await?.redeem_url.expose() == old {
        broken("it is the old one")
    } else {
        Ok(String::new())
    }
}

async fn end_instance(visit: &mut Visit) -> Outcome {
    visit.must_live(1).await?;
    let (token, instance) = (visit.setup.token.clone(), visit.windows[1].instance.to_string());
    ended(&end_instance_as(visit, &token, &instance).await?)?;
    if visit.lives(1).await? {
        return broken("the session of its window still lives");
    }
    ended(&end_instance_as(visit, &token, &instance).await?)?;
    Ok(String::new())
}

async fn end_window_as(visit: &mut Visit, token: &Secret, window: &str) -> Result<Answer, Trouble> {
    visit.ask_as(Some(token), Method::DELETE, &["sessions", window], |request| request).await
}

async fn end_instance_as(visit: &mut Visit, token: &Secret, instance: &str) -> Result<Answer, Trouble> {
    let query = [("instance", instance)];
    visit.ask_as(Some(token), Method::DELETE, &["sessions"], |request| request.query(&query)).await
}

fn ended(answer: &Answer) -> Result<(), Trouble> {
    answer.has_status(204)?;
    answer.has_no_body()
}
