//! A window that nobody has looked at for long gives its memory back, and comes
//! back, mostly without a ticket, when somebody does.

use std::sync::Arc;

use super::away::Aim;
use super::{Event, State};
use crate::host::{Change, Host};
use crate::{Desk, Sleep, WindowId};

impl<H: Host> Desk<H> {
    /// Lets those windows sleep that nobody has looked at for as long as policy
    /// or the person has set.
    pub(crate) async fn let_windows_sleep(self: &Arc<Self>) {
        let Some(after) = self.sleep().after() else { return };
        for (window, session) in self.windows() {
            if session.unseen.is_some_and(|since| since.elapsed() >= after) {
                self.let_sleep(window).await;
            }
        }
    }

    /// Lets a window sleep now, where nobody loses anything by it; says whether
    /// it does.
    pub async fn let_sleep(&self, window: WindowId) -> bool {
        let unseen = || {
            self.window(window).is_some_and(|session| {
                session.state == State::Live && session.page.is_some() && session.unseen.is_some()
            })
        };
        let may = unseen() && !self.exports_run(window) && self.host.may_sleep(window).await;
        let sleeps = may && unseen() && self.sessions.apply(window, Event::Slept) == Ok(true);
        if sleeps {
            tracing::info!(%window, "sleeps");
            self.host.sleep(window);
            self.host.changed(Change::Windows);
        }
        sleeps
    }

    /// Brings a sleeping window back; says whether it slept.
    pub(super) fn wake(self: &Arc<Self>, window: WindowId) -> bool {
        let slept = self.sessions.apply(window, Event::Woken) == Ok(true);
        if slept {
            self.bring_up(window, Aim::Renew, true);
        }
        slept
    }

    /// When windows sleep, as policy or the person has set.
    pub fn sleep(&self) -> Sleep {
        self.policy.sleep.unwrap_or(self.settings().sleep)
    }
}
