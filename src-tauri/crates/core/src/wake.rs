//! The computer slept, or the app was stopped: the clock on the wall has moved
//! on further than the work has. What is done now and then has its turn here.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::Desk;
use crate::host::Host;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// A gap that no busy machine makes.
const GAP: Duration = Duration::from_secs(8);

impl<H: Host> Desk<H> {
    /// Notices that time was lost, and does what is done now and then.
    pub(crate) async fn watch_the_clock(self: Arc<Self>) {
        loop {
            let before = SystemTime::now();
            tokio::time::sleep(LOOK).await;
            if before.elapsed().is_ok_and(|passed| passed > LOOK + GAP) {
                tracing::info!("was asleep");
                self.woke();
                self.follow_news();
            }
            self.tend_spare().await;
            let desk = Arc::clone(&self);
            let tending = self.runtime.spawn_blocking(move || desk.http_caches.tend(Instant::now()));
            if tending.await.is_err() {
                tracing::warn!("what closed windows have left stays there");
            }
            self.let_windows_sleep().await;
        }
    }
}
