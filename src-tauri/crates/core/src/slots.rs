//! Which folder a window's store is in, where the platform keeps stores in
//! folders (WebView2). A folder belongs to one live window at a time.
//!
//! A folder stays locked until the browser process in it has ended, which may
//! be a while after its window has closed; a crash leaves folders behind, and
//! another run may have some. So nobody keeps a list of free ones: a window
//! takes the lowest slot that no live window has and whose folder is gone at
//! this moment, cleared if it must be. What the platform says that it has
//! cleared is looked at.

use std::collections::BTreeMap;
use std::io;

use crate::WindowId;
use crate::stores::NoStore;

/// More than anybody has windows; past it something is wrong.
const SLOTS_MAX: u32 = 200;

/// The folders, as the platform has them.
pub trait Folders {
    /// Whether a slot's folder is there: left over, or in use.
    ///
    /// # Errors
    /// Where the system does not tell.
    fn is_there(&self, slot: u32) -> io::Result<bool>;

    /// Removes a slot's folder, if nobody uses it: all of it or, with an error,
    /// nothing.
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
    /// Where there is no folder for it alone: the window must not open.
    pub fn give(&mut self, window: WindowId, folders: &impl Folders) -> Result<u32, NoStore> {
        if let Some(slot) = self.0.get(&window) {
            return Ok(*slot);
        }
        let mut refused = NoStore::TooManyWindows;
        for slot in (0..SLOTS_MAX).filter(|slot| !self.0.values().any(|taken| taken == slot)) {
            match vacate(slot, folders) {
                Ok(()) => {
                    self.0.insert(window, slot);
                    return Ok(slot);
                }
                Err(error) => refused = NoStore::Locked(error.to_string()),
            }
        }
        Err(refused)
    }

    /// The window is gone; its slot is free once its folder can be cleared.
    pub fn take_back(&mut self, window: WindowId) {
        self.0.remove(&window);
    }
}

