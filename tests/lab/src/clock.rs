//! The lab's time: real, and ahead of it by as much as a test likes.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    ahead: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), ahead: Mutex::default() }
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed() + *self.ahead.lock()
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.ahead.lock() += by;
    }
}
