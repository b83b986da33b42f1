//! What comes from outside, and what it may do whatever is in it: nothing but
//! what these functions assert. Property tests feed them, and the coverage-guided
//! targets in tests/fuzz.

use std::path::{Component, Path};

use eventsource_stream::Eventsource;
use futures_util::{FutureExt, StreamExt, stream};
use jiff::Zoned;
use url::Url;

use crate::events::News;
use crate::exports::file_name;
use crate::navigation::{Allowed, Decision, Origin, Way, decide};
use crate::policy::{Proxy, ProxyAddress, Settled, Source};
use crate::qlik::StoreCookie;
use crate::sessions::Seen;
pub use crate::website::parsers::{catalog, discovery, problem, ticket};
use crate::website::plain;
use crate::{Error, MashupId, parse_link};

/// One `Set-Cookie` header of Qlik's.
pub fn set_cookie(data: &[u8]) {
    let header = String::from_utf8_lossy(data);
    for (from, stranger) in [
        ("https://qlik.example.com/a", "https://evil.org/a"),
        ("https://qlik.example.com/a", "https://com/"),
        ("http://127.0.0.1:4848/", "http://128.0.0.1:4848/"),
    ] {
        let (from, stranger) = (url(from), url(stranger));
        if let Some(cookie) = StoreCookie::parse(&header, &from) {
            assert!(!cookie.matches(&stranger), "{header:?} travels to {stranger}");
            assert!(cookie.path.starts_with('/'), "{header:?}");
        }
    }
}

/// A link that the system hands over.
pub fn link(data: &[u8]) {
    let link = String::from_utf8_lossy(data);
    match parse_link(&link) {
        Ok(mashup) => assert_eq!(link, format!("mashdesk://open/{mashup}")),
        Err(Error::LinkInvalid { link }) => {
            assert!(link.chars().count() <= 80 && link == plain(&link), "{link:?}");
        }
        Err(other) => unreachable!("{other}"),
    }
}

/// A mashup's title and, in the next line, the name that a page suggests for a
/// file.
pub fn file_name(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (title, suggested) = text.split_once('\n').unwrap_or((&text, ""));
    let name = file_name::of(title, Some(suggested), &Zoned::default());
    let parts: Vec<Component<'_>> = Path::new(&name).components().collect();
    assert!(matches!(parts[..], [Component::Normal(_)]), "{name:?} is no name of a file");
    assert!(name.len() <= 240, "{name:?} is {} bytes long", name.len());
    let illegal = |c: char| c.is_control() || r#"<>:"/\|?*"#.contains(c);
    assert!(!name.contains(illegal), "{name:?}");
    assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?}");
    assert_eq!(plain(&name), name);
}

/// The website's event stream, in two pieces.
pub fn events(data: &[u8]) {
    let (cut, data) = data.split_first().unwrap_or((&0, data));
    let (first, rest) = data.split_at(usize::from(*cut).min(data.len()));
    let pieces = stream::iter([first, rest].map(Ok::<_, std::io::Error>));
    let mut events = pieces.eventsource();
    // Everything is there, so nothing has to be waited for.
    while let Some(Some(Ok(event))) = events.next().now_or_never() {
        if let Some(News::Revoked(mashup)) = News::read(&event.event, &event.data) {
            assert!(MashupId::parse(mashup.as_str()).is_ok());
        }
    }
}

/// What a page's observer answers.
pub fn notices(data: &[u8]) {
    let answer = String::from_utf8_lossy(data);
    if let Some(seen) = Seen::parse(&answer) {
        let origin = seen.origin.to_string();
        assert!(origin.starts_with("https://") || origin.starts_with("http://"), "{origin}");
    }
}

