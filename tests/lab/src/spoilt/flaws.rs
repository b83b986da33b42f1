//! Websites with one flaw each, and the checks that must tell.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::DENIED;
use super::Spoil::{self, Asked, Both, Told};
use super::{Ground, Told as Answer};
use crate::qlik::Spoil as TicketSpoil;

const WELL_KNOWN: &str = "/.well-known/mashdesk.json";
const CATALOG: &str = "/api/v1/mashups";

/// What is wrong, which checks must tell and no others, and how it is done.
pub const FLAWS: &[(&str, &[&str], Spoil)] = &[
    (
        "the discovery document is behind a sign-in page",
        &["discovery.found"],
        Told(|_, asked, told| {
            if asked.path == WELL_KNOWN {
                told.redirect("/sign-in");
            }
        }),
    ),
    (
        "the discovery document needs a token",
        &["discovery.found"],
        Told(|_, asked, told| {
            if asked.path == WELL_KNOWN && asked.token().is_none() {
                told.status = StatusCode::UNAUTHORIZED;
            }
        }),
    ),
    (
        "the version is a text",
        &["discovery.shape"],
        Told(|_, asked, told| discovery(&asked.path, told, |document| document["mashdesk"] = json!("1"))),
    ),
    (
        "the calls are in the clear",
        &["discovery.https"],
        Told(|_, asked, told| {
            discovery(&asked.path, told, |document| document["api"] = json!("http://portal.example/api"));
        }),
    ),
    (
        "a way to sign in lacks a scope",
        &["discovery.sign_in"],
        Told(|_, asked, told| {
            discovery(&asked.path, told, |document| document["sign_in"][0]["scopes"] = json!(["profile"]));
        }),
    ),
    (
        "the issuer has a slash that its metadata has not",
        &["discovery.oidc_metadata"],
        Told(|_, asked, told| {
            discovery(&asked.path, told, |document| {
                let issuer = document["sign_in"][0]["issuer"].as_str().map(|issuer| format!("{issuer}/"));
                document["sign_in"][0]["issuer"] = json!(issuer);
            });
        }),
    ),
    (
        "the person has no name to be greeted with",
        &["sign_in.me"],
        Told(|_, asked, told| {
            if asked.path.ends_with("/me") {
                told.edit(|person| person["display_name"] = Value::Null);
            }
        }),
    ),
    (
        "no token is as good as one",
        &["sign_in.no_token"],
        Asked(|ground, asked| {
            if asked.token().is_none() && asked.path.starts_with("/api/") {
                asked.set_token(&ground.tokens[0]);
            }
        }),
    ),
    (
        "a void token is 403",
        &["sign_in.wrong_token"],
        Told(|_, asked, told| {
            if told.status == StatusCode::UNAUTHORIZED && asked.token().is_some() {
                told.status = StatusCode::FORBIDDEN;
            }
        }),
    ),
    (
        "no WWW-Authenticate",
        &["sign_in.no_token", "sign_in.wrong_token"],
        Told(|_, _, told| drop(told.headers.remove(header::WWW_AUTHENTICATE))),
    ),
    (
        "a colour is a word",
        &["catalog.shape"],
        Told(|_, asked, told| catalog(&asked.path, told, |it| it["mashups"][1]["accent"] = json!("Red"))),
    ),
    ("no ETag", &["catalog.etag"], Told(|_, _, told| drop(told.headers.remove(header::ETAG)))),
    (
        "If-None-Match is not heard",
        &["catalog.not_modified"],
        Asked(|_, asked| drop(asked.headers.remove(header::IF_NONE_MATCH))),
    ),
    (
        "one ETag for everybody",
        &["catalog.own_etag"],
        Told(|_, asked, told| {
            if asked.path == CATALOG && told.status.is_success() {
                told.set(header::ETAG, "\"1\"");
                if asked.headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == "\"1\"") {
                    told.status = StatusCode::NOT_MODIFIED;
                    told.body.clear();
                }
            }
        }),
    ),
    (
        "the catalog may rest in any cache",
        &["catalog.cache_control"],
        Told(|_, asked, told| {
            if asked.path == CATALOG {
                told.set(header::CACHE_CONTROL, "public, max-age=60");
            }
        }),
    ),
    (
        "everybody gets the whole catalog",
        &["catalog.without_denied"],
        Asked(|ground, asked| {
            if asked.path == CATALOG && asked.token() == Some(&*ground.tokens[0]) {
                asked.set_token(&ground.tokens[1]);
            }
        }),
    ),
    (
        "a ticket travels in the clear",
        &["tickets.given"],
        Told(|_, _, told| ticket(told, |it| it["redeem_url"] = json!("http://qlik.example/?qlikTicket=t"))),
    ),
    (
        "a ticket may rest in caches",
        &["tickets.no_store"],
        Told(|_, _, told| {
            if told.status == StatusCode::CREATED {
                told.set(header::CACHE_CONTROL, "private");
            }
        }),
    ),
    (
        "one ticket for all windows",
        &["tickets.fresh", "redeem.two_windows", "sessions.renewed"],
        Told(|ground, _, told| {
            ticket(told, |it| {
                let first = ground.first(it["redeem_url"].as_str().unwrap_or_default());
                it["redeem_url"] = json!(first);
            });
        }),
    ),
    (
        "Qlik's origin is not among the allowed",
        &["tickets.allowed_origins"],
        Told(|_, _, told| {
            ticket(told, |it| drop(it["allowed_origins"].as_array_mut().and_then(Vec::pop)));
        }),
    ),
    (
        "a bad request is the website's own failure",
        &["tickets.bad_request", "sessions.bad_request"],
        Told(|_, _, told| {
            if told.status == StatusCode::BAD_REQUEST {
                told.status = StatusCode::INTERNAL_SERVER_ERROR;
            }
        }),
    ),
    (
        "an unknown mashup is a web page",
        &["tickets.unknown_mashup"],
        Told(|_, _, told| {
            if told.status == StatusCode::NOT_FOUND {
                told.set(header::CONTENT_TYPE, "text/html");
                told.body = b"<h1>Not found</h1>".to_vec();
            }
        }),
    ),
    (
        "a problem says another status",
        &["tickets.unknown_mashup"],
        Told(|_, _, told| {
            if told.status == StatusCode::NOT_FOUND {
                told.edit(|problem| problem["status"] = json!(500));
            }
        }),
    ),
    (
        "another person's mashup opens",
        &["tickets.denied_mashup"],
        Asked(|_, asked| asked.path = asked.path.replace(DENIED, "m001")),
    ),
    (
        "a refusal has no reason",
        &["tickets.denied_mashup"],
        Told(|_, _, told| {
            if told.status == StatusCode::FORBIDDEN {
                told.edit(|problem| problem["detail"] = json!(""));
            }
        }),
    ),
    (
        "the session cookie has another name",
        &["redeem.session_cookie"],
        Told(|_, _, told| ticket(told, |it| it["session_cookie"] = json!("X-Qlik-Session"))),
    ),
    (
        "tickets are used up before they are given",
        &["redeem.session_cookie"],
        Asked(|ground, asked| {
            if asked.is(&Method::POST, "/tickets") {
                ground.lab.qlik.spoil_tickets(TicketSpoil::UseUpFirst, 1);
            }
        }),
    ),
    (
        "a ticket is good twice",
        &["redeem.once"],
        Told(|ground, asked, told| {
            ticket(told, |it| through(ground, it, "redeem_url"));
            if asked.is(&Method::GET, "qlikTicket=") {
                again(ground, told, StatusCode::OK, header::SET_COOKIE);
            }
        }),
    ),
    (
        "the quota counts nothing",
        &["redeem.quota"],
        Told(|_, _, told| ticket(told, |it| it["quota"]["used"] = json!(0))),
    ),
    (
        "the mashup wants a sign-in",
        &["mashup.opens", "mashup.code_goes", "mashup.code_once"],
        Told(|ground, _, told| {
            ticket(told, |it| it["mashup_url"] = json!(format!("{}mashups/m001/", ground.lab.website.url())));
        }),
    ),
    (
        "the mashup redirects for ever",
        &["mashup.opens"],
        Told(|ground, asked, told| {
            ticket(told, |it| through(ground, it, "mashup_url"));
            if asked.path.contains("/open?") {
                told.redirect(&asked.path);
            }
        }),
    ),
    (
        "the code is redirected in another way",
        &["mashup.code_goes"],
        Told(|ground, _, told| {
            ticket(told, |it| through(ground, it, "mashup_url"));
            if told.status == StatusCode::SEE_OTHER {
                told.status = StatusCode::FOUND;
            }
        }),
    ),
    (
        "the code is good twice",
        &["mashup.code_once"],
        Told(|ground, asked, told| {
            ticket(told, |it| through(ground, it, "mashup_url"));
            if asked.path.contains("/open?") {
                told.set(header::LOCATION, "/mashups/m001/");
                again(ground, told, StatusCode::SEE_OTHER, header::SET_COOKIE);
            }
        }),
    ),
    (
        "the cookies that are handed over let nobody in",
        &["mashup.cookies"],
        Told(|_, _, told| handing_over(told, |it| it["mashup_cookies"] = json!(["visit=void; Path=/"]))),
    ),
    (
        "the cookies that are handed over are another host's",
        &["mashup.cookies"],
        Told(|_, _, told| {
            handing_over(told, |it| it["mashup_cookies"] = json!(["visit=1; Domain=portal.example"]));
        }),
    ),
    (
        "the page redirects whoever has the cookies",
        &["mashup.cookies"],
        Told(|ground, asked, told| {
            handing_over(told, |it| through(ground, it, "mashup_url"));
            if asked.path == "/mashups/m001/" {
                told.redirect("/mashups/m001/mashup.html");
            }
        }),
    ),
    (
        "the page wants no cookies",
        &["mashup.cookies"],
        Told(|ground, asked, told| {
            handing_over(told, |it| through(ground, it, "mashup_url"));
            if asked.path == "/mashups/m001/" {
                told.status = StatusCode::OK;
            }
        }),
    ),
    (
        "a closed window's session lives on",
        &["sessions.end_window"],
        Asked(|_, asked| {
            if asked.method == Method::DELETE && window(&asked.path).is_some() {
                asked.path = format!("/api/v1/sessions/{}", Uuid::new_v4());
            }
        }),
    ),
    (
        "closing a window ends the identity's other sessions",
        &["sessions.others_survive"],
        Asked(|ground, asked| {
            let window = window(&asked.path).map(|window| window.to_string());
            let sessions = ground.lab.qlik.sessions();
            let meant = sessions.iter().any(|session| session.attributes.get("window") == window.as_deref());
            if asked.method == Method::DELETE && asked.token() == Some(&*ground.tokens[0]) && meant {
                for session in sessions {
                    ground.lab.qlik.end_session(&session.id);
                }
            }
        }),
    ),
    (
        "anybody ends anybody's sessions",
        &["sessions.stranger"],
        Asked(|ground, asked| {
            if asked.method == Method::DELETE && asked.token() == Some(&*ground.tokens[1]) {
                asked.set_token(&ground.tokens[0]);
            }
        }),
    ),
    (
        "an unknown window ends whatever there is",
        &["sessions.unknown"],
        Told(|ground, asked, _| {
            if asked.method == Method::DELETE && asked.path.contains("/sessions?") {
                for session in ground.lab.qlik.sessions() {
                    ground.lab.qlik.end_session(&session.id);
                }
            }
        }),
    ),
    (
        "a window that is closed already is 404",
        &["sessions.end_again"],
        Told(|ground, asked, told| {
            if asked.method == Method::DELETE && window(&asked.path).is_some() {
                let call = format!("{:?} {}", asked.token(), asked.path);
                let mut kept = ground.kept.lock().expect("no panic before");
                if kept.contains(&call) {
                    told.status = StatusCode::NOT_FOUND;
                }
                kept.push(call);
            }
        }),
    ),
    (
        "a run that crashed keeps its sessions",
        &["sessions.end_instance"],
        Asked(|_, asked| {
            if let Some((call, instance)) = asked.path.clone().split_once("?instance=")
                && Uuid::try_parse(instance).is_ok()
            {
                asked.path = format!("{call}?instance={}", Uuid::new_v4());
            }
        }),
    ),
    (
        "sessions are given back with words",
        &[
            "sessions.unknown",
            "sessions.stranger",
            "sessions.end_window",
            "sessions.end_again",
            "sessions.end_instance",
        ],
        Told(|_, _, told| {
            if told.status == StatusCode::NO_CONTENT {
                told.status = StatusCode::OK;
                told.body = b"ended".to_vec();
            }
        }),
    ),
    (
        "a new window is refused after the old one has ended",
        &["sessions.renewed"],
        Both(
            |ground, asked| {
                if asked.method == Method::DELETE && asked.token() == Some(&*ground.tokens[0]) {
                    ground
                        .kept
                        .lock()
                        .expect("no panic before")
                        .extend(window(&asked.path).map(|it| it.to_string()));
                }
            },
            |ground, asked, told| {
                let kept = ground.kept.lock().expect("no panic before");
                let body = String::from_utf8_lossy(&asked.body);
                if told.status == StatusCode::CREATED && kept.iter().any(|window| body.contains(window)) {
                    told.status = StatusCode::CONFLICT;
                }
            },
        ),
    ),
    (
        "events are plain text",
        &["events.stream"],
        Told(|_, asked, told| {
            if asked.path.ends_with("/events") && told.status.is_success() {
                told.set(header::CONTENT_TYPE, "text/plain");
            }
        }),
    ),
    (
        "busy, and not for how long",
        &["sign_in.me", "answers.busy"],
        Told(|_, asked, told| {
            if asked.path.ends_with("/me") && told.status.is_success() {
                busy(told);
            }
        }),
    ),
];

