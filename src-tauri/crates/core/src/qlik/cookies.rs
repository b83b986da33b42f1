//! Cookies of a window's store: read from an answer, matched to a request
//! (RFC 6265, sections 5.1.3 and 5.1.4).

use std::time::SystemTime;

use cookie::Cookie;
use reqwest::header::HeaderValue;
use url::Url;

use crate::Secret;
use crate::navigation::is_loopback;

/// When a cookie travels across sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "RFC 6265bis names them")]
pub enum SameSite {
    Strict,
    Lax,
    None,
}

/// A cookie as a window's store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreCookie {
    /// Its name.
    pub name: String,
    /// Its value: for a session cookie, the session itself.
    pub value: Secret,
    /// The host; for a cookie of a whole domain, the domain after a dot.
    pub domain: String,
    /// The path it is for.
    pub path: String,
    /// Whether it is for https only.
    pub secure: bool,
    /// Whether scripts are kept from it.
    pub http_only: bool,
    /// Where its server said so.
    pub same_site: Option<SameSite>,
}

impl StoreCookie {
    /// Reads one `Set-Cookie` header of an answer from `url`; `None` where it
    /// is none, or for a domain that the answer cannot speak for.
    pub fn parse(set_cookie: &str, url: &Url) -> Option<Self> {
        Self::read(&Cookie::parse(set_cookie).ok()?, url)
    }

    fn read(cookie: &Cookie<'_>, url: &Url) -> Option<Self> {
        let host = url.host_str()?;
        let domain = match cookie.domain() {
            None => host.to_owned(),
            Some(domain) if has_below(domain) => format!(".{}", domain.to_ascii_lowercase()),
            Some(domain) if domain.eq_ignore_ascii_case(host) => host.to_owned(),
            // An address, or a top-level domain, which nobody speaks for.
            Some(_) => return None,
        };
        let same_site = cookie.same_site().map(|site| match site {
            cookie::SameSite::Strict => SameSite::Strict,
            cookie::SameSite::Lax => SameSite::Lax,
            cookie::SameSite::None => SameSite::None,
        });
        let cookie = Self {
            name: cookie.name().to_owned(),
            value: Secret::new(cookie.value()),
            path: cookie.path().filter(|path| path.starts_with('/')).unwrap_or("/").to_owned(),
            secure: cookie.secure().unwrap_or(false),
            http_only: cookie.http_only().unwrap_or(false),
            same_site,
            domain,
        };
        cookie.is_for_host(host).then_some(cookie)
    }

    /// Whether it travels with a request to `url`.
    pub fn matches(&self, url: &Url) -> bool {
        // Browsers send Secure cookies to this machine over http, too.
        let safe = url.scheme() == "https" || is_loopback(url);
        let path = url.path();
        let under = path
            .strip_prefix(&self.path)
            .is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        (safe || !self.secure) && under && url.host_str().is_some_and(|host| self.is_for_host(host))
    }

    /// An address below its host, to which a cookie of the whole domain would travel and
    /// one of the host alone would not; `None` where nothing can be below.
    pub fn below(&self) -> Option<Url> {
        let domain = self.domain.trim_start_matches('.');
        if !has_below(domain) {
            return None;
        }
        let mut url = Url::parse(&format!("https://below-mashdesk.{domain}")).ok()?;
        url.set_path(&self.path);
        Some(url)
    }

    fn is_for_host(&self, host: &str) -> bool {
        match self.domain.strip_prefix('.') {
            Some(domain) => host == domain || (host.ends_with(&self.domain) && has_below(host)),
            None => host.eq_ignore_ascii_case(&self.domain),
        }
    }
}

/// Whether hosts can be below one: an address has none, and a single label is a computer of
/// the network or a top-level domain.
fn has_below(host: &str) -> bool {
    host.contains('.') && host.parse::<std::net::Ipv4Addr>().is_err()
}

/// Does to a store's cookies what a `Set-Cookie` header of an answer from `url` says: the
/// same name, domain and path is the same cookie, the later one counts, and one whose time
/// is over goes. Answers whether it was a cookie of `url`'s.
pub(crate) fn keep(cookies: &mut Vec<StoreCookie>, set_cookie: &HeaderValue, url: &Url) -> bool {
    let said = set_cookie.to_str().ok().and_then(|line| Cookie::parse(line).ok());
    let Some((said, cookie)) =
        said.and_then(|said| StoreCookie::read(&said, url).map(|cookie| (said, cookie)))
    else {
        return false;
    };
    cookies.retain(|old| (&old.name, &old.domain, &old.path) != (&cookie.name, &cookie.domain, &cookie.path));
    if !is_over(&said) {
        cookies.push(cookie);
    }
    true
}

/// RFC 6265, 5.3: `Max-Age` counts before `Expires`.
fn is_over(cookie: &Cookie<'_>) -> bool {
    match cookie.max_age() {
        Some(age) => age.is_zero(),
        None => cookie.expires_datetime().is_some_and(|at| at <= SystemTime::now()),
    }
}

