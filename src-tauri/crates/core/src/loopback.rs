//! A port of this computer that a browser or a window comes to. Everything on
//! the computer can knock there, so it answers below one path, in bounds, and
//! whatever else is asked is not heard.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::Secret;

/// Largest head of a request, in bytes.
const HEAD_MAX: usize = 16 << 10;
/// How long a request may take to come, and its answer to go. Browsers connect
/// ahead of need, and then say nothing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many requests are read at a time.
const VISITORS_MAX: usize = 32;

/// The port, for as long as the value lives.
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    address: Url,
    visitors: JoinSet<Option<Visit>>,
}

/// A request for us, which waits for its answer. What it asked for may hold a
/// secret: it cannot be printed.
pub struct Visit {
    /// What it asked for.
    pub url: Url,
    /// The cookies that came with it.
    pub cookies: Option<Secret>,
    stream: TcpStream,
}

/// What a visitor gets.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its media type.
    pub kind: &'a str,
    /// Its content security policy.
    pub policy: &'a str,
    /// The page itself.
    pub text: &'a str,
}

impl Loopback {
    /// Takes a free port, to be asked for one path; for whatever is below it
    /// where it ends in a slash.
    ///
    /// # Errors
    /// Where the system gives no port.
    pub async fn open(path: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(io::Error::other)?;
        let address = address.join(path).map_err(io::Error::other)?;
        Ok(Self { listener, address, visitors: JoinSet::new() })
    }

    /// Where it answers.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for somebody who asks for what is ours.
    ///
    /// # Errors
    /// Where the system lets nobody in any more.
    pub async fn visit(&mut self) -> io::Result<Visit> {
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if self.visitors.len() < VISITORS_MAX => {
                    let (visitor, _) = accepted?;
                    let address = self.address.clone();
                    self.visitors.spawn(async move {
                        tokio::time::timeout(PATIENCE, listen(visitor, &address)).await.ok()?.ok()?
                    });
                }
                Some(heard) = self.visitors.join_next() => {
                    if let Ok(Some(visit)) = heard {
                        return Ok(visit);
                    }
                }
            }
        }
    }
}

impl Visit {
    /// Answers. Whether the visitor still waits for it is not our business.
    pub async fn answer(self, page: Page<'_>) {
        let _ = tokio::time::timeout(PATIENCE, show(self.stream, "200 OK", page)).await;
    }
}

/// Reads a request's head; sends away whoever asks for what is not ours.
async fn listen(mut visitor: TcpStream, address: &Url) -> io::Result<Option<Visit>> {
    const NOTHING: Page<'_> = Page { kind: "text/plain", policy: "default-src 'none'", text: "" };
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= HEAD_MAX {
            show(visitor, "431 Request Header Fields Too Large", NOTHING).await?;
            return Ok(None);
        }
        if visitor.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines();
    let mut line = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    let path = address.path();
    let ours = target
        .strip_prefix(path)
        .is_some_and(|rest| path.ends_with('/') || rest.is_empty() || rest.starts_with('?'));
    let (true, Ok(url)) = (ours, address.join(target)) else {
        show(visitor, "404 Not Found", NOTHING).await?;
        return Ok(None);
    };
    if method != "GET" {
        show(visitor, "405 Method Not Allowed", NOTHING).await?;
        return Ok(None);
    }
    let cookies = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("cookie"))
        .map(|(_, value)| Secret::new(value.trim()));
    Ok(Some(Visit { url, cookies, stream: visitor }))
}

async fn show(mut visitor: TcpStream, status: &str, page: Page<'_>) -> io::Result<()> {
    let Page { kind, policy, text } = page;
    let head = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: {kind}; charset=utf-8\r\n\
         Content-Length: {}\r\n\
         Cache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\n\
         Content-Security-Policy: {policy}; frame-ancestors 'none'\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n",
        text.len()
    );
    visitor.write_all(head.as_bytes()).await?;
    visitor.write_all(text.as_bytes()).await?;
    visitor.shutdown().await
}