/// Sees to it that a slot's folder is gone.
fn vacate(slot: u32, folders: &impl Folders) -> io::Result<()> {
    if !folders.is_there(slot)? {
        return Ok(());
    }
    folders.clear(slot)?;
    if folders.is_there(slot)? {
        return Err(io::Error::other("a folder that was cleared is still there"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A platform that misbehaves.
    #[derive(Default)]
    struct Fake(RefCell<Disk>);

    #[derive(Default)]
    struct Disk {
        /// Folders that are there.
        there: BTreeSet<u32>,
        /// Those that a browser process has.
        locked: BTreeSet<u32>,
        /// Those that stay, though the system says that it removed them.
        sticky: BTreeSet<u32>,
        /// Those of which the system says nothing.
        unreadable: BTreeSet<u32>,
    }

    impl Folders for Fake {
        fn is_there(&self, slot: u32) -> io::Result<bool> {
            let disk = self.0.borrow();
            if disk.unreadable.contains(&slot) {
                return Err(io::Error::other("no answer"));
            }
            Ok(disk.there.contains(&slot))
        }

        fn clear(&self, slot: u32) -> io::Result<()> {
            let mut disk = self.0.borrow_mut();
            if disk.locked.contains(&slot) {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "in use"));
            }
            if !disk.sticky.contains(&slot) {
                disk.there.remove(&slot);
            }
            Ok(())
        }
    }

    impl Fake {
        /// A browser process makes the folder its own.
        fn start(&self, slot: u32) {
            let mut disk = self.0.borrow_mut();
            disk.there.insert(slot);
            disk.locked.insert(slot);
        }

        /// It ends, and leaves the folder.
        fn end(&self, slot: u32) {
            self.0.borrow_mut().locked.remove(&slot);
        }

        fn leave_over(&self, slots: impl IntoIterator<Item = u32>) {
            self.0.borrow_mut().there.extend(slots);
        }
    }

    /// Gives a slot to a new window, whose browser process starts in it.
    fn open(slots: &mut Slots, folders: &Fake) -> (WindowId, u32) {
        let window = WindowId::new();
        let slot = slots.give(window, folders).expect("a slot");
        folders.start(slot);
        (window, slot)
    }

    #[test]
    fn no_two_live_windows_share_a_folder() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        assert_eq!([(); 3].map(|()| open(&mut slots, &folders).1), [0, 1, 2]);
    }

    #[test]
    fn what_a_mashup_opens_shares_its_folder_uncleared() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        let (window, slot) = open(&mut slots, &folders);
        assert_eq!(slots.give(window, &folders), Ok(slot));
        assert!(folders.0.borrow().there.contains(&slot), "its opener is in it");
    }

    #[test]
    fn a_folder_is_given_again_only_when_its_browser_has_ended() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        let (closed, slot) = open(&mut slots, &folders);
        slots.take_back(closed);
        // The window is gone, its browser process is not.
        assert_eq!(open(&mut slots, &folders).1, slot + 1);
        folders.end(slot);
        assert_eq!(open(&mut slots, &folders).1, slot, "cleared of what the last one left");
    }

    #[test]
    fn a_left_over_folder_is_cleared_and_one_of_another_run_is_left_alone() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        folders.start(0);
        folders.leave_over([1]);
        assert_eq!(open(&mut slots, &folders).1, 1);
        assert!(folders.0.borrow().there.contains(&0));
    }

    #[test]
    fn a_folder_that_only_seems_to_be_cleared_is_not_given() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        folders.leave_over([0]);
        folders.0.borrow_mut().sticky.insert(0);
        folders.0.borrow_mut().unreadable.insert(1);
        assert_eq!(open(&mut slots, &folders).1, 2);
    }

    #[test]
    fn without_a_folder_of_its_own_no_window_opens() {
        let (mut slots, folders) = (Slots::default(), Fake::default());
        (0..SLOTS_MAX).for_each(|slot| folders.start(slot));
        let window = WindowId::new();
        assert_eq!(slots.give(window, &folders), Err(NoStore::Locked("in use".to_owned())));
        (0..SLOTS_MAX).for_each(|slot| folders.end(slot));
        for _ in 0..SLOTS_MAX {
            open(&mut slots, &folders);
        }
        assert_eq!(slots.give(window, &folders), Err(NoStore::TooManyWindows));
    }

    /// What happens on a desktop, in any order.
    #[derive(Clone, Debug)]
    enum Event {
        Opens,
        PopsUp(usize),
        Closes(usize),
        BrowserEnds(u32),
        OtherRunStarts(u32),
        LeftOver(u32),
        Sticks(u32),
        GoesSilent(u32),
        Recovers,
    }

    fn event() -> impl Strategy<Value = Event> {
        let slot = 0..6_u32;
        prop_oneof![
            4 => Just(Event::Opens),
            1 => any::<usize>().prop_map(Event::PopsUp),
            3 => any::<usize>().prop_map(Event::Closes),
            3 => slot.clone().prop_map(Event::BrowserEnds),
            1 => slot.clone().prop_map(Event::OtherRunStarts),
            1 => slot.clone().prop_map(Event::LeftOver),
            1 => slot.clone().prop_map(Event::Sticks),
            1 => slot.prop_map(Event::GoesSilent),
            1 => Just(Event::Recovers),
        ]
    }

    proptest! {
        /// However the platform misbehaves, a window that opens is alone in a
        /// folder that was gone the moment before.
        #[test]
        fn a_window_is_alone_or_does_not_open(events in vec(event(), 1..80)) {
            let (mut slots, folders) = (Slots::default(), Fake::default());
            let mut live: Vec<(WindowId, u32)> = Vec::new();
            for event in events {
                match event {
                    Event::Opens => {
                        let window = WindowId::new();
                        let Ok(slot) = slots.give(window, &folders) else { continue };
                        prop_assert!(live.iter().all(|(_, taken)| *taken != slot), "{slot} is shared");
                        let disk = folders.0.borrow();
                        prop_assert!(!disk.there.contains(&slot) && !disk.locked.contains(&slot), "{slot} is used");
                        drop(disk);
                        live.push((window, slot));
                        folders.start(slot);
                    }
                    Event::PopsUp(which) if !live.is_empty() => {
                        let (opener, slot) = live[which % live.len()];
                        prop_assert_eq!(slots.give(opener, &folders), Ok(slot));
                    }
                    Event::Closes(which) if !live.is_empty() => {
                        let (window, _) = live.swap_remove(which % live.len());
                        slots.take_back(window);
                    }
                    // The process of a live window does not end.
                    Event::BrowserEnds(slot) if live.iter().all(|(_, taken)| *taken != slot) => folders.end(slot),
                    Event::OtherRunStarts(slot) => folders.start(slot),
                    Event::LeftOver(slot) => folders.leave_over([slot]),
                    Event::Sticks(slot) => drop(folders.0.borrow_mut().sticky.insert(slot)),
                    Event::GoesSilent(slot) => drop(folders.0.borrow_mut().unreadable.insert(slot)),
                    Event::Recovers => {
                        folders.0.borrow_mut().sticky.clear();
                        folders.0.borrow_mut().unreadable.clear();
                    }
                    _ => {}
                }
            }
        }
    }
}
