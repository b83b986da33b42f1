//! What the lab's listeners were asked, kept in memory so that a test can tell what really went
//! over the wire. Raw on purpose: a test that greps for tickets needs to see them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Which listener a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Qlik's proxy.
    Proxy,
    /// Qlik's proxy API.
    Qps,
    /// The reference website.
    Website,
}

/// One request, or one websocket's upgrade.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The listener it came to.
    pub side: Side,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, as sent.
    pub uri: String,
    /// The answer's status; 0 when none was sent.
    pub status: u16,
    /// `DIRECTORY\user` that the request acted as on the proxy, the person on the website.
    pub identity: Option<String>,
    /// The request's `Referer`.
    pub referer: Option<String>,
    /// The request's `Origin`.
    pub origin: Option<String>,
    /// The request's `User-Agent`.
    pub user_agent: Option<String>,
    /// The names of the cookies that came with it.
    pub cookies: Vec<String>,
}

/// Whom a request acted as: a handler puts it into its response's extensions.
#[derive(Clone, Debug)]
pub struct ActedAs(pub String);

/// Says that a response is never sent: its connection is cut instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unanswered;

/// All requests of a run, in the order in which they were answered or given up.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Mutex<Vec<Entry>>,
    grown: Notify,
}

impl Journal {
    /// Everything so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().clone()
    }

    /// Returns as soon as an entry, past or to come, is as asked for.
    pub async fn wait_for(&self, predicate: impl Fn(&Entry) -> bool) {
        self.wait_for_many(1, predicate).await;
    }

    /// Returns as soon as so many entries, past or to come, are as asked for.
    pub async fn wait_for_many(&self, count: usize, predicate: impl Fn(&Entry) -> bool) {
        loop {
            // Listening starts before the look, or an entry in between would be missed.
            let grown = self.grown.notified();
            if self.entries.lock().iter().filter(|entry| predicate(entry)).count() >= count {
                return;
            }
            grown.await;
        }
    }

    fn add(&self, entry: Entry) {
        self.entries.lock().push(entry);
        self.grown.notify_waiters();
    }
}

/// The middleware that fills the journal; its state names the listener.
///
/// `router.layer(axum::middleware::from_fn_with_state((journal, Side::Website), journal::record))`
pub async fn record(
    State((journal, side)): State<(Arc<Journal>, Side)>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let entry = Entry {
        side,
        method: request.method().to_string(),
        uri: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        status: 0,
        identity: None,
        referer: text(headers, header::REFERER),
        origin: text(headers, header::ORIGIN),
        user_agent: text(headers, header::USER_AGENT),
        cookies: CookieJar::from_headers(headers).iter().map(|cookie| cookie.name().to_owned()).collect(),
    };
    let mut pending = Pending { journal, entry };
    let response = next.run(request).await;
    if response.extensions().get::<Unanswered>().is_none() {
        pending.entry.status = response.status().as_u16();
    }
    pending.entry.identity = response.extensions().get::<ActedAs>().map(|ActedAs(identity)| identity.clone());
    response
}

/// A request that is written down on every way out, also when its client goes before the answer.
struct Pending {
    journal: Arc<Journal>,
    entry: Entry,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.journal.add(self.entry.clone());
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