/// The `Cookie` header for a request to `url`; `None` where none matches.
pub(crate) fn header_for(cookies: &[StoreCookie], url: &Url) -> Option<HeaderValue> {
    let pairs: Vec<String> = cookies
        .iter()
        .filter(|cookie| cookie.matches(url))
        .map(|cookie| format!("{}={}", cookie.name, cookie.value.expose()))
        .collect();
    let mut header = HeaderValue::from_str(&pairs.join("; ")).ok().filter(|header| !header.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}

/// The names of cookies, for a log.
pub(crate) fn names(cookies: &[StoreCookie]) -> Vec<&str> {
    cookies.iter().map(|cookie| cookie.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn which_cookies_travel() {
        let at = url("https://qlik.example/ticket/img.png");
        let table = [
            ("s=1; Path=/", "https://qlik.example/a", true),
            ("s=1; Path=/", "https://qlik.example:4443/a", true),
            ("s=1; Path=/", "https://www.qlik.example/a", false),
            ("s=1; Path=/ticket", "https://qlik.example/ticket/x", true),
            ("s=1; Path=/ticket", "https://qlik.example/tickets", false),
            ("s=1; Path=/; Secure", "http://qlik.example/a", false),
            ("s=1; Path=/; Secure", "http://127.0.0.1/a", false),
        ];
        for (set_cookie, to, wanted) in table {
            let cookie = StoreCookie::parse(set_cookie, &at).expect(set_cookie);
            assert_eq!(cookie.matches(&url(to)), wanted, "{set_cookie} to {to}");
        }
        for domain in ["Example.com", ".example.com", "qlik.example.com"] {
            let set_cookie = format!("s=1; Domain={domain}");
            let wide = StoreCookie::parse(&set_cookie, &url("https://qlik.example.com/")).expect(domain);
            assert!(wide.matches(&wide.below().expect(domain)), "{domain}");
            assert!(wide.matches(&url("https://qlik.example.com/")), "{domain}");
        }
    }

    #[test]
    fn a_cookie_of_a_host_does_not_travel_below_it() {
        let at = |host: &str, set_cookie: &str| {
            StoreCookie::parse(set_cookie, &url(&format!("https://{host}/"))).expect(set_cookie)
        };
        let own = at("qlik.example.com", "s=1; Path=/hub");
        let below = own.below().expect("a name");
        assert_eq!(below.as_str(), "https://below-mashdesk.qlik.example.com/hub");
        assert!(!own.matches(&below));
        // Nothing is below these, whatever their answers say.
        for host in ["qlik", "127.0.0.1", "[::1]"] {
            let cookie = at(host, &format!("s=1; Domain={host}"));
            assert_eq!((cookie.below(), cookie.domain.as_str()), (None, host));
        }
    }

    #[test]
    fn a_later_cookie_counts_and_one_that_is_over_goes() {
        let at = url("https://portal.example/");
        let kept = |lines: &[&'static str]| {
            let mut cookies = Vec::new();
            for line in lines {
                assert!(keep(&mut cookies, &HeaderValue::from_static(line), &at), "{line}");
            }
            cookies
                .iter()
                .map(|cookie| format!("{}{}", cookie.path, cookie.value.expose()))
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(&["v=1; Path=/", "v=2", "v=3; Path=/m1"]), ["/2", "/m13"]);
        assert_eq!(kept(&["v=1", "v=; Max-Age=0", "v=3; Path=/m1; Max-Age=60"]), ["/m13"]);
        assert_eq!(kept(&["v=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), [""; 0]);
        assert_eq!(kept(&["v=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), ["/1"]);
        assert_eq!(kept(&["v=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT"]), ["/1"]);
        assert!(!keep(&mut Vec::new(), &HeaderValue::from_static("v=1; Domain=other.example"), &at));
    }

    #[test]
    fn an_answer_speaks_only_for_its_own_host() {
        let at = url("https://qlik.example.com/");
        for foreign in
            ["s=1; Domain=other.com", "s=1; Domain=com", "s=1; Domain=www.qlik.example.com", "", "=; ;"]
        {
            assert_eq!(StoreCookie::parse(foreign, &at), None, "{foreign}");
        }
        let loopback = url("http://127.0.0.1:4848/");
        assert_eq!(StoreCookie::parse("s=1; Domain=0.0.1", &loopback), None);
    }

    proptest! {
        #[test]
        fn a_cookie_never_travels_to_a_stranger(
            value in ".{0,20}",
            attributes in r"(; ?(Domain|Path|Secure)(=.{0,20}|=\.?(qlik\.)?example\.com|=com|=0\.0\.1|=/)){0,4}",
        ) {
            let set_cookie = format!("s={value}{attributes}");
            for (from, stranger) in [
                ("https://qlik.example.com/a", "https://evil.org/a"),
                ("https://qlik.example.com/a", "https://com/"),
                ("http://127.0.0.1:4848/", "http://128.0.0.1:4848/"),
            ] {
                if let Some(cookie) = StoreCookie::parse(&set_cookie, &url(from)) {
                    prop_assert!(!cookie.matches(&url(stranger)), "{set_cookie:?} to {stranger}");
                }
            }
        }
    }
}
