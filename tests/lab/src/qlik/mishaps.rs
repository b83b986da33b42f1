//! What happens to a Qlik on a bad day, on demand.

use uuid::Uuid;

use super::{Attributes, Identity, Notice, Qlik, QlikError, SessionState, Spoil, sessions::Farewell};

impl Qlik {
    /// Closes the proxy and QPS, and cuts every connection and websocket: both refuse until
    /// [`come_back`](Self::come_back). Sessions, tickets and the engine outlive it;
    /// [`restart_proxy`](Self::restart_proxy) in between is the restart that forgets sessions.
    pub async fn go_away(&self) {
        self.running.proxy.close().await;
        self.running.qps.close().await;
    }

    /// Serves again, on the same ports; nothing when it never went away.
    pub fn come_back(&self) -> Result<(), QlikError> {
        for listener in [&self.running.proxy, &self.running.qps] {
            listener.reopen().map_err(|source| QlikError::Listen { port: listener.port(), source })?;
        }
        Ok(())
    }

    /// Spoils the next `times` tickets.
    pub fn spoil_tickets(&self, spoil: Spoil, times: usize) {
        self.site().tickets.lock().spoil(spoil, times);
    }

    /// Opens sessions until the identity has as many live ones as it may, and answers their ids.
    pub fn fill_quota(&self, identity: &Identity) -> Vec<String> {
        let live = self
            .sessions()
            .iter()
            .filter(|session| session.identity == *identity && session.state == SessionState::Live)
            .count();
        let open = || {
            self.site().open_session(Uuid::new_v4().to_string(), identity.clone(), Attributes::default()).id
        };
        (live..self.site().options.session_limit).map(|_| open()).collect()
    }

    /// Sends a fatal notice on all of a session's websockets and closes them. A notice that says
    /// that the session is over ends it. False when there is no such live session.
    pub fn notify(&self, session_id: &str, notice: Notice) -> bool {
        if notice.ends_session() {
            return self.site().end_session(session_id, Farewell::Told(notice)).is_some();
        }
        self.site().sweep();
        self.site().sessions.lock().tell(session_id, notice)
    }

    /// Makes every export from now on at least that large; 0 for its natural size.
    pub fn pad_exports(&self, bytes: usize) {
        self.site().exports.lock().at_least = bytes;
    }
}
