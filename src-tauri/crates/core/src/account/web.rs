//! The website's own sign-in page, in a window that holds nothing else.

use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::Credentials;
use crate::host::Host;
use crate::website::{WebSignIn, Website, in_short};
use crate::{Desk, Error, Result, Secret};

/// Signs in there; nothing where the person closed the window.
pub(super) async fn sign_in<H: Host>(
    desk: &Desk<H>,
    website: &Website,
    page: WebSignIn,
) -> Result<Option<Credentials>> {
    let state = Secret::new(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
    let mut login = page.login_url;
    login.query_pairs_mut().append_pair("state", state.expose());
    match desk.host.sign_in_window(&website.name, &login, &page.done_url).await? {
        Some(fragment) => token(&fragment, &state, &website.host).map(|token| Some(Credentials::web(token))),
        None => Ok(None),
    }
}

/// The token of the fragment that the page ended with.
fn token(fragment: &Secret, state: &Secret, host: &str) -> Result<Secret> {
    let host = || host.to_owned();
    let member = |wanted: &str| {
        let mut found =
            form_urlencoded::parse(fragment.expose().as_bytes()).filter(|(name, _)| name == wanted);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| Secret::new(value.into_owned()))
    };
    if member("state").as_ref() != Some(state) {
        return Err(Error::SignInState { host: host() });
    }
    match (member("access_token"), member("error")) {
        (Some(token), None) if !token.expose().is_empty() => Ok(token),
        (_, Some(error)) if error.expose() == "access_denied" => Err(Error::SignInDenied { host: host() }),
        (_, Some(error)) => Err(Error::SignInProvider { host: host(), reason: in_short(error.expose()) }),
        _ => Err(Error::SignInProvider { host: host(), reason: "an answer without a token".to_owned() }),
    }
}

/// What follows the address where a sign-in page ends; nothing at any other
/// address.
pub fn fragment_at(done: &Url, url: &Url) -> Option<Secret> {
    let mut address = url.clone();
    address.set_fragment(None);
    (address == *done).then(|| Secret::new(url.fragment().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_at_one_address_only() {
        let done = Url::parse("https://w.example/done?a=1").expect("a URL");
        let at = |url: &str| {
            let url = Url::parse(url).expect("a URL");
            fragment_at(&done, &url).map(|fragment| fragment.expose().to_owned())
        };
        assert_eq!(
            at("https://w.example/done?a=1#access_token=a&state=b").as_deref(),
            Some("access_token=a&state=b")
        );
        assert_eq!(at("https://w.example/done?a=1").as_deref(), Some(""));
        for other in [
            "https://w.example/done#access_token=a",
            "https://w.example/done/?a=1#access_token=a",
            "https://w.example/Done?a=1#access_token=a",
            "https://w.example/done?a=1&b=2#access_token=a",
            "https://w.example:8443/done?a=1#access_token=a",
            "http://w.example/done?a=1#access_token=a",
            "https://w.example.evil.example/done?a=1#access_token=a",
            "https://evil.example/?https://w.example/done?a=1#access_token=a",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
    }

    #[test]
    fn a_fragment_is_a_token_only_with_the_state_that_was_made_up() {
        let state = Secret::new("s t&=");
        let read = |fragment: &str| token(&Secret::new(fragment), &state, "w").map(|t| t.expose().to_owned());
        let host = || "w".to_owned();
        let void = Err(Error::SignInState { host: host() });
        assert_eq!(read("access_token=a%2Bb&state=s+t%26%3D"), Ok("a+b".to_owned()));
        for fragment in [
            "",
            "access_token=a",
            "access_token=a&state=",
            "access_token=a&state=other",
            "error=access_denied&state=other",
            "access_token=a&state=s+t%26%3D&state=other",
            "access_token=a&state=other&state=s+t%26%3D",
        ] {
            assert_eq!(read(fragment), void, "{fragment}");
        }
        assert_eq!(read("error=access_denied&state=s+t%26%3D"), Err(Error::SignInDenied { host: host() }));
        for fragment in ["state=s+t%26%3D", "access_token=&state=s+t%26%3D", "error=%1b%5B2J&state=s+t%26%3D"]
        {
            assert!(matches!(read(fragment), Err(Error::SignInProvider { .. })), "{fragment}");
        }
    }
}
