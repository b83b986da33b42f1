//! Where a mashup's window may go: a pure decision, applied by the shell.

use std::fmt;

use data_url::DataUrl;
use serde_json::{Value, json};
use url::{Host, Url};

/// An origin that Mashdesk may talk to: `https`, or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of a URL; `None` for anything but `https` or loopback `http`,
    /// and for the shell's own.
    pub fn of(url: &Url) -> Option<Self> {
        let safe = !is_the_shells(url)
            && match url.scheme() {
                "https" => true,
                "http" => is_loopback(url),
                _ => false,
            };
        safe.then(|| Self(url.origin().ascii_serialization()))
    }

    /// Host and port, as a person would write them.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or(&*self.0, |(_, host)| host)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a URL leads to this machine itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL is where Windows has the launcher's page and its calls, which
/// are on schemes of their own elsewhere.
pub fn is_the_shells(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        ["tauri", "ipc", "asset"].iter().any(|name| host.strip_suffix(".localhost") == Some(name))
    })
}

/// The origins that belong to one mashup.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Where the mashup's page comes from.
    pub mashup: Origin,
    /// Where its Qlik server (or another provider) answers.
    pub qlik: Origin,
    /// What else the website named for it.
    pub others: Vec<Origin>,
}

/// How a page asked to go somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The page itself leaves for it.
    Top,
    /// In place, the page itself or a frame in it: not every platform tells
    /// which.
    InPlace,
    /// `window.open` or `target=_blank`.
    NewWindow,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It happens in the window, or in a new one with the same store.
    Allow,
    /// It is an export: core fetches it with that window's cookies.
    Export,
    /// It belongs to the system's own browser or mail program.
    System,
    /// It does not happen, and the person is told where the page tried to go.
    Astray,
    /// It does not happen.
    Refuse,
}

/// Decides where a mashup's window goes.
pub fn decide(allowed: &Allowed, url: &Url, way: Way) -> Decision {
    if allowed.contains(url) {
        return if is_export(allowed, url) { Decision::Export } else { Decision::Allow };
    }
    if is_the_shells(url) {
        return Decision::Refuse;
    }
    match (url.scheme(), way) {
        // A mashup may fill an empty window or frame itself.
        ("about", _) if matches!(url.path(), "blank" | "srcdoc") => Decision::Allow,
        ("blob", _) if blob_origin(url).is_some_and(|inner| allowed.contains(&inner)) => Decision::Allow,
        // A page saves what it has made. No webview shows such an address at its
        // top level, whatever leads there.
        ("data", Way::InPlace) if is_plain_data(url) => Decision::Allow,
        ("http" | "https" | "mailto", Way::NewWindow) => Decision::System,
        ("mailto", Way::Top | Way::InPlace) => Decision::System,
        ("http" | "https", Way::Top) => Decision::Astray,
        // Frames of other sites are the page's own business; where the page
        // itself goes there, `content_rules` or the start of the load stops it.
        (_, Way::InPlace) if Origin::of(url).is_some() => Decision::Allow,
        _ => Decision::Refuse,
    }
}

impl Allowed {
    /// Whether a URL belongs to the mashup.
    pub fn contains(&self, url: &Url) -> bool {
        Origin::of(url).is_some_and(|origin| self.contains_origin(&origin))
    }

    /// Whether an origin is one of the mashup's.
    pub fn contains_origin(&self, origin: &Origin) -> bool {
        *origin == self.mashup || *origin == self.qlik || self.others.contains(origin)
    }
}

/// WebKit's content rules that keep the page itself within the mashup, before a
/// request is sent; frames in it and what it loads are not touched.
pub fn content_rules(allowed: &Allowed) -> String {
    let rule = |filter: &str, action: &str| {
        json!({
            "trigger": {
                "url-filter": filter,
                "resource-type": ["document"],
                "load-context": ["top-frame"],
            },
            "action": { "type": action },
        })
    };
    let own = [&allowed.mashup, &allowed.qlik].into_iter().chain(&allowed.others);
    let rules: Vec<Value> = std::iter::once(rule("^https?://", "block"))
        .chain(own.map(|origin| rule(&format!("^{}/", literal(&origin.0)), "ignore-previous-rules")))
        .collect();
    Value::from(rules).to_string()
}

