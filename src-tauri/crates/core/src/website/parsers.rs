//! What the website's documents may do to Mashdesk, whatever is in them: nothing
//! but what these functions assert. Property tests feed them, and the
//! coverage-guided targets in tests/fuzz.

use std::sync::OnceLock;

use reqwest::{Client, StatusCode};
use url::Url;

use super::answer::Answer;
use super::{CatalogAnswer, catalog as mashups, discovery as well_known, plain, ticket as grant};
use crate::navigation::Origin;
use crate::{Error, MashupId, Policy, http};

/// What stands in for a ticket in seeds; no error may repeat it.
const PLANTED: &str = "PLANTED-TICKET";

/// The discovery document.
pub fn discovery(body: &[u8]) {
    static HTTP: OnceLock<Client> = OnceLock::new();
    let Ok(http) = HTTP.get().map_or_else(|| http::client(&Policy::default()), |http| Ok(http.clone()))
    else {
        return;
    };
    let _ = HTTP.set(http.clone());
    let (answer, url) = answer(StatusCode::OK, body);
    match well_known::read(&answer, &http, &url) {
        Ok(website) => {
            assert!(Origin::of(&website.api).is_some(), "a token would go to {}", website.api);
            assert_eq!(website.name, plain(&website.name));
            assert!(!website.sign_in.is_empty());
            let support = website.support.as_ref().map(Url::scheme);
            assert!(matches!(support, None | Some("https" | "http" | "mailto")), "{support:?}");
            for way in &website.sign_in {
                let _ = way.host();
            }
        }
        Err(error) => can_be_told(&error),
    }
}

/// The catalog.
pub fn catalog(body: &[u8]) {
    match mashups::read(&answer(StatusCode::OK, body).0) {
        Ok(CatalogAnswer::Changed { mashups, .. }) => {
            for mashup in mashups {
                assert_eq!(MashupId::parse(mashup.id.as_str()).ok().as_ref(), Some(&mashup.id));
                for text in [&mashup.title, &mashup.description, &mashup.group] {
                    assert_eq!(*text, plain(text));
                }
                let accent = mashup.accent.unwrap_or_else(|| "#000000".to_owned());
                assert!(accent.len() == 7 && accent.starts_with('#'), "{accent}");
            }
        }
        Ok(CatalogAnswer::Unchanged) => {}
        Err(error) => can_be_told(&error),
    }
}

/// The answer to a request for a ticket: a ticket.
pub fn ticket(body: &[u8]) {
    match grant::read(&answer(StatusCode::CREATED, body).0, &mashup()) {
        Ok(ticket) => {
            for url in [&ticket.redeem_url, &ticket.mashup_url] {
                let url = Url::parse(url.expose()).ok();
                assert!(url.as_ref().and_then(Origin::of).is_some(), "it would travel in the clear");
            }
            assert!(ticket.allowed.contains_origin(ticket.redeem_url.origin()));
            // A cookie's name is no secret, whatever it is.
            let mut printed = format!("{ticket:?}").replace(&ticket.session_cookie, "");
            let page =
                Url::parse(ticket.mashup_url.expose()).ok().and_then(|url| url.host_str().map(str::to_owned));
            for cookie in &ticket.mashup_cookies {
                assert!(!cookie.name.contains(['=', ';', ' ']), "{}", cookie.name);
                let domain = cookie.domain.trim_start_matches('.');
                assert!(page.as_ref().is_some_and(|page| page.ends_with(domain)), "{}", cookie.domain);
                for known in [&cookie.name, &cookie.domain, &cookie.path] {
                    printed = printed.replace(&format!("{known:?}"), "");
                }
            }
            assert!(!printed.contains(PLANTED), "{printed}");
            assert!(!ticket.session_cookie.contains(['/', '=', ';', ' ']), "{}", ticket.session_cookie);
        }
        Err(error) => {
            can_be_told(&error);
            assert!(!format!("{error:?}").contains(PLANTED), "{error}");
        }
    }
}

/// A problem document, with any status that a refusal has.
pub fn problem(data: &[u8]) {
    let statuses = [401, 403, 404, 409, 410, 429, 500, 503, 302];
    let (first, body) = data.split_first().unwrap_or((&0, data));
    let status = statuses[usize::from(*first) % statuses.len()];
    let answer = answer(StatusCode::from_u16(status).unwrap_or_default(), body).0;
    let problem = answer.problem();
    assert_eq!(problem.detail, plain(&problem.detail));
    assert!(problem.detail.chars().count() <= 500);
    match grant::read(&answer, &mashup()) {
        Ok(_) => unreachable!("a refusal is no ticket"),
        Err(error) => can_be_told(&error),
    }
}

