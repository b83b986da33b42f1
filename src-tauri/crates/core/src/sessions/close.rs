//! Giving sessions back: they are scarce, five an identity.

use std::sync::Arc;

use super::away::{self, Aim};
use crate::host::{Change, Host};
use crate::website::Website;
use crate::{Credentials, Desk, Error, MashupId, Result, WindowId};

impl<H: Host> Desk<H> {
    /// Closes a window and gives its session back.
    ///
    /// # Errors
    /// [`Error::WindowGone`].
    pub fn close(self: &Arc<Self>, window: WindowId) -> Result<()> {
        self.sessions.get(window).ok_or(Error::WindowGone)?;
        self.host.close(window);
        self.window_closed(window);
        Ok(())
    }

    /// The person closed a window: its session is given back at once, unless
    /// another window shares it.
    pub fn window_closed(self: &Arc<Self>, window: WindowId) {
        // While quitting, all windows go; the next run wants to know them.
        if self.is_quitting() {
            return;
        }
        if let Some(session) = self.sessions.remove(window) {
            self.http_caches.give_back(window);
            self.downloads_stop(window);
            self.host.changed(Change::Windows);
            self.remember();
            let owner = session.owner.unwrap_or(window);
            let desk = Arc::clone(self);
            self.runtime.spawn(async move { desk.give_back(owner).await });
        } else {
            self.ahead_closed(window);
        }
    }

    /// Closes every window and gives their sessions back.
    pub async fn close_all(&self) {
        self.close_windows();
        self.give_all_back().await;
    }

    pub(crate) fn close_windows(&self) {
        self.drop_expected();
        for (window, _) in self.windows() {
            self.host.close(window);
            self.sessions.remove(window);
            self.http_caches.give_back(window);
        }
        self.host.changed(Change::Windows);
        self.remember();
    }

    /// Access to a mashup was withdrawn: its windows say so, and their data is
    /// gone from the screen.
    pub(crate) fn revoke(self: &Arc<Self>, mashup: &MashupId) {
        self.drop_expected();
        self.http_caches.forget(|owner| owner.mashup == mashup.as_str());
        let windows: Vec<WindowId> = self
            .windows()
            .into_iter()
            .filter(|(_, open)| open.mashup == *mashup)
            .map(|(window, _)| window)
            .collect();
        for window in windows {
            self.fail(window, Error::Revoked { mashup: mashup.to_string() });
            // The website has lost no time either, or the person could go on
            // with what they hold.
            let owner = self.sessions.update(window, |session| session.owner.take());
            if let Ok(Some(owner)) = owner {
                let desk = Arc::clone(self);
                self.runtime.spawn(async move { desk.give_back(owner).await });
            }
        }
    }

    /// Tries until the website has ended the session, or until trying again is
    /// no use.
    pub(super) async fn give_back(&self, owner: WindowId) {
        let mut tries = 0;
        while let Ok((website, credentials)) = self.signed_in() {
            let Some(error) = self.give_back_to(&website, &credentials, owner).await else { return };
            self.note_refusal(&credentials, &error);
            tries += 1;
            match away::pause(&error, Aim::Renew, tries, fastrand::f64()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return,
            }
        }
    }

    /// The same by a sign-in that may have ended meanwhile; answers what went
    /// wrong.
    pub(super) async fn give_back_to(
        &self,
        website: &Website,
        credentials: &Credentials,
        owner: WindowId,
    ) -> Option<Error> {
        if self.sessions.uses(owner) {
            return None;
        }
        let error = website.end_session(credentials, owner).await.err()?;
        tracing::warn!(window = %owner, %error, "session was not given back");
        Some(error)
    }
}
