//! Giving sessions back: the right one, and nobody else's.

use reqwest::{Method, RequestBuilder};
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
    let nobody = || Uuid::new_v4().to_string();
    ended(&end_window_as(visit, None, &nobody()).await?)?;
    ended(&end_instance_as(visit, None, &nobody()).await?)?;
    survived(visit).await
}

async fn stranger(visit: &mut Visit) -> Outcome {
    let other = other_token(visit)?;
    visit.must_live(0).await?;
    let (window, instance) = (visit.windows[0].id.to_string(), visit.windows[0].instance.to_string());
    ended(&end_window_as(visit, Some(&other), &window).await?)?;
    ended(&end_instance_as(visit, Some(&other), &instance).await?)?;
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
    visit.second_lived = visit.lives(1).await.unwrap_or(false);
    let window = visit.windows[0].id.to_string();
    ended(&end_window_as(visit, None, &window).await?)?;
    if visit.lives(0).await? { broken("its session still lives") } else { Ok(String::new()) }
}

async fn others_survive(visit: &mut Visit) -> Outcome {
    if !visit.second_lived {
        return skipped("there were no two sessions");
    }
    if visit.lives(1).await? {
        Ok(String::new())
    } else {
        broken("the second window's session, of the same identity, has ended too")
    }
}

async fn end_again(visit: &mut Visit) -> Outcome {
    let window = visit.windows[0].id.to_string();
    ended(&end_window_as(visit, None, &window).await?)?;
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
    let instance = visit.windows[1].instance.to_string();
    ended(&end_instance_as(visit, None, &instance).await?)?;
    if visit.lives(1).await? {
        return broken("the session of its window still lives");
    }
    ended(&end_instance_as(visit, None, &instance).await?)?;
    Ok(String::new())
}

/// As the person, or as another one.
async fn end_window_as(visit: &mut Visit, other: Option<&Secret>, window: &str) -> Result<Answer, Trouble> {
    end(visit, other, &["sessions", window], |request| request).await
}

async fn end_instance_as(
    visit: &mut Visit,
    other: Option<&Secret>,
    instance: &str,
) -> Result<Answer, Trouble> {
    let query = [("instance", instance)];
    end(visit, other, &["sessions"], |request| request.query(&query)).await
}

async fn end(
    visit: &mut Visit,
    other: Option<&Secret>,
    path: &[&str],
    shape: impl Fn(RequestBuilder) -> RequestBuilder,
) -> Result<Answer, Trouble> {
    match other {
        None => visit.ask(Method::DELETE, path, shape).await,
        other => visit.ask_as(other, Method::DELETE, path, shape).await,
    }
}

fn ended(answer: &Answer) -> Result<(), Trouble> {
    answer.has_status(204)?;
    answer.has_no_body()
}