fn answer(status: StatusCode, body: &[u8]) -> (Answer, Url) {
    #[expect(clippy::expect_used, reason = "a constant")]
    let url = Url::parse("https://portal.example/").expect("a URL");
    (Answer::made_up(status, &url, body), url)
}

fn mashup() -> MashupId {
    #[expect(clippy::expect_used, reason = "a constant")]
    MashupId::parse("m1").expect("an id")
}

/// An error has words, and crosses the border to the launcher.
fn can_be_told(error: &Error) {
    assert!(!error.to_string().is_empty());
    assert!(serde_json::to_value(error).is_ok(), "{error:?}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Value, json};

    use super::*;

    /// A sound document with one member replaced by something odd.
    fn nearly(sound: Value) -> impl Strategy<Value = Vec<u8>> {
        let mut paths = vec![String::new()];
        members(&sound, "", &mut paths);
        let odd = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
            r"(https?|file|javascript|tauri|)://?[a-z@:\[\].%/?#]{0,20}".prop_map(Value::from),
            Just(json!([])),
            Just(json!({})),
            Just(json!([[{"kind": "oidc"}]])),
        ];
        (select(paths), odd).prop_map(move |(path, odd)| {
            let mut document = sound.clone();
            if let Some(member) = document.pointer_mut(&path) {
                *member = odd;
            }
            document.to_string().into_bytes()
        })
    }

    fn members(value: &Value, path: &str, paths: &mut Vec<String>) {
        let below: Vec<(String, &Value)> = match value {
            Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(list) => list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
            _ => vec![],
        };
        for (name, value) in below {
            let path = format!("{path}/{name}");
            members(value, &path, paths);
            paths.push(path);
        }
    }

    fn website() -> Value {
        json!({"mashdesk": 1, "name": "Acme", "api": "/api", "support": "mailto:it@acme.example", "sign_in": [
            {"kind": "oidc", "issuer": "https://login.example", "client_id": "c", "scopes": ["openid"]},
            {"kind": "web", "login_url": "https://p.example/in", "done_url": "https://p.example/done"},
            {"kind": "token", "help": "Ask", "help_url": "/token"},
        ]})
    }

    fn listed() -> Value {
        json!({"mashups": [{"id": "m1", "title": "Sales", "description": "D", "group": "G",
            "accent": "#a1b2c3", "icon": "data:image/png;base64,iVBORw0KGgo=", "updated": "2026-11-24T10:00:00Z"}]})
    }

    fn granted() -> Value {
        let redeem_url = format!("https://qlik.example/t/resources/img/a.png?qlikTicket={PLANTED}");
        json!({"redeem_url": redeem_url, "mashup_url": format!("https://portal.example/m1?code={PLANTED}"),
            "mashup_cookies": [format!("visit={PLANTED}; Path=/m1; Domain=portal.example; HttpOnly; Max-Age=60")],
            "session_cookie": "X-Qlik-Session", "allowed_origins": ["https://maps.example"],
            "expires_in": 60, "quota": {"used": 1, "limit": 5}})
    }

    /// Found by fuzzing: it would have been printed with every error about it.
    #[test]
    fn a_session_cookie_is_called_by_a_name() {
        for (name, good) in [
            ("X-Qlik-Session-ticket-HTTP", true),
            ("", false),
            ("https://portal.example/m1?code=1", false),
            ("a=b", false),
            ("a\u{e9}", false),
            (&*"a".repeat(129), false),
        ] {
            let mut granted = granted();
            granted["session_cookie"] = name.into();
            let (answer, _) = answer(StatusCode::CREATED, granted.to_string().as_bytes());
            assert_eq!(grant::read(&answer, &mashup()).is_ok(), good, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_discovery_document_is_read_or_refused(body in nearly(website())) {
            discovery(&body);
        }

        #[test]
        fn any_catalog_is_read_or_refused(body in nearly(listed())) {
            catalog(&body);
        }

        #[test]
        fn any_ticket_is_read_or_refused(body in nearly(granted())) {
            ticket(&body);
        }

        #[test]
        fn any_problem_is_told(
            status in any::<u8>(),
            mut body in nearly(json!({"type": "about:blank", "title": "T", "status": 409, "code": "session_limit",
                "detail": "No", "quota": {"used": 5, "limit": 5}})),
        ) {
            body.insert(0, status);
            problem(&body);
        }

        #[test]
        fn bytes_are_read_or_refused(body in any::<Vec<u8>>()) {
            discovery(&body);
            catalog(&body);
            ticket(&body);
            problem(&body);
        }
    }
}
