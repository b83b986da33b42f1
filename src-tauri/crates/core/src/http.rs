//! One way to speak HTTP: the operating system's trust store, no redirects,
//! bounded answers, and transport faults told apart.

use std::error::Error;
use std::io;
use std::sync::Once;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, Response, redirect};

/// How Mashdesk names itself to the website and to Qlik.
const USER_AGENT: &str = concat!("Mashdesk/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence within an answer; an export may take as long as it likes.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest answer that is read into memory, in bytes: a catalog of 30,000
/// mashups is about 10 MB.
pub(crate) const BODY_MAX: usize = 32 << 20;

/// Seconds to wait where a busy server does not say.
const BUSY_DEFAULT: u64 = 30;

/// How many seconds a busy server asks for.
pub(crate) fn retry_after(headers: &HeaderMap) -> u64 {
    let asked = headers.get(header::RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
    asked.unwrap_or(BUSY_DEFAULT)
}

/// Builds the client that the whole app shares.
///
/// # Errors
/// Where the operating system's trust store cannot be opened.
pub(crate) fn client() -> reqwest::Result<Client> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where the process has chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    Unreachable(String),
    Tls(String),
    Timeout,
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        // The innermost cause says most; the outer ones repeat the URL, which
        // may hold a ticket.
        let mut reason = String::new();
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls(tls.to_string());
            }
            reason = cause.to_string();
            // An io::Error's `source` skips what it wraps.
            let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            source = wrapped.map(|error| error as &dyn Error).or_else(|| cause.source());
        }
        Self::Unreachable(reason)
    }
}

/// Reads an answer into memory, unless it has more than `most` bytes.
pub(crate) async fn body(response: Response, most: usize) -> Result<Option<Vec<u8>>, Fault> {
    let mut chunks = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
