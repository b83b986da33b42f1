//! The engine behind the proxy: its sessions by user, app and identity, and the websocket to them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::sync::broadcast;

use super::Identity;

mod app;
mod cells;
mod doc;
mod export;
mod expression;
mod field;
mod global;
mod hypercube;
mod layout;
mod model;
mod notices;
mod objects;
mod padding;
mod properties;
mod rpc;
mod selecting;
mod session;
mod socket;
mod stacked;
mod stored;

pub use notices::Notice;
use session::Session;
pub(super) use socket::connect;

/// All engine sessions.
#[derive(Debug, Default)]
pub(super) struct Engine {
    sessions: Mutex<HashMap<Key, Slot>>,
}

/// What makes two websockets share an engine session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    user: Identity,
    app: String,
    /// `/identity/X` of the address.
    identity: Option<String>,
}

#[derive(Debug)]
struct Slot {
    shared: Arc<Shared>,
    sockets: usize,
    /// How long it is kept without a socket.
    ttl: Duration,
    left: Duration,
}

/// A session and whoever listens to it.
#[derive(Debug)]
struct Shared {
    session: Mutex<Session>,
    /// Invalidated handles, and the socket whose call did it.
    changes: broadcast::Sender<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    by: u64,
    handles: Vec<i64>,
}

/// Whether a socket got a new session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Created,
    Attached,
}

impl Engine {
    fn attach(&self, key: &Key, ttl: Duration, now: Duration) -> (Arc<Shared>, Found) {
        let mut sessions = self.sessions.lock();
        sessions.retain(|_, slot| slot.sockets > 0 || now.saturating_sub(slot.left) < slot.ttl);
        let mut found = Found::Attached;
        let slot = sessions.entry(key.clone()).or_insert_with(|| {
            found = Found::Created;
            let shared = Shared { session: Mutex::default(), changes: broadcast::channel(64).0 };
            Slot { shared: Arc::new(shared), sockets: 0, ttl, left: now }
        });
        slot.sockets += 1;
        slot.ttl = slot.ttl.max(ttl);
        (slot.shared.clone(), found)
    }

    fn detach(&self, key: &Key, now: Duration) {
        let mut sessions = self.sessions.lock();
        if let Some(slot) = sessions.get_mut(key) {
            slot.sockets -= 1;
            slot.left = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn key(app: &str, identity: Option<&str>) -> Key {
        Key { user: Identity::new("D", "u"), app: app.into(), identity: identity.map(Into::into) }
    }

    #[test]
    fn a_session_is_shared_by_user_app_and_identity() {
        let engine = Engine::default();
        let attach = |key: &Key| engine.attach(key, Duration::ZERO, Duration::ZERO).1;
        assert_eq!(attach(&key("a", None)), Found::Created);
        assert_eq!(attach(&key("a", None)), Found::Attached);
        assert_eq!(attach(&key("a", Some("x"))), Found::Created);
        assert_eq!(attach(&key("b", None)), Found::Created);
    }

    #[test]
    fn a_session_without_sockets_is_kept_for_its_ttl() {
        let engine = Engine::default();
        let key = key("a", None);
        engine.attach(&key, MINUTE, Duration::ZERO);
        engine.detach(&key, 5 * MINUTE);
        assert_eq!(engine.attach(&key, MINUTE, 5 * MINUTE + MINUTE / 2).1, Found::Attached);
        engine.detach(&key, 6 * MINUTE);
        assert_eq!(engine.attach(&key, MINUTE, 7 * MINUTE).1, Found::Created);
    }
}
