//! Whatever the website answers instead of a ticket: each has words of its
//! own, in the window that asked.

use mashdesk_core::Error;
use mashdesk_core::website::Quota;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{REDEEM, TICKETS};
use crate::stage::{Stage, StandIn, id, in_brief};

#[tokio::test]
async fn what_answers_instead_of_a_ticket() {
    let website = StandIn::start().await;
    let host = website.host();
    let mashup = "m1".to_owned();
    let garbage = Error::WebsiteGarbage { host: host.clone(), what: String::new() };
    let status = |status: u16| Error::WebsiteError { host: host.clone(), status };
    let busy = |seconds| Error::WebsiteBusy { host: host.clone(), seconds };
    let not_authorised =
        |reason: &str| Error::NotAuthorised { mashup: mashup.clone(), reason: reason.to_owned() };
    let limit = |used, limit| Error::SessionLimit { mashup: mashup.clone(), used, limit, yours: 0 };
    let table = [
        (
            "not hers",
            problem(403, &json!({"code": "not_authorised", "title": "No", "detail": "Sales only."})),
            not_authorised("Sales only."),
        ),
        (
            "not hers, in a title alone",
            problem(403, &json!({"code": "not_authorised", "title": "Sales only"})),
            not_authorised("Sales only"),
        ),
        (
            "not hers, in tricky words",
            problem(
                403,
                &json!({"code": "not_authorised", "detail": format!("a\u{202e}\n{}", "b".repeat(9_999))}),
            ),
            not_authorised(&format!("a{}", "b".repeat(499))),
        ),
        ("not hers, in no words", problem(403, &json!({"code": "not_authorised"})), not_authorised("")),
        (
            "403 of somebody else's",
            ResponseTemplate::new(403).set_body_string("<h1>Firewall</h1>"),
            status(403),
        ),
        ("403 of another code", problem(403, &json!({"code": "banned"})), status(403)),
        ("403 of wrong types", problem(403, &json!({"code": ["not_authorised"]})), status(403)),
        (
            "no such mashup",
            problem(404, &json!({"code": "unknown_mashup"})),
            Error::UnknownMashup { mashup: mashup.clone() },
        ),
        ("404 of somebody else's", ResponseTemplate::new(404), status(404)),
        (
            "no session left",
            problem(409, &json!({"code": "session_limit", "quota": {"used": 7, "limit": 7}})),
            limit(7, 7),
        ),
        ("no session left, in no numbers", problem(409, &json!({"code": "session_limit"})), limit(5, 5)),
        ("409 of another code", problem(409, &json!({"code": "conflict"})), status(409)),
        ("a bad request", problem(400, &json!({"code": "bad_request"})), status(400)),
        ("an own error", ResponseTemplate::new(500), status(500)),
        ("too many", ResponseTemplate::new(429).insert_header("Retry-After", "12"), busy(12)),
        ("busy", ResponseTemplate::new(503).insert_header("Retry-After", "5"), busy(5)),
        ("busy for how long", ResponseTemplate::new(503), busy(30)),
        ("busy for no time", ResponseTemplate::new(503).insert_header("Retry-After", "-1"), busy(30)),
        (
            "sign in again",
            problem(401, &json!({"code": "sign_in_again"})),
            Error::SignInNeeded { host: host.clone() },
        ),
        (
            "a login page",
            ResponseTemplate::new(302).insert_header("Location", "https://login.example/x"),
            Error::WebsiteRedirected { host: host.clone(), location: "login.example".to_owned() },
        ),
        ("a web page", ResponseTemplate::new(200).set_body_raw("<html>", "text/html"), garbage.clone()),
        ("nonsense", ResponseTemplate::new(201).set_body_string("ticket"), garbage.clone()),
        ("nothing at all", ResponseTemplate::new(201), garbage.clone()),
        ("deep JSON", ResponseTemplate::new(201).set_body_string("{\"a\":".repeat(10_000)), garbage.clone()),
        ("without end", ResponseTemplate::new(201).set_body_bytes(vec![b' '; 33 << 20]), garbage),
    ];
    for (name, answer, wanted) in table {
        assert_eq!(refused(&website, answer).await, wanted, "{name}");
    }
    assert!(website.asked(REDEEM).is_empty());
}

