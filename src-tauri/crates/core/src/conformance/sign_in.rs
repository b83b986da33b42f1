//! Who is signed in, and what every call answers to who is not.

use reqwest::{Method, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use super::visit::Visit;
use super::{Check, Outcome, Trouble, broken, shape};
use crate::Secret;

pub(super) const CHECKS: &[Check] = &[
    check!("sign_in.me", me, "`GET {api}/me` answers 200 with the person's `name` and `display_name`"),
    check!("sign_in.no_token", no_token, ASKS),
    check!("sign_in.wrong_token", wrong_token, ASKS),
];
const ASKS: &str = "Every call but the discovery answers 401 with `WWW-Authenticate: Bearer` and a problem document \
                    (RFC 9457, RFC 6750) with the code `sign_in_again` to no token, and to one that is void";

async fn me(visit: &mut Visit) -> Outcome {
    let answer = visit.ask(Method::GET, &["me"], |request| request).await?;
    visit.signed_out = answer.status == StatusCode::UNAUTHORIZED;
    let person = answer.json(200, "application/json")?;
    shape::text(&person, "name", 1..=usize::MAX)?;
    let name = shape::text(&person, "display_name", 1..=usize::MAX)?;
    Ok(shape::shown(name))
}

async fn no_token(visit: &mut Visit) -> Outcome {
    refused(visit, None).await
}

async fn wrong_token(visit: &mut Visit) -> Outcome {
    refused(visit, Some(Secret::new(format!("not-a-token-{}", Uuid::new_v4())))).await
}

/// Every call must be refused.
async fn refused(visit: &mut Visit, token: Option<Secret>) -> Outcome {
    let uuid = Uuid::new_v4().to_string();
    let mashup = first_mashup(visit).await;
    let wish = json!({"window": uuid, "instance": uuid});
    let calls: [(&str, Method, &[&str]); 6] = [
        ("GET /me", Method::GET, &["me"]),
        ("GET /mashups", Method::GET, &["mashups"]),
        ("POST /mashups/{id}/tickets", Method::POST, &["mashups", &mashup, "tickets"]),
        ("DELETE /sessions/{window}", Method::DELETE, &["sessions", &uuid]),
        ("DELETE /sessions", Method::DELETE, &["sessions"]),
        ("GET /events", Method::GET, &["events"]),
    ];
    let mut faults = Vec::new();
    for (name, method, path) in calls {
        let by_instance = path == ["sessions"];
        let answer = visit
            .ask_as(token.as_ref(), method.clone(), path, |request| match method {
                Method::POST => request.json(&wish),
                _ if by_instance => request.query(&[("instance", &uuid)]),
                _ => request,
            })
            .await?;
        // A website without events says so to anybody.
        if name == "GET /events" && answer.status.as_u16() == 404 {
            continue;
        }
        let scheme = answer.header(header::WWW_AUTHENTICATE).unwrap_or_default().to_ascii_lowercase();
        let verdict = match answer.problem(401, "sign_in_again") {
            Ok(_) if !scheme.starts_with("bearer") => broken("has no `WWW-Authenticate: Bearer`"),
            other => other,
        };
        match verdict {
            Ok(_) => {}
            Err(Trouble::Broken(words)) => faults.push(format!("{name} {words}")),
            Err(skipped) => return Err(skipped),
        }
    }
    if faults.is_empty() { Ok("all calls".to_owned()) } else { broken(faults.join("; ")) }
}

/// A mashup that is there, so that only the token can be what is wrong.
async fn first_mashup(visit: &mut Visit) -> String {
    if let Some(mashup) = &visit.setup.mashup {
        return mashup.to_string();
    }
    let catalog = visit.ask(Method::GET, &["mashups"], |request| request).await;
    let first = catalog.ok().and_then(|answer| {
        let catalog = answer.json(200, "application/json").ok()?;
        Some(catalog.get("mashups")?.get(0)?.get("id")?.as_str()?.to_owned())
    });
    first.unwrap_or_else(|| "m1".to_owned())
}