/// A text as a pattern that matches it and nothing else.
fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut pattern, c| {
        if matches!(c, '.' | '[' | ']' | '*' | '+' | '?' | '$' | '^' | '(' | ')' | '{' | '}' | '|' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
        pattern
    })
}

/// Whether Qlik sends whoever it does not know there.
pub fn is_login_page(allowed: &Allowed, url: &Url) -> bool {
    Origin::of(url).as_ref() == Some(&allowed.qlik) && url.path().contains("/internal_forms_authentication")
}

/// Exports are `/tempcontent/…` on Qlik, with or without a virtual proxy's
/// prefix (Qlik's engine answers `ExportData` with such a path).
fn is_export(allowed: &Allowed, url: &Url) -> bool {
    Origin::of(url).as_ref() == Some(&allowed.qlik)
        && url.path_segments().is_some_and(|mut path| {
            path.by_ref().take(2).any(|step| step.eq_ignore_ascii_case("tempcontent"))
        })
}

/// Whether a `data:` address holds nothing that could act in a page's stead.
fn is_plain_data(url: &Url) -> bool {
    DataUrl::process(url.as_str()).is_ok_and(|data| {
        let kind = &data.mime_type().subtype;
        *kind != "html" && *kind != "xml" && !kind.ends_with("+xml")
    })
}

