//! The website's address, as a person types it.

use url::Url;

use crate::navigation::{Origin, is_loopback};
use crate::{Error, Result};

/// Longest address that is looked at, in characters.
const ADDRESS_MAX: usize = 2_000;

/// Reads an address: `portal.example`, `https://portal.example/apps`, or
/// `http://` on this machine.
///
/// # Errors
/// [`Error::WebsiteUrlInvalid`] or [`Error::WebsiteInsecure`].
pub fn parse(input: &str) -> Result<Url> {
    let input = input.trim();
    let invalid =
        || Error::WebsiteUrlInvalid { input: input.chars().filter(|c| !c.is_control()).take(80).collect() };
    if input.is_empty() || input.len() > ADDRESS_MAX || input.contains(char::is_whitespace) {
        return Err(invalid());
    }
    // One slash too few is a slip that a browser forgives.
    let has_scheme = input.contains("://") || input.starts_with("https:") || input.starts_with("http:");
    let mut url = if has_scheme {
        Url::parse(input)
    } else {
        // `localhost:8080` alone would parse as a scheme.
        Url::parse(&format!("https://{input}"))
    }
    .map_err(|_| invalid())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(invalid());
    }
    // A name and password in an address would end up in the settings file.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Error::WebsiteInsecure { host: host(&url) });
    }
    url.set_fragment(None);
    url.set_query(None);
    // Written out, it can be longer than it was typed, and must be read again.
    if url.as_str().len() > ADDRESS_MAX {
        return Err(invalid());
    }
    Ok(url)
}

/// Host and port as a person would write them.
pub(super) fn host(url: &Url) -> String {
    Origin::of(url)
        .map_or_else(|| url.host_str().unwrap_or_default().to_owned(), |origin| origin.host().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_may_type() {
        let table = [
            ("portal.example", Some("https://portal.example/")),
            ("  https://portal.example/apps?x#y ", Some("https://portal.example/apps")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080/")),
            ("https:/portal.example", Some("https://portal.example/")),
            ("localhost:8080", Some("https://localhost:8080/")),
            ("", None),
            ("our portal", None),
            ("ftp://portal.example", None),
            ("file:///etc/passwd", None),
            ("https://ana:secret@portal.example", None),
            ("https://", None),
            ("http://portal.example", None),
        ];
        for (input, wanted) in table {
            assert_eq!(parse(input).ok().as_ref().map(Url::as_str), wanted, "{input}");
        }
        assert!(parse(&"a".repeat(10_000)).is_err());
        assert!(parse(&format!("portal.example/{}", "ü".repeat(900))).is_err(), "longer when written out");
        assert_eq!(
            parse("http://portal.example"),
            Err(Error::WebsiteInsecure { host: "portal.example".to_owned() }),
        );
    }
}
