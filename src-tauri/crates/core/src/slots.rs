//! Which folder a window's store is in, where the platform keeps stores in
//! folders (WebView2). A folder belongs to one live window at a time.
//!
//! A folder stays locked until the browser process in it has ended, which may
//! be a while after its window has closed, and a crash leaves folders behind.
//! So nobody keeps a list of free ones: a window takes the lowest slot that no
//! live window has and that the platform can clear at this moment.

use std::collections::BTreeMap;
use std::io;

use crate::WindowId;

/// More than anybody has windows; past it something is wrong.
const SLOTS_MAX: u32 = 200;

/// The folders, as the platform has them.
pub trait Folders {
    /// Makes sure that nothing is in a slot's folder and nobody uses it: all of
    /// it or, with an error, nothing.
    ///
    /// # Errors
    /// Where a browser process still has it, or the system refuses.
    fn clear(&self, slot: u32) -> io::Result<()>;
}

/// Which live window has which slot.
#[derive(Debug, Default)]
pub struct Slots(BTreeMap<WindowId, u32>);

impl Slots {
    /// The slot of a window; one that a mashup opens shares its opener's.
    ///
    /// # Errors
    /// Where no folder can be cleared, with the last one's reason: the window
    /// must not open.
    pub fn give(&mut self, window: WindowId, folders: &impl Folders) -> io::Result<u32> {
        if let Some(slot) = self.0.get(&window) {
            return Ok(*slot);
        }
        let mut refused = io::Error::other("every slot has a window");
        for slot in 0..SLOTS_MAX {
            if self.0.values().any(|taken| *taken == slot) {
                continue;
            }
            match folders.clear(slot) {
                Ok(()) => {
                    self.0.insert(window, slot);
                    return Ok(slot);
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// The window is gone; its slot is free once its folder can be cleared.
    pub fn take_back(&mut self, window: WindowId) {
        self.0.remove(&window);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    /// A platform that misbehaves: some folders are locked.
    #[derive(Default)]
    struct Fake {
        locked: RefCell<BTreeSet<u32>>,
        cleared: RefCell<Vec<u32>>,
    }

    impl Folders for Fake {
        fn clear(&self, slot: u32) -> io::Result<()> {
            if self.locked.borrow().contains(&slot) {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "in use"));
            }
            self.cleared.borrow_mut().push(slot);
            Ok(())
        }
    }

    fn three(slots: &mut Slots, folders: &Fake) -> [(WindowId, u32); 3] {
        [(); 3].map(|()| {
            let window = WindowId::new();
            (window, slots.give(window, folders).expect("a slot"))
        })
    }

    #[test]
    fn no_two_live_windows_share_a_folder() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        assert_eq!(three(&mut slots, &folders).map(|(_, slot)| slot), [0, 1, 2]);
        assert_eq!(*folders.cleared.borrow(), [0, 1, 2], "each is empty when it is given");
    }

    #[test]
    fn what_a_mashup_opens_shares_its_folder_uncleared() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        let window = WindowId::new();
        assert_eq!(slots.give(window, &folders).expect("a slot"), 0);
        assert_eq!(slots.give(window, &folders).expect("a slot"), 0);
        assert_eq!(*folders.cleared.borrow(), [0]);
    }

    #[test]
    fn a_folder_is_given_again_only_when_its_browser_has_ended() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        let [(closed, _), ..] = three(&mut slots, &folders);
        slots.take_back(closed);
        // The window is gone, its browser process is not.
        folders.locked.borrow_mut().insert(0);
        assert_eq!(slots.give(WindowId::new(), &folders).expect("a slot"), 3);
        folders.locked.borrow_mut().clear();
        assert_eq!(slots.give(WindowId::new(), &folders).expect("a slot"), 0);
    }

    #[test]
    fn folders_of_another_run_are_left_alone() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        folders.locked.borrow_mut().extend([0, 1]);
        assert_eq!(three(&mut slots, &folders).map(|(_, slot)| slot), [2, 3, 4]);
    }

    #[test]
    fn without_a_folder_of_its_own_no_window_opens() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        folders.locked.borrow_mut().extend(0..SLOTS_MAX);
        let refused = slots.give(WindowId::new(), &folders).expect_err("no slot");
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied, "it says why");
        folders.locked.borrow_mut().clear();
        for _ in 0..SLOTS_MAX {
            slots.give(WindowId::new(), &folders).expect("a slot");
        }
        slots.give(WindowId::new(), &folders).expect_err("every slot has a window");
    }
}
