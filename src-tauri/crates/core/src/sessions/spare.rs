//! Hidden windows that are built ahead. One is for any mashup, with a fresh store
//! that nothing has used: the next click finds it ready. A mashup that has kept what
//! it loaded before needs a window with that from the start: one is built for the
//! mashup that the person has come to, before they open it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::{Session, State};
use crate::host::Host;
use crate::http_cache::Owner;
use crate::{Account, Desk, MashupId, WindowId};

/// How long a page still draws itself when it has loaded: a window that is built
/// meanwhile takes the processor from it.
const AT_WORK: Duration = Duration::from_secs(4);
/// How often it is looked whether pages have come to rest.
const LOOK: Duration = Duration::from_millis(250);
/// How long a mashup stays expected: whoever reads on has not come to open it.
const EXPECTED_FOR: Duration = Duration::from_secs(60);

/// What is built ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// For any mashup.
    spare: Option<WindowId>,
    expected: Option<Expected>,
}

/// A window for the mashup that the person may open next.
#[derive(Debug)]
struct Expected {
    window: WindowId,
    owner: Owner,
    since: Instant,
}

impl<H: Host> Desk<H> {
    /// Builds the next window ahead while nothing else is on its way, and drops
    /// what is built ahead when memory is short, or was expected in vain.
    pub async fn tend_spare(self: &Arc<Self>) {
        let (spare, expected) = {
            let ahead = self.sessions.ahead.lock();
            (ahead.spare, ahead.expected.as_ref().map(|expected| expected.since))
        };
        let plenty = self.spare_memory();
        let short = (spare.is_some() || expected.is_some()) && free_memory() < plenty / 2;
        if short || expected.is_some_and(|since| since.elapsed() >= EXPECTED_FOR) {
            self.drop_expected();
        }
        match spare {
            Some(window) if short => {
                // Taken by a click at this moment, it is nobody's to close.
                let ours = self.sessions.ahead.lock().spare.take_if(|spare| *spare == window);
                if ours.is_some() {
                    tracing::info!("memory is short: the window built ahead goes");
                    self.drop_ahead(window);
                }
            }
            None if self.wants_spare() && free_memory() >= plenty => self.build_spare().await,
            _ => {}
        }
    }

    /// The person has come to a mashup that they may open: its window is built
    /// ahead, if it has kept what its pages have loaded before. Of a mashup that has
    /// not, the window built ahead for any is as good.
    pub async fn expect_mashup(&self, mashup: &MashupId) {
        let owner = self.owner(mashup);
        if !self.may_build_ahead() || free_memory() < self.spare_memory() || self.kept_apart().await.is_err()
        {
            return;
        }
        let Some((window, before)) = self.await_owner(owner) else { return };
        if let Some(before) = before {
            self.drop_ahead(before);
        }
        tracing::debug!(%window, %mashup, "expected");
        let built = self.host.build_ahead(window, self.http_caches.slot(window).as_ref()).await;
        if let Err(error) = built {
            tracing::warn!(%error, "no window was built ahead");
            self.ahead_closed(window);
        } else if self.http_caches.slot(window).is_none() {
            // The person had gone on before there was a window to close.
            self.host.close(window);
        }
    }

    /// The window that is built ahead for any mashup, if there is one.
    pub fn spare(&self) -> Option<WindowId> {
        self.sessions.ahead.lock().spare
    }

    /// The window that is built ahead for the mashup that is expected, if there is
    /// one.
    pub fn expected(&self) -> Option<WindowId> {
        self.sessions.ahead.lock().expected.as_ref().map(|expected| expected.window)
    }

    /// Reserves a window for an owner that is expected from now on, and answers
    /// which was before; nothing, where there is no use in one.
    fn await_owner(&self, owner: Owner) -> Option<(WindowId, Option<WindowId>)> {
        let mut ahead = self.sessions.ahead.lock();
        if let Some(expected) = &mut ahead.expected
            && expected.owner == owner
        {
            expected.since = Instant::now();
            return None;
        }
        if !self.http_caches.has_all(&owner) {
            return None;
        }
        let window = WindowId::new();
        self.http_caches.take(window, Some(&owner));
        let before = ahead.expected.replace(Expected { window, owner, since: Instant::now() });
        Some((window, before.map(|before| before.window)))
    }

    /// Nobody opens what was expected.
    pub(super) fn drop_expected(&self) {
        let expected = self.sessions.ahead.lock().expected.take();
        if let Some(expected) = expected {
            self.drop_ahead(expected.window);
        }
    }

    /// Closes a window that is built ahead no longer, and that no click has taken.
    fn drop_ahead(&self, window: WindowId) {
        self.http_caches.give_back_unused(window);
        self.host.close(window);
    }

    /// A window is gone that was built ahead, unless a click had taken it.
    pub(super) fn ahead_closed(&self, window: WindowId) {
        let mut ahead = self.sessions.ahead.lock();
        let spare = ahead.spare.take_if(|spare| *spare == window).is_some();
        if spare || ahead.expected.take_if(|expected| expected.window == window).is_some() {
            self.http_caches.give_back_unused(window);
        }
    }

    /// The window that a mashup gets: the one that is built for it, or that keeps
    /// what it has loaded before, or the one built ahead for any, or a new one.
    pub(super) fn window_for(&self, mashup: &MashupId) -> WindowId {
        let owner = self.owner(mashup);
        let mut ahead = self.sessions.ahead.lock();
        if let Some(expected) = ahead.expected.take_if(|expected| expected.owner == owner) {
            return expected.window;
        }
        if !self.http_caches.has(&owner)
            && let Some(spare) = ahead.spare.take()
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

    /// Whether a window may be built before anybody asks for it: not while one is
    /// on its way that was asked for.
    fn may_build_ahead(&self) -> bool {
        self.policy.spare_window.unwrap_or(true)
            && !self.is_quitting()
            && self.signed_in().is_ok()
            && !self.any(|session| matches!(session.state, State::Opening(_) | State::Renewing(_)))
    }

    fn wants_spare(&self) -> bool {
        self.may_build_ahead() && !self.draws()
    }

    /// Whether a page may still be drawing itself.
    fn draws(&self) -> bool {
        self.any(|session| session.live.is_some_and(|since| since.elapsed() < AT_WORK))
    }

    /// Waits until what was asked from outside is there and drawn, or needs the
    /// person: what can wait for that has its turn.
    pub async fn come_to_rest(&self) {
        while self.draws()
            || self.signed_in().is_ok()
                && (!self.waiting.lock().is_empty() || self.any(|session| session.state.is_coming()))
        {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn any(&self, is_so: impl Fn(&Session) -> bool) -> bool {
        self.windows().iter().any(|(_, session)| is_so(session))
    }

    /// How much memory has to be free for a window to be built ahead, in bytes.
    fn spare_memory(&self) -> u64 {
        self.policy.spare_window_memory.unwrap_or_default().bytes()
    }

    async fn build_spare(&self) {
        if self.kept_apart().await.is_err() {
            // Whoever opens a mashup is told.
            return;
        }
        let window = WindowId::new();
        self.http_caches.take(window, None);
        match self.host.build_ahead(window, self.http_caches.slot(window).as_ref()).await {
            Ok(()) => self.sessions.ahead.lock().spare = Some(window),
            Err(error) => {
                tracing::warn!(%error, "no window was built ahead");
                self.http_caches.give_back_unused(window);
            }
        }
    }
}

/// What a new process could use, in bytes.
fn free_memory() -> u64 {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    System::new_with_specifics(memory).available_memory()
}