/// A policy's file.
pub fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Source::text("policy.json", &text) {
        Ok(source) => {
            let Ok(settled) = Settled::of(Some(source), None) else {
                // A file that it names is of no use.
                return;
            };
            let policy = settled.policy;
            let told = serde_json::to_value(&policy).unwrap_or_default();
            if let Some(Proxy::At(ProxyAddress { credentials: Some(_), url: at })) = &policy.proxy {
                assert!(at.password().is_none() && at.username().is_empty(), "{at}");
                let told = url(told["proxy"].as_str().unwrap_or_default());
                assert!(told.username() == "***" && told.password().is_none(), "{told}");
            } else {
                assert_eq!(serde_json::from_value(told.clone()).ok(), Some(policy), "{told}");
            }
            for address in ["website", "updates"].iter().filter_map(|name| told[name].as_str()) {
                let address = url(address);
                assert!(address.username().is_empty() && address.password().is_none(), "{address}");
            }
        }
        Err(error) => assert!(error.place.starts_with("policy.json, line "), "{error}"),
    }
}

/// An address that a mashup's page goes to.
pub fn navigation(data: &[u8]) {
    let origin = |text| Origin::of(&url(text));
    let (Some(mashup), Some(qlik)) = (origin("https://portal.example"), origin("https://qlik.example"))
    else {
        unreachable!("constants");
    };
    let allowed = Allowed { mashup, qlik, others: vec![] };
    let Ok(url) = Url::parse(&String::from_utf8_lossy(data)) else { return };
    for way in [Way::Top, Way::InPlace, Way::NewWindow] {
        match decide(&allowed, &url, way) {
            Decision::Allow => {
                let own = allowed.contains(&url) || matches!(url.scheme(), "about" | "blob");
                let safe = Origin::of(&url).is_some();
                assert!(own || (safe && way == Way::InPlace), "{url}");
            }
            Decision::Export => assert_eq!(Origin::of(&url).as_ref(), Some(&allowed.qlik)),
            Decision::System => assert!(matches!(url.scheme(), "https" | "http" | "mailto"), "{url}"),
            Decision::Astray | Decision::Refuse => {}
        }
    }
}

fn url(text: &str) -> Url {
    #[expect(clippy::expect_used, reason = "a constant")]
    Url::parse(text).expect("a URL")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_link_is_an_id_or_refused(link in "(mashdesk:/?/?(open)?/?)?.{0,150}") {
            super::link(link.as_bytes());
        }

        #[test]
        fn any_event_stream_is_news_or_nothing(
            cut in any::<u8>(),
            stream in r#"((event|data|id|retry|): ?(catalog|revoked|\{"mashup": ?".{0,5}"\}|.{0,5})(\r\n|\n|\r)){0,8}"#,
        ) {
            events(&[&[cut], stream.as_bytes()].concat());
        }

        #[test]
        fn any_notice_is_known_or_nothing(
            origin in "(https?|file|tauri)://.{0,10}",
            signal in "OnSession[A-Za-z]{0,10}|socketLost|.{0,10}",
            rest in ".{0,10}",
        ) {
            let answer = serde_json::json!({"origin": origin, "signals": [signal], "typed": false, "plays": false, "clicked_twice": false});
            notices(format!("{answer}{rest}").as_bytes());
        }

        #[test]
        fn any_policy_is_whole_or_named(
            name in "website|proxy|no_proxy|ca_files|sleep|updates|log_level|sign_in|.{0,5}",
            value in r#"null|true|[0-9]{1,3}|"(https?://)?([a-z]{1,5}:[a-z%]{1,9}@)?[a-z.]{0,9}(:[0-9]{0,6})?"|\[".{0,9}"\]|.{0,9}"#,
        ) {
            policy(format!("{{\"{name}\": {value}}}").as_bytes());
        }

        #[test]
        fn bytes_do_nothing_else(data in any::<Vec<u8>>()) {
            for parse in [set_cookie, link, file_name, events, notices, policy, navigation] {
                parse(&data);
            }
        }
    }

    #[test]
    fn a_page_says_no_more_than_the_names_that_core_knows() {
        use crate::sessions::Signal;
        let seen = Seen::parse(
            r#"{"origin":"https://portal.example","signals":["socketLost","open","OnSessionTimedOut"],"typed":true,"plays":false,"clicked_twice":false,"run":"x"}"#,
        );
        let seen = seen.expect("an answer");
        assert_eq!(seen.signals, [Signal::SocketLost, Signal::TimedOut]);
        assert_eq!(
            Seen::parse(
                r#"{"origin":"file:///etc","signals":[],"typed":false,"plays":false,"clicked_twice":false}"#
            ),
            None
        );
    }
}