fn blob_origin(url: &Url) -> Option<Url> {
    Url::parse(url.path()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::Decision::{Allow, Astray, Export, Refuse, System};
    use super::Way::{InPlace, NewWindow, Top};
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::of(&Url::parse(text).expect("a URL")).expect("an origin")
    }

    fn allowed() -> Allowed {
        Allowed {
            mashup: origin("https://portal.example"),
            qlik: origin("https://qlik.example"),
            others: vec![origin("https://maps.example")],
        }
    }

    /// Addresses as odd as they come.
    fn addresses() -> impl Strategy<Value = Url> {
        let schemes = vec![
            "https",
            "http",
            "file",
            "data",
            "javascript",
            "tauri",
            "ipc",
            "asset",
            "blob",
            "about",
            "ms-settings",
        ];
        let hosts = vec![
            "//portal.example/",
            "//qlik.example/",
            "//evil.example/",
            "//tauri.localhost/",
            "//127.0.0.1/",
            "//portal.example@evil.example/",
            "https://qlik.example/",
            "https://evil.example/",
            "blank",
            "",
        ];
        (select(schemes), select(hosts), ".{0,30}").prop_filter_map("no URL", |(scheme, host, rest)| {
            Url::parse(&format!("{scheme}:{host}{rest}")).ok()
        })
    }

    proptest! {
        #[test]
        fn a_window_goes_nowhere_but_to_the_web(url in addresses(), way in select(vec![Top, InPlace, NewWindow])) {
            let allowed = allowed();
            match (decide(&allowed, &url, way), url.scheme()) {
                (Allow, "https") if way != InPlace => prop_assert!(allowed.contains(&url), "{url}"),
                (Allow, "http") => prop_assert!(way == InPlace && is_loopback(&url), "{url}"),
                (Allow, "https" | "about") | (System, "https" | "http" | "mailto") | (Refuse, _) => {}
                (Allow, "data") => prop_assert!(way == InPlace && is_plain_data(&url)),
                (Allow, "blob") => prop_assert!(blob_origin(&url).is_some_and(|inner| allowed.contains(&inner))),
                (Astray, "https" | "http") => prop_assert!(way == Top && !allowed.contains(&url), "{url}"),
                (Export, "https") => prop_assert_eq!(Origin::of(&url), Some(allowed.qlik)),
                (decision, _) => prop_assert!(false, "{url} {way:?}: {decision:?}"),
            }
        }
    }

    #[test]
    fn where_a_mashup_may_go() {
        let allowed = allowed();
        let table = [
            ("https://portal.example/mashups/m1", InPlace, Allow),
            ("https://portal.example/mashups/m1", NewWindow, Allow),
            ("https://qlik.example/ticket/extensions/m1/m1.html", InPlace, Allow),
            ("https://qlik.example/ticket/tempcontent/1/2.xlsx?serverNodeId=3", InPlace, Export),
            ("https://qlik.example/ticket/tempcontent/1/2.xlsx?serverNodeId=3", NewWindow, Export),
            ("https://qlik.example/tempcontent/1/2.csv", NewWindow, Export),
            ("https://qlik.example/ticket/content/tempcontent/2.csv", NewWindow, Allow),
            ("https://portal.example/tempcontent/2.csv", NewWindow, Allow),
            ("https://maps.example/tile", NewWindow, Allow),
            ("https://portal.example/mashups/m1", Top, Allow),
            ("https://qlik.example/tempcontent/1/2.csv", Top, Export),
            ("https://news.example/", Top, Astray),
            ("http://portal.example/", Top, Astray),
            ("https://portal.example@evil.example/", Top, Astray),
            ("https://portal.example:8443/", NewWindow, System),
            ("http://portal.example/", InPlace, Refuse),
            ("http://news.example/", NewWindow, System),
            ("https://news.example/", NewWindow, System),
            ("https://video.example/embed", InPlace, Allow),
            ("http://127.0.0.1:8080/embed", InPlace, Allow),
            ("http://0.0.0.0:8080/embed", InPlace, Refuse),
            ("mailto:ana@example.com", InPlace, System),
            ("about:blank", NewWindow, Allow),
            ("about:config", InPlace, Refuse),
            ("blob:https://portal.example/7f", InPlace, Allow),
            ("blob:https://news.example/7f", InPlace, Refuse),
            ("data:text/html,x", InPlace, Refuse),
            ("data:image/svg+xml,x", InPlace, Refuse),
            ("data:text/csv,x", InPlace, Allow),
            ("data:text/csv,x", NewWindow, Refuse),
            ("file:///etc/passwd", NewWindow, Refuse),
            ("tauri://localhost/", InPlace, Refuse),
            ("http://tauri.localhost/", InPlace, Refuse),
            ("http://tauri.localhost/", Top, Refuse),
            ("https://ipc.localhost/plugin:mashdesk|snapshot", NewWindow, Refuse),
            ("https://asset.localhost:1/etc/passwd", InPlace, Refuse),
            ("javascript:alert(1)", NewWindow, Refuse),
            ("ms-settings:", NewWindow, Refuse),
        ];
        for (url, way, wanted) in table {
            let url = Url::parse(url).expect("a URL");
            assert_eq!(decide(&allowed, &url, way), wanted, "{url} {way:?}");
        }
    }

    #[test]
    fn content_rules_are_the_mashups_origins_and_nothing_like_them() {
        let rules: Vec<Value> = serde_json::from_str(&content_rules(&allowed())).expect("JSON");
        let filters: Vec<&str> =
            rules.iter().filter_map(|rule| rule["trigger"]["url-filter"].as_str()).collect();
        assert_eq!(
            filters,
            [
                "^https?://",
                r"^https://portal\.example/",
                r"^https://qlik\.example/",
                r"^https://maps\.example/",
            ]
        );
        assert!(rules.iter().all(|rule| rule["trigger"]["load-context"] == json!(["top-frame"])));
        assert_eq!(rules[0]["action"]["type"], "block");
        assert!(rules[1..].iter().all(|rule| rule["action"]["type"] == "ignore-previous-rules"));
        assert_eq!(literal("http://[::1]:80"), r"http://\[::1\]:80");
    }

    #[test]
    fn only_https_or_loopback_is_an_origin() {
        for good in ["https://a.example", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"] {
            assert!(Origin::of(&Url::parse(good).expect("a URL")).is_some(), "{good}");
        }
        for bad in [
            "http://a.example",
            "ftp://a.example",
            "http://127.0.0.1.example",
            "http://0.0.0.0",
            "http://tauri.localhost",
            "https://ipc.localhost:1",
            "file:///a",
        ] {
            assert!(Origin::of(&Url::parse(bad).expect("a URL")).is_none(), "{bad}");
        }
    }
}
