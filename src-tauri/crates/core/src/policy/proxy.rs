//! How the network is reached, as a policy says it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::Url;

use crate::Secret;

/// Through what the website and Qlik are reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Proxy {
    /// As the system's settings, or the environment, have it.
    System,
    /// Nothing.
    None,
    /// This proxy.
    At(ProxyAddress),
}

/// A proxy and how to sign in to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxyAddress {
    /// Its address, without a name or a password.
    pub url: Url,
    /// A name and a password, where it asks for them.
    pub credentials: Option<(String, Secret)>,
}

impl Proxy {
    fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "system" => return Ok(Self::System),
            "none" => return Ok(Self::None),
            _ => {}
        }
        // The text may hold a password: no word of it is repeated.
        let wrong = "is neither `system` nor `none` nor an address as http://proxy.example.com:3128";
        let mut url = Url::parse(text.trim()).map_err(|_| wrong.to_owned())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong.to_owned());
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("is an address with something after its port".to_owned());
        }
        let decoded = |part: &str| percent_decoded(part).ok_or("has a name or a password that is no text");
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (name, password) => Some((decoded(name)?, Secret::new(decoded(password.unwrap_or_default())?))),
        };
        // Both can be set wherever there is a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self::At(ProxyAddress { url, credentials }))
    }
}

fn percent_decoded(part: &str) -> Option<String> {
    // As a form's value, where a plus must stay one.
    let pair = format!("x={}", part.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!value.contains('\u{fffd}')).then(|| value.into_owned())
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Serialize for Proxy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::System => to.serialize_str("system"),
            Self::None => to.serialize_str("none"),
            Self::At(ProxyAddress { url, credentials: None }) => to.serialize_str(url.as_str()),
            Self::At(ProxyAddress { url, credentials: Some(_) }) => {
                let (scheme, rest) = url.as_str().split_once("://").unwrap_or_default();
                to.serialize_str(&format!("{scheme}://***@{rest}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_and_its_password_is_never_written() {
        let read = |text: &str| Proxy::parse(text);
        assert_eq!(read("system"), Ok(Proxy::System));
        assert_eq!(read("none"), Ok(Proxy::None));
        let proxy = read("http://an%40a:p%2Bs+%C3%A9@proxy.example:3128").expect("a proxy");
        let Proxy::At(address) = &proxy else { panic!("{proxy:?}") };
        let (name, password) = address.credentials.clone().expect("credentials");
        assert_eq!((name.as_str(), password.expose()), ("an@a", "p+s+é"));
        let written = serde_json::to_string(&proxy).expect("JSON");
        assert_eq!(written, r#""http://***@proxy.example:3128/""#);
        assert!(!format!("{proxy:?}").contains("p+s"), "{proxy:?}");
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_repeating_it() {
        for wrong in
            ["", "proxy", "proxy:3128", "socks5://u:hunter2@p", "http://", "http://u:hunter2@p/x", "System"]
        {
            let reason = Proxy::parse(wrong).expect_err(wrong);
            assert!(!reason.contains("hunter2"), "{reason}");
        }
    }
}
