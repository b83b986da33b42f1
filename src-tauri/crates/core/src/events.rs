//! News from the website: server-sent events, or the catalog's `ETag` where
//! they do not get through.

use std::sync::Arc;
use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde::Deserialize;

use crate::host::Host;
use crate::{Desk, Error, MashupId};

/// The website says something at least every fifteen seconds; longer silence
/// means that something between us holds events back.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// How often the catalog is asked for where there are no events.
const POLL: Duration = Duration::from_secs(30);
/// The first pause before events are asked for again; it doubles up to `POLL`.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

impl<H: Host> Desk<H> {
    /// Follows the website's news from now on, in place of what was followed
    /// before.
    pub(crate) fn follow_news(self: &Arc<Self>) {
        let desk = Arc::clone(self);
        let following = self.runtime.spawn(async move { desk.follow().await });
        if let Some(before) = self.following.lock().replace(following.abort_handle()) {
            before.abort();
        }
    }

    /// Follows no news any more.
    pub(crate) fn unfollow_news(&self) {
        if let Some(before) = self.following.lock().take() {
            before.abort();
        }
    }

    async fn follow(self: &Arc<Self>) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.listen().await {
                Ok(heard) => {
                    if heard {
                        pause = FIRST_PAUSE;
                    }
                }
                Err(Error::SignInNeeded { .. }) => return,
                Err(error) => tracing::info!(%error, "no events"),
            }
            tokio::time::sleep(pause.mul_f64(0.8 + 0.4 * fastrand::f64())).await;
            pause = (pause * 2).min(POLL);
            // What was said meanwhile was missed.
            if let Err(error) = self.refresh_catalog().await {
                tracing::info!(%error, "no catalog");
            }
        }
    }

    /// Listens until the stream ends; says whether anything was heard.
    async fn listen(self: &Arc<Self>) -> Result<bool, Error> {
        let (website, credentials) = self.signed_in()?;
        let mut events = website.events(&credentials).await?.bytes_stream().eventsource();
        let mut heard = false;
        while let Ok(Some(Ok(event))) = tokio::time::timeout(SILENCE_MAX, events.next()).await {
            heard = true;
            self.hear(&event.event, &event.data).await;
        }
        Ok(heard)
    }

    async fn hear(self: &Arc<Self>, event: &str, data: &str) {
        match News::read(event, data) {
            Some(News::Revoked(mashup)) => self.revoke(&mashup),
            Some(News::Catalog) => {
                if let Err(error) = self.refresh_catalog().await {
                    tracing::info!(%error, "no catalog");
                }
            }
            None => {}
        }
    }
}

/// What an event says, as far as this version knows.
pub(crate) enum News {
    /// The catalog is another.
    Catalog,
    /// Access to a mashup was withdrawn.
    Revoked(MashupId),
}

impl News {
    pub(crate) fn read(event: &str, data: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Revoked {
            mashup: String,
        }
        match event {
            "catalog" => Some(Self::Catalog),
            "revoked" => match serde_json::from_str(data) {
                Ok(Revoked { mashup }) => MashupId::parse(&mashup).ok().map(Self::Revoked),
                Err(error) => {
                    tracing::warn!(%error, "an event that says nothing");
                    None
                }
            },
            _ => None,
        }
    }
}
