//! The registry of open windows and their sessions.

mod away;
mod close;
mod flood;
mod open;
mod page;
mod renew;
mod signal;
mod sleep;
mod spare;
mod state;

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use url::Url;

use crate::host::Geometry;
use crate::navigation::Allowed;
use crate::website::Quota;
use crate::{Error, MashupId, Result, SecretUrl, WindowId};
use flood::Flood;
pub use flood::Wish;
pub use signal::{Seen, Signal};
use spare::Ahead;
pub use state::{Event, State, Step, transition};

/// One window and its session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The mashup it shows.
    pub mashup: MashupId,
    /// The mashup's title.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Since when it is open.
    pub since: Timestamp,
    /// The identity's sessions, where the website told.
    pub quota: Option<Quota>,
    /// Where it may go; known once there is a ticket.
    pub allowed: Option<Allowed>,
    /// Where it is on the screen; known once it was moved.
    pub geometry: Option<Geometry>,
    /// The window whose ticket made the session in this one's store: itself,
    /// or the one that it shares a session with.
    pub owner: Option<WindowId>,
    /// Where the mashup is, without a one-time code.
    page: Option<SecretUrl>,
    /// Where Qlik tells whether the session lives.
    probe: Option<Url>,
    session_cookie: String,
    /// Since when its page is there.
    live: Option<Instant>,
    /// How often it got a new session.
    renewals: u32,
    /// Since when the person looks at something else; nothing while they look
    /// at it.
    unseen: Option<Instant>,
    /// Whether the person keeps the page that is there, for what they typed.
    kept: bool,
    /// Whether the host has made its window.
    built: bool,
    /// What its pages have asked for lately.
    flood: Flood,
}

impl Session {
    /// Whether the person looks at it.
    pub fn is_seen(&self) -> bool {
        self.unseen.is_none()
    }
}

pub(crate) struct Sessions {
    all: Mutex<BTreeMap<WindowId, Session>>,
    /// Counts changes, for those who wait for one.
    changed: watch::Sender<u64>,
    /// Windows that are built ahead.
    ahead: Mutex<Ahead>,
    /// Wakes those who wait for the website or Qlik to come back.
    again: Notify,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
            changed: watch::Sender::new(0),
            ahead: Mutex::default(),
            again: Notify::new(),
        }
    }
}

impl Sessions {
    /// Registers a window for a mashup.
    fn reserve(&self, window: WindowId, mashup: &MashupId, title: &str, geometry: Option<Geometry>) {
        let session = Session {
            mashup: mashup.clone(),
            title: title.to_owned(),
            state: State::Opening(Step::Ticket),
            since: Timestamp::now(),
            quota: None,
            allowed: None,
            geometry,
            owner: None,
            page: None,
            probe: None,
            session_cookie: String::new(),
            live: None,
            renewals: 0,
            unseen: Some(Instant::now()),
            kept: false,
            built: false,
            flood: Flood::default(),
        };
        self.all.lock().insert(window, session);
        self.tell();
    }

    /// A window that shows a mashup already.
    pub(crate) fn showing(&self, mashup: &MashupId) -> Option<WindowId> {
        self.find(|_, session| session.mashup == *mashup)
    }

    /// A window whose session another window of the same mashup may share.
    fn sharable(&self, window: WindowId) -> Option<WindowId> {
        let mashup = self.get(window)?.mashup;
        self.find(|&other, session| {
            other != window
                && session.mashup == mashup
                && matches!(session.state, State::Live | State::Asleep)
                && session.page.is_some()
        })
    }

    /// Whether an open window uses the session that a window's ticket made.
    fn uses(&self, owner: WindowId) -> bool {
        self.find(|_, session| session.owner == Some(owner)).is_some()
    }

    /// How many windows of a mashup hold a session.
    fn held(&self, mashup: &MashupId) -> u32 {
        let all = self.all.lock();
        let held =
            all.values().filter(|session| session.mashup == *mashup && session.owner.is_some()).count();
        u32::try_from(held).unwrap_or(u32::MAX)
    }

    fn find(&self, wanted: impl Fn(&WindowId, &Session) -> bool) -> Option<WindowId> {
        self.all.lock().iter().find(|(window, session)| wanted(window, session)).map(|(window, _)| *window)
    }

    fn remove(&self, window: WindowId) -> Option<Session> {
        let removed = self.all.lock().remove(&window);
        self.tell();
        removed
    }

    /// Applies an event; says whether it meant anything.
    fn apply(&self, window: WindowId, event: Event) -> Result<bool> {
        let meant = self.update(window, |session| match transition(&session.state, event) {
            Some(state) => {
                if state == State::Live {
                    session.live = Some(Instant::now());
                }
                session.state = state;
                true
            }
            None => false,
        })?;
        self.tell();
        Ok(meant)
    }

    fn update<T>(&self, window: WindowId, change: impl FnOnce(&mut Session) -> T) -> Result<T> {
        self.all.lock().get_mut(&window).map(change).ok_or(Error::WindowGone)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Waits until a window neither opens nor renews.
    pub(crate) async fn settled(&self, window: WindowId) {
        let mut changed = self.changed.subscribe();
        while let Some(Session { state: State::Opening(_) | State::Renewing(_), .. }) = self.get(window) {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Another window that opens now, as soon as this one and that are built; nothing,
    /// where none is on its way.
    pub(crate) async fn companion(
        &self,
        window: WindowId,
        is_built: impl Future<Output = Result<()>>,
    ) -> Result<Option<WindowId>> {
        let mut changed = self.changed.subscribe();
        // One that waits to be tried again is built later, or never.
        let comes = |other: &WindowId, session: &Session| {
            let away = matches!(session.state, State::Opening(Step::Away(_)));
            *other != window && matches!(session.state, State::Opening(_)) && (session.built || !away)
        };
        if self.find(comes).is_some() {
            // A window that opens alone waits for nothing.
            is_built.await?;
        }
        loop {
            let built = self.find(|other, session| comes(other, session) && session.built);
            if built.is_some() || self.find(comes).is_none() {
                return Ok(built);
            }
            changed.changed().await.map_err(|_| Error::WindowGone)?;
        }
    }

    pub(crate) fn get(&self, window: WindowId) -> Option<Session> {
        self.all.lock().get(&window).cloned()
    }

    pub(crate) fn all(&self) -> Vec<(WindowId, Session)> {
        let mut all: Vec<_> = self.all.lock().iter().map(|(id, session)| (*id, session.clone())).collect();
        all.sort_by_key(|(_, session)| session.since);
        all
    }
}
