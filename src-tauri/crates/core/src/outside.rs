//! What is asked from outside the app, by a link, the command line or a second
//! start: mashups by their ids, and nothing else. What cannot be done becomes a
//! notice in the launcher.

use std::sync::Arc;

use crate::host::{Change, Host};
use crate::website::plain;
use crate::{Catalog, Desk, Error, MashupId, Result};

/// How a link to a mashup begins; its id is all that follows.
const LINK: &str = "mashdesk://open/";
/// Most of a bad link that is shown, in characters.
const SHOWN_MAX: usize = 80;

/// Reads a link that the system handed over. It can come from any web page, so
/// it may hold an id and nothing more.
///
/// # Errors
/// [`Error::LinkInvalid`].
pub fn parse_link(link: &str) -> Result<MashupId> {
    link.strip_prefix(LINK)
        .and_then(|id| MashupId::parse(id).ok())
        .ok_or_else(|| Error::LinkInvalid { link: plain(link).chars().take(SHOWN_MAX).collect() })
}

impl<H: Host> Desk<H> {
    /// Opens mashups, or brings their windows to the front, now or as soon as
    /// somebody is signed in.
    pub fn open_when_ready(self: &Arc<Self>, asked: impl IntoIterator<Item = Result<MashupId>>) {
        for mashup in asked {
            match mashup {
                Ok(mashup) => self.waiting.lock().push_back(mashup),
                Err(error) => self.set_notice(Some(error)),
            }
        }
        let desk = Arc::clone(self);
        self.runtime.spawn(async move { desk.open_what_waits().await });
    }

    /// Why something that was asked from outside, or by a page, was not done.
    pub fn notice(&self) -> Option<Error> {
        self.notice.lock().clone()
    }

    /// Tells the person what went wrong without their doing.
    pub fn give_notice(&self, error: Error) {
        self.set_notice(Some(error));
    }

    /// The person has read it.
    pub fn dismiss_notice(&self) {
        self.set_notice(None);
    }

    pub(crate) async fn open_what_waits(self: &Arc<Self>) {
        while self.signed_in().is_ok() {
            let Some(mashup) = self.waiting.lock().pop_front() else { return };
            match self.open_from_outside(&mashup).await {
                Ok(()) => {}
                Err(Error::SignInNeeded { .. }) => self.waiting.lock().push_front(mashup),
                Err(error) => self.set_notice(Some(error)),
            }
        }
    }

    async fn open_from_outside(self: &Arc<Self>, mashup: &MashupId) -> Result<()> {
        if self.sessions.showing(mashup).is_none() && !self.may_be_listed(mashup) {
            // It may have been granted a moment ago.
            self.refresh_catalog().await.or_else(|error| match error {
                Error::SignInNeeded { .. } => Err(error),
                _ => Ok(()),
            })?;
            if !self.may_be_listed(mashup) {
                return Err(Error::UnknownMashup { mashup: mashup.to_string() });
            }
        }
        self.go_to(mashup).map(drop)
    }

    /// Without a catalog the website decides when it is asked for a ticket.
    fn may_be_listed(&self, mashup: &MashupId) -> bool {
        match &*self.catalog.lock() {
            Catalog::Ready(mashups, _) => mashups.iter().any(|listed| listed.id == *mashup),
            Catalog::Failed(_) => true,
            Catalog::None | Catalog::Loading => false,
        }
    }

    pub(crate) fn set_notice(&self, notice: Option<Error>) {
        if let Some(error) = &notice {
            tracing::warn!(%error, "the person is told in the launcher");
        }
        *self.notice.lock() = notice;
        self.host.changed(Change::Notice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_id_and_nothing_more() {
        assert_eq!(parse_link("mashdesk://open/m001").as_ref().map(MashupId::as_str), Ok("m001"));
        let long = format!("mashdesk://open/{}", "a".repeat(10_000));
        for bad in [
            "",
            "m001",
            "mashdesk:",
            "mashdesk:m001",
            "mashdesk:open/m001",
            "mashdesk://",
            "mashdesk://open",
            "mashdesk://open/",
            "mashdesk://open/..",
            "mashdesk://open/m001/",
            "mashdesk://open/m001/m002",
            "mashdesk://open/m001?website=https://evil.example",
            "mashdesk://open/m001#x",
            "mashdesk://open/m%30%301",
            "mashdesk://open:80/m001",
            "mashdesk://ana@open/m001",
            "mashdesk://evil/m001",
            "mashdesk://open.evil.example/m001",
            "mashdesk-window://open/m001",
            "https://open/m001",
            " mashdesk://open/m001",
            "mashdesk://open/m001 --website https://evil.example",
            "mashdesk://open/m\n001",
            "mashdesk://open/m001\0",
            "mashdesk://open/\u{202e}100m",
            &long,
        ] {
            let Err(Error::LinkInvalid { link }) = parse_link(bad) else { panic!("{bad:?} was read") };
            assert!(link.chars().count() <= SHOWN_MAX && link == plain(&link), "{link:?}");
        }
    }
}
