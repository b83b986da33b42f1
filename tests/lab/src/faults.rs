//! Faults on demand: rules that strike requests before they reach a handler, on each listener.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{journal::Side, wire::Wire};

mod answers;

/// What happens to a request instead of what should.
#[derive(Clone, Debug)]
pub enum Fault {
    /// An answer of this status and of no other use.
    Status(u16),
    /// The same, with `Retry-After`.
    Busy {
        /// 503 or 429.
        status: u16,
        /// Seconds.
        retry_after: u64,
    },
    /// 302 to this location.
    Redirect(String),
    /// Any answer at all: garbage, HTML, the wrong types, missing members, deep JSON.
    Body {
        /// Its status.
        status: u16,
        /// Its `Content-Type`.
        content_type: String,
        /// Its body.
        body: Vec<u8>,
    },
    /// 200 and 128 MiB of body, whose length is not announced.
    Endless,
    /// The real answer's headers with its `Content-Length` and half of its body, or of a made-up
    /// one where it has none; then the connection is reset.
    CutMidBody,
    /// The real answer, 1 KiB every 50 ms until the faults are cleared, the rest at once then.
    Trickle,
    /// No answer until the faults are cleared, and the real one then.
    Stall,
    /// The connection is reset without an answer.
    Reset,
    /// The real answer without its `Set-Cookie` (proxy).
    NoCookie,
    /// The real answer, whose cookies have another name (proxy).
    WrongCookie,
    /// The real answer, whose cookies are for `elsewhere.example` (proxy).
    ForeignCookie,
}

/// The faults of a lab; every clone is a handle of the same ones.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Rules>>,
}

/// How often a rule struck.
#[derive(Clone, Debug)]
pub struct Struck(Arc<watch::Sender<usize>>);

#[derive(Debug, Default)]
struct Rules {
    standing: Vec<Rule>,
    /// Ends what goes on until the faults are cleared.
    cleared: CancellationToken,
}

#[derive(Debug)]
struct Rule {
    side: Side,
    contains: String,
    left: usize,
    fault: Fault,
    struck: Struck,
}

impl Faults {
    /// Strikes the next `times` requests to `at` whose method, path and query contain the text, as
    /// it stands in `GET /mashups/m001/open?code=…`; `usize::MAX` for all until the faults are
    /// cleared. Of two rules the older one strikes. The preflights that browsers send for pages
    /// pass: nobody means them.
    pub fn strike(&self, at: Side, contains: &str, times: usize, fault: Fault) -> Struck {
        let struck = Struck(Arc::new(watch::Sender::new(0)));
        self.rules.lock().standing.push(Rule {
            side: at,
            contains: contains.into(),
            left: times,
            fault,
            struck: struck.clone(),
        });
        struck
    }

    /// Takes all rules back, and lets go of what they hold.
    pub fn clear(&self) {
        let mut rules = self.rules.lock();
        rules.cleared.cancel();
        *rules = Rules::default();
    }

    fn meet(&self, side: Side, request: &Request) -> Option<(Fault, CancellationToken)> {
        if request.method() == Method::OPTIONS {
            return None;
        }
        let asked = format!("{} {}", request.method(), request.uri().path_and_query()?);
        let mut rules = self.rules.lock();
        let rule = rules
            .standing
            .iter_mut()
            .find(|rule| rule.left > 0 && rule.side == side && asked.contains(&rule.contains))?;
        if rule.left != usize::MAX {
            rule.left -= 1;
        }
        rule.struck.0.send_modify(|times| *times += 1);
        let fault = rule.fault.clone();
        Some((fault, rules.cleared.clone()))
    }
}

impl Struck {
    /// How often it struck so far.
    pub fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Returns as soon as it struck once.
    pub async fn wait(&self) {
        // The sender is in hand, so this cannot end by its loss.
        let _ = self.0.subscribe().wait_for(|times| *times > 0).await;
    }
}

/// The middleware that strikes; its state names the listener.
pub(crate) async fn strike(
    State((faults, side)): State<(Faults, Side)>,
    Extension(wire): Extension<Wire>,
    request: Request,
    next: Next,
) -> Response {
    match faults.meet(side, &request) {
        Some((fault, cleared)) => answers::answer(fault, &wire, cleared, request, next).await,
        None => next.run(request).await,
    }
}
