//! What the launcher has yet to be told: in order, one message at a time, and
//! much at once when much happens at once. Each message is a script that its
//! page draws for, beside mashups that are loading.

use std::time::Duration;

use mashdesk_core::Change;
use parking_lot::Mutex;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::Notify;

use super::view;
use crate::{desk, launcher};

/// How long what is different is gathered before it is told: nobody sees it as a wait. A
/// click's first changes come within that, and so do a page's first steps, for which the
/// processor is left.
const GATHERED: Duration = Duration::from_millis(80);

/// Changes that the launcher does not know yet.
#[derive(Default)]
pub(crate) struct Untold {
    changes: Mutex<Vec<Change>>,
    some: Notify,
    /// Two messages about one thing must not overtake each other.
    turn: Mutex<()>,
}

impl Untold {
    /// Something is different now; how it is then is looked at when it is told.
    pub(crate) fn note(&self, change: Change) {
        let mut changes = self.changes.lock();
        match change {
            // New ones are listed in the order in which they are told.
            Change::Export(_) if changes.contains(&change) => {}
            Change::Export(_) => changes.push(change),
            // What it followed from is told before it.
            _ => {
                changes.retain(|other| *other != change);
                changes.push(change);
            }
        }
        drop(changes);
        self.some.notify_one();
    }

    fn tell(&self, mut tell: impl FnMut(Change)) {
        let _turn = self.turn.lock();
        let changes = std::mem::take(&mut *self.changes.lock());
        changes.into_iter().for_each(&mut tell);
    }
}

/// Tells the launcher, and no other page, what is different, for as long as the
/// app runs.
pub(crate) async fn keep_telling(app: AppHandle) {
    let untold = app.state::<Untold>();
    loop {
        untold.some.notified().await;
        tell(&app).await;
    }
}

/// Tells the launcher what is different, with what else is in a moment.
pub(super) async fn tell(app: &AppHandle) {
    tokio::time::sleep(GATHERED).await;
    app.state::<Untold>().tell(|change| {
        if let Err(error) = view::Change::of(&desk(app), change).emit_to(app, launcher::LABEL) {
            tracing::warn!(%error, "the launcher was not told");
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use mashdesk_core::ExportId;

    use super::*;

    #[test]
    fn much_at_once_is_told_once_in_the_order_it_came() {
        let untold = Untold::default();
        let (older, newer) = (Change::Export(ExportId::new()), Change::Export(ExportId::new()));
        let noted = [
            Change::Windows,
            older,
            Change::Catalog,
            newer,
            Change::Website,
            older,
            Change::Windows,
            Change::Catalog,
        ];
        noted.into_iter().for_each(|change| untold.note(change));
        let mut told = Vec::new();
        untold.tell(|change| told.push(change));
        assert_eq!(told, [older, newer, Change::Website, Change::Windows, Change::Catalog]);
        untold.tell(|change| panic!("{change:?} is told again"));
    }

    #[test]
    fn an_older_state_is_never_told_after_a_newer() {
        let (untold, state) = (Untold::default(), AtomicU32::new(0));
        let told = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        state.fetch_add(1, Ordering::SeqCst);
                        untold.note(Change::Windows);
                        untold.tell(|_| {
                            let seen = state.load(Ordering::SeqCst);
                            std::thread::yield_now();
                            told.lock().push(seen);
                        });
                    }
                });
            }
        });
        let told = told.into_inner();
        assert!(told.is_sorted(), "{told:?}");
        assert_eq!(told.last(), Some(&2_000), "the last state is told");
    }
}
