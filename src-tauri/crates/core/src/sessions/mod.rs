//! The registry of open windows: one session each, never shared.

mod open;
mod state;

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::navigation::Allowed;
use crate::website::Quota;
use crate::{Error, MashupId, Result, WindowId};
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
    /// Whether the host has made its window.
    built: bool,
}

#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<WindowId, Session>>);

impl Sessions {
    /// Reserves a window for a mashup.
    fn reserve(&self, mashup: &MashupId, title: &str) -> WindowId {
        let window = WindowId::new();
        let session = Session {
            mashup: mashup.clone(),
            title: title.to_owned(),
            state: State::Opening(Step::Ticket),
            since: Timestamp::now(),
            quota: None,
            allowed: None,
            built: false,
        };
        self.0.lock().insert(window, session);
        window
    }

    /// A window that shows a mashup already.
    fn showing(&self, mashup: &MashupId) -> Option<WindowId> {
        self.0.lock().iter().find(|(_, session)| session.mashup == *mashup).map(|(window, _)| *window)
    }

    fn remove(&self, window: WindowId) -> Option<Session> {
        self.0.lock().remove(&window)
    }

    /// Applies an event; says whether it meant anything.
    fn apply(&self, window: WindowId, event: Event) -> Result<bool> {
        self.update(window, |session| match transition(&session.state, event) {
            Some(state) => {
                session.state = state;
                true
            }
            None => false,
        })
    }

    fn update<T>(&self, window: WindowId, change: impl FnOnce(&mut Session) -> T) -> Result<T> {
        self.0.lock().get_mut(&window).map(change).ok_or(Error::WindowGone)
    }

    pub(crate) fn get(&self, window: WindowId) -> Option<Session> {
        self.0.lock().get(&window).cloned()
    }

    pub(crate) fn all(&self) -> Vec<(WindowId, Session)> {
        let mut all: Vec<_> = self.0.lock().iter().map(|(id, session)| (*id, session.clone())).collect();
        all.sort_by_key(|(_, session)| session.since);
        all
    }
}
