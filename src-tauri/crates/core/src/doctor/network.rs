//! From this computer to the website: name, proxy, connection, certificate,
//! clock.

use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header;
use tokio::net::{TcpStream, lookup_host};
use url::{Host, Url};

use super::signer::signer;
use super::visit::Visit;
use super::{Check, Mender, Outcome, Trouble, needs, wrong};
use crate::http::Fault;
use crate::policy::{Policy, Proxy};
use crate::{Error, website};

pub(super) const CHECKS: &[Check] = &[
    check!("proxy", proxy),
    check!("name", name),
    check!("connection", connection),
    check!("certificate", certificate),
    check!("clock", clock),
];

/// Longest wait for a name or a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most minutes that clocks may differ: certificates and one-minute tickets
/// live by them.
const MINUTES_MAX: i64 = 2;

/// Which proxy the website is reached through, and whether that is there.
async fn proxy(visit: &mut Visit) -> Outcome {
    let policy = &visit.setup.policy;
    let typed = policy.website.as_ref().map(Url::to_string).or_else(|| visit.setup.website.clone());
    let Some(typed) = typed else { return wrong(Error::WebsiteUnset, Mender::You) };
    let address = match website::parse_address(&typed) {
        Ok(address) => address,
        Err(error) => return wrong(error, Mender::You),
    };
    let proxy = proxy_for(policy, &address);
    visit.address = Some(address);
    let Some(proxy) = proxy else { return Ok("none".to_owned()) };
    let shown = place(&proxy);
    match connect(&proxy).await {
        Ok(()) => Ok(shown),
        Err(reason) => {
            visit.address = None;
            wrong(Error::ProxyUnreachable { proxy: shown, reason }, Mender::It)
        }
    }
}

async fn name(visit: &mut Visit) -> Outcome {
    let address = needs(visit.address.clone(), "proxy")?;
    if proxy_for(&visit.setup.policy, &address).is_some() {
        return Ok("the proxy resolves it".to_owned());
    }
    let Some(Host::Domain(name)) = address.host() else { return Ok("is an address".to_owned()) };
    match resolve(name, address.port_or_known_default().unwrap_or(443)).await {
        Ok(found) => Ok(found),
        Err(reason) => {
            visit.address = None;
            wrong(Error::NameUnresolved { host: name.to_owned(), reason }, Mender::It)
        }
    }
}

async fn connection(visit: &mut Visit) -> Outcome {
    let address = needs(visit.address.clone(), "name")?;
    let host = place(&address);
    if proxy_for(&visit.setup.policy, &address).is_none()
        && let Err(reason) = connect(&address).await
    {
        return wrong(Error::WebsiteUnreachable { host, reason }, Mender::It);
    }
    let request = visit.http.get(address).timeout(PATIENCE);
    match request.send().await {
        Ok(answer) if answer.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            wrong(Error::ProxyAuth { host }, Mender::It)
        }
        Ok(answer) => {
            visit.connected = true;
            let version = format!("{:?}", answer.version());
            visit.answer = Some(answer);
            Ok(version)
        }
        Err(error) => match Fault::from(error) {
            // A connection, though not one to trust: the next check says so.
            Fault::Tls(_) => {
                visit.connected = true;
                Ok("TLS".to_owned())
            }
            Fault::ProxyAuth => wrong(Error::ProxyAuth { host }, Mender::It),
            Fault::Unreachable(reason) => wrong(Error::WebsiteUnreachable { host, reason }, Mender::It),
            Fault::Timeout => wrong(Error::WebsiteTimeout { host }, Mender::Website),
        },
    }
}

/// Who vouches for the website: behind an inspecting proxy that is the proxy's
/// own authority.
async fn certificate(visit: &mut Visit) -> Outcome {
    let address = needs(visit.address.clone().filter(|_| visit.connected), "connection")?;
    if address.scheme() == "http" {
        return Ok("this machine, without encryption".to_owned());
    }
    let signer = signer(&visit.setup.policy, &address).await.unwrap_or_default();
    match &visit.answer {
        Some(_) => Ok(signer),
        None => {
            let reason = match visit.http.get(address.clone()).timeout(PATIENCE).send().await {
                Err(error) => match Fault::from(error) {
                    Fault::Tls(reason) | Fault::Unreachable(reason) => reason,
                    other => format!("{other:?}"),
                },
                Ok(_) => String::new(),
            };
            let reason = format!("{reason}; signed by {signer}");
            wrong(Error::WebsiteTls { host: place(&address), reason }, Mender::It)
        }
    }
}

async fn clock(visit: &mut Visit) -> Outcome {
    let answer = needs(visit.answer.as_ref(), "certificate")?;
    let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
    let Some(there) = date.and_then(|date| rfc2822::parse(date).ok()) else {
        return Err(Trouble::Skipped("the website does not tell the time".to_owned()));
    };
    let minutes = minutes_off(there.timestamp(), Timestamp::now());
    if minutes > MINUTES_MAX { wrong(Error::ClockOff { minutes }, Mender::It) } else { Ok(String::new()) }
}

fn minutes_off(there: Timestamp, here: Timestamp) -> i64 {
    (there.as_second() - here.as_second()).abs() / 60
}

/// The proxy that a URL is requested through.
pub(super) fn proxy_for(policy: &Policy, url: &Url) -> Option<Url> {
    let matcher = match &policy.proxy {
        Some(Proxy::None) => return None,
        None | Some(Proxy::System) => Matcher::from_system(),
        Some(Proxy::At(address)) => {
            let hosts = policy.no_proxy.as_deref().unwrap_or_default().join(",");
            Matcher::builder().all(address.url.to_string()).no(hosts).build()
        }
    };
    let proxy = matcher.intercept(&url.as_str().parse().ok()?)?;
    Url::parse(&proxy.uri().to_string()).ok()
}

async fn resolve(name: &str, port: u16) -> Result<String, String> {
    match tokio::time::timeout(PATIENCE, lookup_host((name, port))).await {
        Ok(Ok(mut found)) => match found.next() {
            Some(address) => Ok(address.ip().to_string()),
            None => Err("no address".to_owned()),
        },
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

async fn connect(url: &Url) -> Result<(), String> {
    let port = url.port_or_known_default().unwrap_or(443);
    match tokio::time::timeout(PATIENCE, TcpStream::connect((host(url), port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// The host alone, an IPv6 address without its brackets.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

/// Host and port.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_either_way() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        assert_eq!(minutes_off(at(1_000), at(1_000)), 0);
        assert_eq!(minutes_off(at(1_000), at(1_600)), 10);
        assert_eq!(minutes_off(at(1_600), at(1_000)), 10);
    }

    #[test]
    fn the_proxy_of_the_policy_and_the_hosts_without_it() {
        let policy: Policy = serde_json::from_str(
            r#"{"proxy": "http://u:p@proxy.example:3128", "no_proxy": [".inside.example", "127.0.0.1"]}"#,
        )
        .expect("a policy");
        let proxy = |url: &str| proxy_for(&policy, &Url::parse(url).expect("a URL")).map(|url| place(&url));
        assert_eq!(proxy("https://portal.example/").as_deref(), Some("proxy.example:3128"));
        assert_eq!(proxy("https://qlik.inside.example/"), None);
        assert_eq!(proxy("http://127.0.0.1:8080/"), None);
    }
}
