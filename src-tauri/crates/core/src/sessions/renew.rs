//! A session may have ended: one look, one renewal, in place.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::away::Aim;
use super::{Event, Signal};
use crate::host::Host;
use crate::{Desk, WindowId};

/// Coming back to a window after that long is a sign of its own.
const LONG_WHILE: Duration = Duration::from_secs(600);

impl<H: Host> Desk<H> {
    /// A sign that a window's session may have ended. However many come, one
    /// renewal runs a window.
    pub fn signal(self: &Arc<Self>, window: WindowId, signal: Signal) {
        // While quitting, sessions end because they are given back.
        if !self.is_quitting() && self.sessions.apply(window, Event::Signalled) == Ok(true) {
            tracing::info!(%window, ?signal, "the session may have ended");
            self.bring_up(window, Aim::Renew, signal.cuts_the_page_off());
        }
    }

    /// The computer, or the app, was asleep: each window looks once.
    pub fn woke(self: &Arc<Self>) {
        for (window, _) in self.windows() {
            self.signal(window, Signal::Resumed);
        }
        self.sessions.again.notify_waiters();
    }

    /// The person looks at a window.
    pub fn looked_at(self: &Arc<Self>, window: WindowId) {
        let away = self.sessions.update(window, |session| session.unseen.take());
        if !self.wake(window)
            && let Ok(Some(since)) = away
            && since.elapsed() >= LONG_WHILE
        {
            self.signal(window, Signal::Revisited);
        }
    }

    /// The person looks at something else.
    pub fn looked_away(&self, window: WindowId) {
        // Gone by now is as good.
        let _ = self.sessions.update(window, |session| session.unseen = Some(Instant::now()));
    }

    /// How often a window got a new session.
    pub(crate) fn renewals(&self, window: WindowId) -> Option<u32> {
        self.sessions.get(window).map(|session| session.renewals)
    }

    /// What a window asked for when it had had `before` renewals was refused:
    /// says, once it is settled, whether it has a new session since.
    pub(crate) async fn renewed_since(
        self: &Arc<Self>,
        window: WindowId,
        before: Option<u32>,
        signal: Signal,
    ) -> bool {
        if self.renewals(window) == before {
            self.signal(window, signal);
        }
        self.sessions.settled(window).await;
        let after = self.renewals(window);
        after.is_some() && after != before
    }

    /// Whoever waits for the website or Qlik tries again now.
    pub(crate) fn try_again_now(&self) {
        self.sessions.again.notify_waiters();
    }
}
