//! What the platform tells of a page that did not load, as core's [`Error`].

use mashdesk_core::Error;
use url::Url;

/// The host of a page that did not load, for its words.
pub(super) fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| Some(url.host_str()?.to_owned())).unwrap_or_default()
}

/// A page did not load.
pub(super) fn failed(url: &str, reason: String) -> Error {
    Error::PageFailed { host: host(url), reason }
}
