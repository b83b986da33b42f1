//! One way to speak HTTP: the operating system's trust store, no redirects,
//! bounded answers, and transport faults told apart.

use std::error::Error;
use std::io;
use std::sync::Once;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{self, HeaderMap};
use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Response, redirect};

use crate::policy::{self, Policy, ProxyAddress};

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

/// Builds the client that the whole app shares, as the policy wants it.
///
/// # Errors
/// Where the operating system's trust store, or a certificate of the policy's,
/// cannot be read.
pub(crate) fn client(policy: &Policy) -> Result<Client, String> {
    builder(policy)?.build().map_err(|error| error.to_string())
}

/// The same, before it is built.
pub(crate) fn builder(policy: &Policy) -> Result<ClientBuilder, String> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where the process has chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT);
    Road::of(policy).map(|road| road.take(builder))
}

/// How a policy wants requests to go out: through which proxy, and trusting whom.
#[derive(Clone, Debug)]
pub struct Road {
    certificates: Vec<Certificate>,
    through: Through,
}

#[derive(Clone, Debug)]
enum Through {
    WhatTheSystemSays,
    Nothing,
    Proxy(Box<reqwest::Proxy>),
}

impl Road {
    /// The policy's.
    ///
    /// # Errors
    /// Where a certificate of the policy's cannot be read.
    pub fn of(policy: &Policy) -> Result<Self, String> {
        let through = match &policy.proxy {
            None | Some(policy::Proxy::System) => Through::WhatTheSystemSays,
            Some(policy::Proxy::None) => Through::Nothing,
            Some(policy::Proxy::At(address)) => Through::Proxy(Box::new(proxy(address, policy)?)),
        };
        Ok(Self { certificates: policy::certificates(policy)?, through })
    }

    /// Makes a client go that way.
    pub fn take(&self, client: ClientBuilder) -> ClientBuilder {
        let client = client.tls_certs_merge(self.certificates.clone());
        match &self.through {
            Through::WhatTheSystemSays => client,
            Through::Nothing => client.no_proxy(),
            Through::Proxy(proxy) => client.proxy((**proxy).clone()),
        }
    }
}

fn proxy(address: &ProxyAddress, policy: &Policy) -> Result<reqwest::Proxy, String> {
    let hosts = policy.no_proxy.as_deref().unwrap_or_default().join(",");
    let proxy = reqwest::Proxy::all(address.url.clone())
        .map_err(|error| error.to_string())?
        .no_proxy(NoProxy::from_string(&hosts));
    Ok(match &address.credentials {
        Some((name, password)) => proxy.basic_auth(name, password.expose()),
        None => proxy,
    })
}

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    Unreachable(String),
    Tls(String),
    Timeout,
    /// The proxy wants to know who asks.
    ProxyAuth,
}

/// How what is said ends when a proxy answers 407 to CONNECT, by reqwest's own
/// connector or by hyper-util's; their types are not public.
const PROXY_AUTH: &str = "proxy authorization required";

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
        if reason.ends_with(PROXY_AUTH) { Self::ProxyAuth } else { Self::Unreachable(reason) }
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
