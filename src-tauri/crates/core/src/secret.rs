//! Values that must not be printed: tickets, session cookies, sign-in tokens.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::navigation::Origin;

/// A secret text. It has no `Display`, its `Debug` says nothing, and its
/// memory is wiped when it goes.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text out of circulation.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself, for the one place that hands it over.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

/// A URL that signs its bearer in: a redeem URL, or a mashup URL with its
/// one-time code. Only its origin may be shown.
#[derive(Clone)]
pub struct SecretUrl {
    url: Secret,
    origin: Origin,
}

impl SecretUrl {
    /// Takes a URL out of circulation; `None` where it is not one that a
    /// secret may travel to (see [`Origin::of`]).
    pub fn new(url: &Url) -> Option<Self> {
        let origin = Origin::of(url)?;
        Some(Self { url: Secret::new(url.as_str()), origin })
    }

    /// Where it leads.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The URL itself, for the one place that requests it.
    pub fn expose(&self) -> &str {
        self.url.expose()
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({}/…)", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_a_secret() {
        let secret = Secret::new("hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
        let url = Url::parse("https://qlik.example/x?qlikTicket=hunter2").expect("a URL");
        let url = SecretUrl::new(&url).expect("https");
        assert_eq!(format!("{url:?}"), "SecretUrl(https://qlik.example/…)");
    }

    #[test]
    fn a_secret_does_not_travel_in_the_clear() {
        let plain = Url::parse("http://qlik.example/x?qlikTicket=t").expect("a URL");
        assert!(SecretUrl::new(&plain).is_none());
    }
}
