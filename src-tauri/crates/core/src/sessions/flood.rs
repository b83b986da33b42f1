//! How much at once a page may ask of the person before it: windows, the
//! system's own programs, files, dialogs. What goes beyond does not happen, and
//! the launcher says so once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::host::Host;
use crate::{Desk, Error, WindowId};

/// Most windows of a mashup's own that are open at a time.
const OPEN_MAX: usize = 12;

/// What a page can ask for without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A window, beside so many that it has open.
    Window(usize),
    /// A page in the system's browser, a letter in its mail program.
    Outside,
    /// A file that is saved.
    File,
    /// `alert`, `confirm`, `prompt`, `print`.
    Dialog,
}

/// What one window's pages have asked for lately.
#[derive(Clone, Debug)]
pub(super) struct Flood {
    windows: Pace,
    outside: Pace,
    files: Pace,
    dialogs: Pace,
    /// Whether the person has been told.
    told: bool,
}

/// So many times within a while.
#[derive(Clone, Debug)]
struct Pace {
    most: usize,
    within: Duration,
    times: VecDeque<Instant>,
}

impl Default for Flood {
    fn default() -> Self {
        let pace =
            |most, seconds| Pace { most, within: Duration::from_secs(seconds), times: VecDeque::new() };
        Self {
            windows: pace(6, 10),
            outside: pace(3, 10),
            // Mashups export all their sheets at one click.
            files: pace(40, 60),
            dialogs: pace(6, 30),
            told: false,
        }
    }
}

impl Flood {
    fn admits(&mut self, wish: Wish, now: Instant) -> bool {
        match wish {
            Wish::Window(open) => open < OPEN_MAX && self.windows.admits(now),
            Wish::Outside => self.outside.admits(now),
            Wish::File => self.files.admits(now),
            Wish::Dialog => self.dialogs.admits(now),
        }
    }
}

impl Pace {
    fn admits(&mut self, now: Instant) -> bool {
        while self.times.front().is_some_and(|&time| now.duration_since(time) >= self.within) {
            self.times.pop_front();
        }
        let admits = self.times.len() < self.most;
        if admits {
            self.times.push_back(now);
        }
        admits
    }
}

impl<H: Host> Desk<H> {
    /// Whether a window's pages get what they ask for now.
    pub fn admits(&self, window: WindowId, wish: Wish) -> bool {
        let (mut admits, mut notice) = (false, None);
        // A window that is gone gets nothing.
        let _ = self.sessions.update(window, |session| {
            admits = session.flood.admits(wish, Instant::now());
            if !admits && !std::mem::replace(&mut session.flood.told, true) {
                let mashup = session.title.clone();
                notice = Some(match wish {
                    Wish::Window(_) | Wish::Outside => Error::TooManyWindows { mashup },
                    Wish::File => Error::TooManyFiles { mashup },
                    Wish::Dialog => Error::TooManyDialogs { mashup },
                });
            }
        });
        if notice.is_some() {
            self.set_notice(notice);
        }
        admits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_faster_than_a_person_can_look_does_not_happen() {
        let (mut flood, start) = (Flood::default(), Instant::now());
        let mut admitted = |wish, at: u64| {
            (0..10_000).filter(|_| flood.admits(wish, start + Duration::from_secs(at))).count()
        };
        for (wish, most, seconds) in
            [(Wish::Window(0), 6, 10), (Wish::Outside, 3, 10), (Wish::File, 40, 60), (Wish::Dialog, 6, 30)]
        {
            assert_eq!(admitted(wish, 0), most, "{wish:?}");
            assert_eq!(admitted(wish, seconds - 1), 0, "{wish:?}");
            assert_eq!(admitted(wish, seconds), most, "{wish:?} later");
        }
    }

    #[test]
    fn windows_that_stay_open_count() {
        let mut flood = Flood::default();
        let later = |minutes: u64| Instant::now() + Duration::from_secs(60 * minutes);
        assert!(flood.admits(Wish::Window(OPEN_MAX - 1), later(1)));
        assert!(!flood.admits(Wish::Window(OPEN_MAX), later(2)));
    }
}
