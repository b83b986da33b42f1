//! Icons of mashups: fetched when somebody first looks at them, and handed on
//! as `data:` URLs, so that the launcher's page loads nothing from anywhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use data_url::DataUrl;
use parking_lot::Mutex;
use reqwest::{Client, header};
use tokio::sync::OnceCell;
use url::Url;

use crate::host::Host;
use crate::http::{self, Fault};
use crate::navigation::is_loopback;
use crate::{Catalog, Desk, MashupId};

/// Largest image, in bytes.
const IMAGE_MAX: usize = 256 << 10;
/// Longest `data:` URL in a catalog: each byte may be written as three.
const INLINE_MAX: usize = 3 * IMAGE_MAX + 100;
/// Longest wait for an image.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many redirects are followed.
const REDIRECTS_MAX: usize = 3;
/// How many addresses are remembered.
const KNOWN_MAX: usize = 500;
/// What an image may be.
const KINDS: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "image/svg+xml",
    "image/x-icon",
    "image/vnd.microsoft.icon",
];

/// Where the icon of a mashup is.
#[derive(Clone, Debug)]
pub enum Icon {
    /// In the catalog itself: a `data:` URL.
    Inline(String),
    /// At an address that needs no sign-in.
    At(Url),
}

impl Icon {
    /// Reads what the catalog names; whatever else it is, is no icon.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > INLINE_MAX {
            return None;
        }
        if text.starts_with("data:") {
            return Some(Self::Inline(text.to_owned()));
        }
        Url::parse(text).ok().filter(may_be_asked).map(Self::At)
    }
}

/// The images that this run has fetched, by their addresses. `None` is an answer
/// that is no image; no answer is not remembered.
#[derive(Default)]
pub(crate) struct Icons(Mutex<HashMap<Url, Arc<OnceCell<Option<String>>>>>);

impl Icons {
    async fn get(&self, client: &Client, url: &Url) -> Option<String> {
        let known = {
            let mut all = self.0.lock();
            if all.len() >= KNOWN_MAX && !all.contains_key(url) {
                all.clear();
            }
            Arc::clone(all.entry(url.clone()).or_default())
        };
        let fetched = known.get_or_try_init(|| async {
            tokio::time::timeout(TIMEOUT, fetch(client, url)).await.unwrap_or(Err(Fault::Timeout))
        });
        fetched.await.inspect_err(|fault| tracing::info!(?fault, "no icon")).ok()?.clone()
    }
}

impl<H: Host> Desk<H> {
    /// The icon of a mashup in the catalog, as a `data:` URL for an image.
    pub async fn icon(&self, mashup: &MashupId) -> Option<String> {
        let icon = match &*self.catalog.lock() {
            Catalog::Ready(mashups, _) => mashups.iter().find(|listed| listed.id == *mashup)?.icon.clone()?,
            _ => return None,
        };
        match icon {
            Icon::Inline(text) => inline(&text),
            Icon::At(url) => self.icons.get(&self.http, &url).await,
        }
    }
}

/// Written anew, so that it says what was checked.
fn inline(text: &str) -> Option<String> {
    let url = DataUrl::process(text).ok()?;
    let kind = format!("{}/{}", url.mime_type().type_, url.mime_type().subtype);
    let (image, _) = url.decode_to_vec().ok()?;
    data_url(&kind, &image)
}

async fn fetch(client: &Client, url: &Url) -> Result<Option<String>, Fault> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS_MAX {
        let answer = client.get(url.clone()).send().await?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        if answer.status().is_redirection() {
            let next = header(header::LOCATION).and_then(|location| url.join(location).ok());
            match next
                .filter(|next| may_be_asked(next) && (url.scheme() == "http" || next.scheme() == "https"))
            {
                Some(next) => url = next,
                None => return Ok(None),
            }
        } else if answer.status().is_success() {
            let kind = header(header::CONTENT_TYPE).unwrap_or_default().to_owned();
            let image = http::body(answer, IMAGE_MAX).await?;
            return Ok(image.and_then(|image| data_url(&kind, &image)));
        } else {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Encrypted, or on this machine, and without a name and password.
fn may_be_asked(url: &Url) -> bool {
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    safe && url.username().is_empty() && url.password().is_none()
}

fn data_url(kind: &str, image: &[u8]) -> Option<String> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = KINDS.iter().find(|known| kind.eq_ignore_ascii_case(known))?;
    let fits = !image.is_empty() && image.len() <= IMAGE_MAX;
    fits.then(|| format!("data:{kind};base64,{}", BASE64_STANDARD.encode(image)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_icon_may_be() {
        for good in ["https://cdn.example/a.png", "http://127.0.0.1:8080/a.png", "data:image/png;base64,AA=="]
        {
            assert!(Icon::parse(good).is_some(), "{good}");
        }
        let long = format!("data:image/svg+xml,{}", "a".repeat(50 << 20));
        for bad in [
            "",
            "a.png",
            "http://cdn.example/a.png",
            "https://ana:secret@cdn.example/a.png",
            "file:///etc/passwd",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(Icon::parse(bad).is_none(), "{}", &bad[..bad.len().min(40)]);
        }
    }

    #[test]
    fn an_inline_image_is_of_a_known_kind_and_not_too_large() {
        assert_eq!(
            inline("data:image/SVG+xml;charset=utf-8,%3Csvg/%3E").as_deref(),
            Some("data:image/svg+xml;base64,PHN2Zy8+"),
        );
        assert_eq!(inline("data:image/png;base64,AAEC").as_deref(), Some("data:image/png;base64,AAEC"));
        let large = format!("data:image/png,{}", "a".repeat(IMAGE_MAX + 1));
        for bad in
            ["data:", "data:,", "data:text/html,<b>", "data:image/png,", "data:image/png;base64,!", &large]
        {
            assert_eq!(inline(bad), None, "{}", &bad[..bad.len().min(40)]);
        }
    }
}