fn discovery(path: &str, told: &mut Answer, edit: impl FnOnce(&mut Value)) {
    if path == WELL_KNOWN {
        told.edit(edit);
    }
}

fn catalog(path: &str, told: &mut Answer, edit: impl FnOnce(&mut Value)) {
    if path == CATALOG && told.status.is_success() {
        told.edit(edit);
    }
}

fn ticket(told: &mut Answer, edit: impl FnOnce(&mut Value)) {
    if told.status == StatusCode::CREATED {
        told.edit(edit);
    }
}

/// A ticket with which the website hands its cookies over.
fn handing_over(told: &mut Answer, edit: impl FnOnce(&mut Value)) {
    ticket(told, |it| {
        if it["mashup_cookies"].is_array() {
            edit(it);
        }
    });
}

/// Leads that URL of a ticket through the spoilt website, which may then.
fn through(ground: &Ground, ticket: &mut Value, member: &str) {
    let mut url = Url::parse(ticket[member].as_str().unwrap_or_default()).expect("a URL");
    url.set_port(ground.url.port()).expect("a port");
    ticket[member] = json!(url);
    if let Some(origins) = ticket["allowed_origins"].as_array_mut() {
        origins.push(json!(ground.url.origin().ascii_serialization()));
    }
}

/// Answers with the header of the first time for ever.
fn again(ground: &Ground, told: &mut Answer, status: StatusCode, name: header::HeaderName) {
    let first = told.headers.get(&name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut kept = ground.kept.lock().expect("no panic before");
    match first {
        Some(first) => kept.push(first),
        None => {
            told.status = status;
            told.set(name, &kept[0]);
        }
    }
}

/// The window that a call is about.
fn window(path: &str) -> Option<Uuid> {
    Uuid::try_parse(path.strip_prefix("/api/v1/sessions/")?).ok()
}

/// Makes it an answer of a website that has no time now.
pub fn busy(told: &mut Answer) {
    told.status = StatusCode::SERVICE_UNAVAILABLE;
    told.set(header::CONTENT_TYPE, "application/problem+json");
    told.body = json!({"title": "Busy", "status": 503, "code": "busy"}).to_string().into_bytes();
}
