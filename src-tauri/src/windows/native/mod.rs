//! What Tauri has no word for, one file a platform: closing a page's way to
//! the shell, and hearing of pages that do not load.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(super) use linux::seal;
#[cfg(target_os = "macos")]
pub(super) use macos::seal;
#[cfg(windows)]
pub(super) use windows::seal;

use mashdesk_core::Error;
use url::Url;

/// The host of a page that did not load, for its words.
fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| Some(url.host_str()?.to_owned())).unwrap_or_default()
}

/// A page did not load.
fn failed(url: &str, reason: String) -> Error {
    Error::PageFailed { host: host(url), reason }
}
