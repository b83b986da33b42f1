//! One hidden window is built ahead, with a fresh store that nothing has used:
//! the next click finds it ready.

use std::sync::Arc;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::State;
use crate::host::Host;
use crate::{Desk, WindowId};

/// Free memory, in bytes, with which a window is built ahead.
const PLENTY: u64 = 1 << 30;
/// Free memory, in bytes, below which the one that is there goes again.
const SHORT: u64 = 512 << 20;

impl<H: Host> Desk<H> {
    /// Builds the next window ahead while nothing else is on its way, and drops
    /// it when memory is short.
    pub async fn tend_spare(self: &Arc<Self>) {
        let spare = *self.sessions.spare.lock();
        match spare {
            Some(window) if free_memory() < SHORT => {
                tracing::info!("memory is short: the window built ahead goes");
                self.sessions.spare.lock().take_if(|spare| *spare == window);
                // Taken by a click at this moment, it is nobody's to close.
                if self.window(window).is_none() {
                    self.host.close(window);
                }
            }
            None if self.wants_spare() && free_memory() >= PLENTY => self.build_spare().await,
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
    }

    fn wants_spare(&self) -> bool {
        let busy = |state: &State| matches!(state, State::Opening(_) | State::Renewing(_));
        self.policy.spare_window.unwrap_or(true)
            && !self.is_quitting()
            && self.signed_in().is_ok()
            && !self.windows().iter().any(|(_, session)| busy(&session.state))
    }

    async fn build_spare(&self) {
        if self.kept_apart().await.is_err() {
            // Whoever opens a mashup is told.
            return;
        }
        let window = WindowId::new();
        match self.host.build_ahead(window).await {
            Ok(()) => *self.sessions.spare.lock() = Some(window),
            Err(error) => tracing::warn!(%error, "no window was built ahead"),
        }
    }
}

/// What a new process could use, in bytes.
fn free_memory() -> u64 {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    System::new_with_specifics(memory).available_memory()
}
