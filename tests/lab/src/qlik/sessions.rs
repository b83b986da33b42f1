//! The proxy's sessions: how they begin, what keeps them alive, the three ways in which they end,
//! and the slots they hold.

use std::time::Duration;

use tokio::sync::broadcast;
use uuid::Uuid;

use super::{
    engine::Notice,
    identity::{Attributes, Identity},
};

/// What is known about a session.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The cookie's value.
    pub id: String,
    /// Whom it acts for.
    pub identity: Identity,
    /// The attributes of the ticket that opened it.
    pub attributes: Attributes,
    /// How many websockets are open on it.
    pub sockets: usize,
    /// Whether it can still be used.
    pub state: SessionState,
}

/// Whether a session can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// It can.
    Live,
    /// It ended, and still holds its slot.
    CoolingDown,
}

/// How a session's websockets end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// With a fatal notice.
    Told(Notice),
    /// The connection breaks.
    Cut,
}

/// All sessions of the virtual proxy, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: Vec<Session>,
}

#[derive(Debug)]
struct Session {
    record: SessionRecord,
    csrf_token: String,
    last_used: Duration,
    ended: Option<Duration>,
    farewell: broadcast::Sender<Farewell>,
}

impl Sessions {
    pub(crate) fn open(
        &mut self,
        id: String,
        identity: Identity,
        attributes: Attributes,
        now: Duration,
    ) -> SessionRecord {
        let record = SessionRecord { id, identity, attributes, sockets: 0, state: SessionState::Live };
        let (farewell, _) = broadcast::channel(8);
        let csrf_token = Uuid::new_v4().simple().to_string();
        self.all.push(Session { record: record.clone(), csrf_token, last_used: now, ended: None, farewell });
        record
    }

    /// Marks the session as used; nothing when there is no live one of this id.
    pub(crate) fn touch(&mut self, id: &str, now: Duration) -> Option<Identity> {
        let session = self.live(id)?;
        session.last_used = now;
        Some(session.record.identity.clone())
    }

    pub(crate) fn csrf_token(&mut self, id: &str) -> Option<String> {
        self.live(id).map(|session| session.csrf_token.clone())
    }

    /// Counts a websocket on the session, and tells how it will learn of the end.
    pub(crate) fn attach(&mut self, id: &str) -> Option<broadcast::Receiver<Farewell>> {
        let session = self.live(id)?;
        session.record.sockets += 1;
        Some(session.farewell.subscribe())
    }

    pub(crate) fn detach(&mut self, id: &str) {
        if let Some(session) = self.all.iter_mut().find(|session| session.record.id == id) {
            session.record.sockets -= 1;
        }
    }

    /// Whether the session got one of its identity's slots: those go to the oldest first, so a
    /// session that was refused gets in when an older one gives up its slot.
    pub(crate) fn holds_slot(&self, id: &str, limit: usize) -> bool {
        let Some(at) = self.all.iter().position(|session| session.record.id == id) else { return false };
        let identity = &self.all[at].record.identity;
        self.all[..at].iter().filter(|older| older.record.identity == *identity).count() < limit
    }

    pub(crate) fn end(&mut self, id: &str, farewell: Farewell, now: Duration) -> Option<SessionRecord> {
        self.live(id).map(|session| session.end(farewell, now))
    }

    /// Closes a live session's websockets with a notice, and nothing else; false when there is no
    /// such session.
    pub(crate) fn tell(&mut self, id: &str, notice: Notice) -> bool {
        let Some(session) = self.live(id) else { return false };
        // No receiver, no websocket: nobody to tell.
        let _ = session.farewell.send(Farewell::Told(notice));
        true
    }

    /// Ends every session of a user, as signing out does.
    pub(crate) fn end_user(&mut self, identity: &Identity, now: Duration) -> Vec<SessionRecord> {
        self.all
            .iter_mut()
            .filter(|session| session.is_live() && session.record.identity == *identity)
            .map(|session| session.end(Farewell::Told(Notice::SessionLoggedOut), now))
            .collect()
    }

    /// Times out what nobody used, and frees the slots of what ended long enough ago.
    pub(crate) fn sweep(&mut self, now: Duration, inactivity: Duration, cool_down: Duration) {
        for session in self.all.iter_mut().filter(|session| session.is_live()) {
            if now.saturating_sub(session.last_used) >= inactivity {
                session.end(Farewell::Told(Notice::SessionTimedOut), now);
            }
        }
        self.all.retain(|session| session.ended.is_none_or(|ended| now.saturating_sub(ended) < cool_down));
    }

    /// Forgets them all at once, as a restart of the proxy does.
    pub(crate) fn forget_all(&mut self) {
        for session in self.all.drain(..) {
            // No receiver, no websocket: nobody to tell.
            let _ = session.farewell.send(Farewell::Cut);
        }
    }

    pub(crate) fn records(&self) -> Vec<SessionRecord> {
        self.all.iter().map(|session| session.record.clone()).collect()
    }

    fn live(&mut self, id: &str) -> Option<&mut Session> {
        self.all.iter_mut().find(|session| session.record.id == id && session.is_live())
    }
}

impl Session {
    fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    fn end(&mut self, farewell: Farewell, now: Duration) -> SessionRecord {
        let record = self.record.clone();
        self.ended = Some(now);
        self.record.state = SessionState::CoolingDown;
        // No receiver, no websocket: nobody to tell.
        let _ = self.farewell.send(farewell);
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn sessions(ids: &[&str]) -> Sessions {
        let mut sessions = Sessions::default();
        for id in ids {
            sessions.open((*id).into(), Identity::new("D", "u"), Attributes::default(), Duration::ZERO);
        }
        sessions
    }

    #[test]
    fn the_oldest_sessions_hold_the_slots_and_pass_them_on_after_the_cool_down() {
        let mut sessions = sessions(&["a", "b", "c"]);
        sessions.open("other".into(), Identity::new("D", "v"), Attributes::default(), Duration::ZERO);
        assert!(sessions.holds_slot("b", 2));
        assert!(!sessions.holds_slot("c", 2));
        assert!(sessions.holds_slot("other", 2));

        sessions.end("a", Farewell::Told(Notice::SessionLoggedOut), Duration::ZERO);
        sessions.sweep(4 * MINUTE, 30 * MINUTE, 5 * MINUTE);
        assert!(!sessions.holds_slot("c", 2), "an ended session holds its slot while it cools down");
        sessions.sweep(5 * MINUTE, 30 * MINUTE, 5 * MINUTE);
        assert!(sessions.holds_slot("c", 2));
    }

    #[test]
    fn use_keeps_a_session_alive_and_the_rest_times_out() {
        let mut sessions = sessions(&["used", "idle"]);
        let mut told = sessions.attach("idle").unwrap();
        sessions.touch("used", 20 * MINUTE);
        sessions.sweep(30 * MINUTE, 30 * MINUTE, MINUTE);
        assert!(sessions.touch("used", 30 * MINUTE).is_some());
        assert!(sessions.touch("idle", 30 * MINUTE).is_none());
        assert_eq!(told.try_recv().unwrap(), Farewell::Told(Notice::SessionTimedOut));
    }
}
