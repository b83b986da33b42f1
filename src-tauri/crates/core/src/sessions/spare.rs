//! One hidden window is built ahead, with a fresh store that nothing has used:
//! the next click finds it ready, unless what its mashup has loaded before is kept
//! in another place.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::{Session, State};
use crate::host::Host;
use crate::http_cache::Owner;
use crate::{Account, Desk, MashupId, WindowId};

/// How long a page still draws itself after its click: a window that is built
/// meanwhile takes the processor from it.
const AT_WORK: SignedDuration = SignedDuration::from_secs(4);

impl<H: Host> Desk<H> {
    /// Builds the next window ahead while nothing else is on its way, and drops
    /// it when memory is short.
    pub async fn tend_spare(self: &Arc<Self>) {
        let spare = *self.sessions.spare.lock();
        let plenty = self.policy.spare_window_memory.unwrap_or_default().bytes();
        match spare {
            Some(window) if free_memory() < plenty / 2 => {
                tracing::info!("memory is short: the window built ahead goes");
                self.sessions.spare.lock().take_if(|spare| *spare == window);
                // Taken by a click at this moment, it is nobody's to close.
                if self.window(window).is_none() {
                    self.host.close(window);
                }
            }
            None if self.wants_spare() && free_memory() >= plenty => self.build_spare().await,
            _ => {}
        }
    }

    /// The window that is built ahead, if there is one.
    pub fn spare(&self) -> Option<WindowId> {
        *self.sessions.spare.lock()
    }

    /// A window that was built ahead is gone.
    pub(super) fn spare_closed(&self, window: WindowId) {
        self.sessions.spare.lock().take_if(|spare| *spare == window);
        self.http_caches.give_back(window);
    }

    /// The window that a mashup gets: the one that keeps what it has loaded
    /// before, or the one that is built ahead, or a new one.
    pub(super) fn window_for(&self, mashup: &MashupId) -> WindowId {
        let owner = self.owner(mashup);
        if !self.http_caches.has(&owner)
            && let Some(spare) = self.sessions.spare.lock().take()
        {
            self.http_caches.assign(spare, &owner);
            return spare;
        }
        let window = WindowId::new();
        self.http_caches.take(window, Some(&owner));
        window
    }

    fn owner(&self, mashup: &MashupId) -> Owner {
        let (website, person) = match &*self.account.lock() {
            Account::SignedIn { website, name, .. } => (website.url.to_string(), name.clone()),
            _ => Default::default(),
        };
        Owner { website, person, mashup: mashup.to_string() }
    }

    fn wants_spare(&self) -> bool {
        let busy = |session: &Session| {
            let fresh = Timestamp::now().duration_since(session.since) < AT_WORK;
            fresh || matches!(session.state, State::Opening(_) | State::Renewing(_))
        };
        self.policy.spare_window.unwrap_or(true)
            && !self.is_quitting()
            && self.signed_in().is_ok()
            && !self.windows().iter().any(|(_, session)| busy(session))
    }

    async fn build_spare(&self) {
        if self.kept_apart().await.is_err() {
            // Whoever opens a mashup is told.
            return;
        }
        let window = WindowId::new();
        self.http_caches.take(window, None);
        match self.host.build_ahead(window, self.http_caches.slot(window).as_ref()).await {
            Ok(()) => *self.sessions.spare.lock() = Some(window),
            Err(error) => {
                tracing::warn!(%error, "no window was built ahead");
                self.http_caches.give_back(window);
            }
        }
    }
}

/// What a new process could use, in bytes.
fn free_memory() -> u64 {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    System::new_with_specifics(memory).available_memory()
}
