//! The port of this computer that the browser comes back to. Everything on the
//! computer can knock there, so it answers one path, in bounds, and whatever
//! else is asked meanwhile is not the answer.

use std::io;
use std::time::Duration;

use openidconnect::RedirectUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::{Error, Result};

/// The path of the redirect: one that providers can be told of.
const PATH: &str = "/signed-in";
/// Largest head of a request, in bytes.
const HEAD_MAX: usize = 16 << 10;
/// How long a request may take to come, and its answer to go. Browsers connect
/// ahead of need, and then say nothing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many requests are read at a time.
const VISITORS_MAX: usize = 32;

pub(super) struct Loopback {
    listener: TcpListener,
    address: RedirectUrl,
}

impl Loopback {
    /// Takes a free port.
    pub(super) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}{PATH}", listener.local_addr()?);
        let address = RedirectUrl::new(address).map_err(io::Error::other)?;
        Ok(Self { listener, address })
    }

    /// Where the browser is to come back to.
    pub(super) fn address(&self) -> &RedirectUrl {
        &self.address
    }

    /// Waits for the browser; `judge` says what its answer means, and what page
    /// it shows then.
    pub(super) async fn answered<T>(&self, judge: impl Fn(&Url) -> (Result<T>, String)) -> Result<T> {
        let mut visitors = JoinSet::new();
        loop {
            let visit = tokio::select! {
                accepted = self.listener.accept(), if visitors.len() < VISITORS_MAX => {
                    let (visitor, _) = accepted.map_err(|error| Error::SystemRefused {
                        what: "127.0.0.1".to_owned(),
                        reason: error.to_string(),
                    })?;
                    visitors.spawn(tokio::time::timeout(PATIENCE, listen(visitor)));
                    continue;
                }
                Some(heard) = visitors.join_next() => heard,
            };
            let Ok(Ok(Ok(Some((visitor, target))))) = visit else { continue };
            let Ok(answer) = self.address.url().join(&target) else { continue };
            let (meaning, page) = judge(&answer);
            // The answer counts, whether or not the browser waits for its page.
            let _ = tokio::time::timeout(PATIENCE, show(visitor, "200 OK", &page)).await;
            return meaning;
        }
    }
}

/// Reads a request's head; answers the target where it is for us, and sends
/// everybody else away.
async fn listen(mut visitor: TcpStream) -> io::Result<Option<(TcpStream, String)>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= HEAD_MAX {
            show(visitor, "431 Request Header Fields Too Large", "").await?;
            return Ok(None);
        }
        if visitor.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut line = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    let ours = target.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('?'));
    match (method, ours) {
        ("GET", true) => Ok(Some((visitor, target.to_owned()))),
        (_, true) => show(visitor, "405 Method Not Allowed", "").await.map(|()| None),
        _ => show(visitor, "404 Not Found", "").await.map(|()| None),
    }
}

async fn show(mut visitor: TcpStream, status: &str, page: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\n\
         Cache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n",
        page.len()
    );
    visitor.write_all(head.as_bytes()).await?;
    visitor.write_all(page.as_bytes()).await?;
    visitor.shutdown().await
}