#[tokio::test]
async fn tickets_that_are_none() {
    let website = StandIn::start().await;
    let garbage = Error::WebsiteGarbage { host: website.host(), what: String::new() };
    let members = ["redeem_url", "mashup_url", "session_cookie", "expires_in"];
    let mut tickets = Vec::new();
    for member in members {
        let mut ticket = website.ticket();
        ticket.as_object_mut().and_then(|object| object.remove(member)).expect("it was there");
        tickets.push(ticket);
    }
    let spoilt = [
        ("redeem_url", json!(7)),
        ("redeem_url", json!("/redeem")),
        ("redeem_url", json!("http://qlik.example/redeem?qlikTicket=t")),
        ("redeem_url", json!("file:///etc/passwd")),
        ("mashup_url", json!("http://portal.example/m1?code=c")),
        ("mashup_url", json!("javascript:alert(1)")),
        ("mashup_url", json!("data:text/html,x")),
        ("mashup_cookies", json!("visit=1")),
        ("mashup_cookies", json!([7])),
        ("mashup_cookies", json!(["=; ;"])),
        ("mashup_cookies", json!(["a name=1"])),
        ("mashup_cookies", json!(["visit=1\r\nX: y"])),
        ("mashup_cookies", json!(["visit=1", "visit=1; Domain=other.example"])),
        ("mashup_cookies", json!(vec!["visit=1"; 21])),
        ("session_cookie", json!(null)),
        ("session_cookie", json!(["a"])),
        ("allowed_origins", json!("https://a.example")),
        ("allowed_origins", json!([7])),
        ("expires_in", json!("60")),
        ("expires_in", json!(-1)),
        ("quota", json!({"used": 1})),
        ("quota", json!({"used": -1, "limit": 5})),
    ];
    for (member, value) in spoilt {
        let mut ticket = website.ticket();
        ticket[member] = value;
        tickets.push(ticket);
    }
    for ticket in tickets {
        let answer = ResponseTemplate::new(201).set_body_json(&ticket);
        assert_eq!(refused(&website, answer).await, garbage, "{ticket}");
    }
    assert!(website.asked(REDEEM).is_empty(), "none is redeemed");
}

#[tokio::test]
async fn what_a_ticket_may_hold() {
    let website = StandIn::start().await;
    let mut ticket = website.ticket();
    ticket["allowed_origins"] = json!(["https://maps.example", "http://in-the-clear.example", "data:,x"]);
    ticket["quota"] = json!({"used": 3, "limit": 5});
    let past = "gone=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    ticket["mashup_cookies"] =
        json!(["visit=1", "visit=2; Path=/", past, "node=; Max-Age=0", "lang=es; Path=/m1"]);
    ticket["future"] = json!({"x": 1});
    website.answers(TICKETS, ResponseTemplate::new(201).set_body_json(&ticket));
    let stage = Stage::at(&website).await;
    let window = stage.open("m1").await;

    let session = stage.desk.window(window).expect("it is open");
    assert_eq!(session.quota, Some(Quota { used: 4, limit: 5 }), "this window's included");
    let allowed = session.allowed.expect("known by now");
    assert_eq!(allowed.mashup.host(), website.host());
    assert_eq!(allowed.qlik.host(), website.host());
    let others: Vec<_> = allowed.others.iter().map(ToString::to_string).collect();
    assert_eq!(others, ["https://maps.example"]);

    let store = stage.host().store(window).expect("a store");
    let planted: Vec<_> = store.iter().map(|cookie| (&*cookie.name, cookie.value.expose())).collect();
    assert_eq!(planted, [("visit", "2"), ("lang", "es"), ("session", "s1")], "what is over is not planted");

    let asked = &website.asked(TICKETS)[0];
    let body: Value = asked.body_json().expect("JSON");
    assert_eq!(body["mashup_cookies"], true);
    assert_eq!(body["window"], window.to_string());
    assert!(body["instance"].as_str().is_some_and(|instance| instance.len() == 36), "{body}");
}

/// Opens the mashup; answers why it did not.
async fn refused(website: &StandIn, answer: ResponseTemplate) -> Error {
    website.is_sound();
    let stage = Stage::at(website).await;
    website.answers(TICKETS, answer);
    let window = stage.desk.open(&id("m1")).expect("signed in");
    let error = stage.told(window).await;
    assert_eq!(stage.host().store(window).expect("a store"), [], "nothing is planted");
    // Some answers are waited out; the next row is none of theirs.
    stage.desk.close(window).expect("it is open");
    in_brief(error)
}

fn problem(status: u16, document: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(document.to_string(), "application/problem+json")
}
