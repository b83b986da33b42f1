//! What one run leaves to the next: the windows that were open, and the runs
//! whose sessions were not given back, because the power went or the app was
//! killed. Nothing here is a secret.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::host::{Geometry, Host};
use crate::settings::{read, write};
use crate::website::Website;
use crate::{Desk, Instance, MashupId, Result};

/// Moving a window tells of every pixel; the file need not.
const GATHER: Duration = Duration::from_millis(300);

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LastRun {
    website: Option<Url>,
    /// Runs that may have left sessions behind.
    instances: Vec<Instance>,
    windows: Vec<OpenWindow>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OpenWindow {
    mashup: String,
    geometry: Option<Geometry>,
}

pub(crate) fn file_beside(settings_file: &Path) -> PathBuf {
    settings_file.with_file_name("last-run.json")
}

impl LastRun {
    /// What the last run left; a broken file costs no more than its windows.
    pub(crate) fn load(file: &Path) -> Self {
        read(file).unwrap_or_else(|error| {
            tracing::warn!(%error, "the last run is forgotten");
            Self::default()
        })
    }
}

impl<H: Host> Desk<H> {
    /// Notes, soon, what is open now.
    pub(crate) fn remember(&self) {
        self.to_remember.notify_one();
    }

    /// Writes down what is open, whenever that has changed.
    pub(crate) async fn keep_remembering(self: Arc<Self>) {
        loop {
            self.to_remember.notified().await;
            if self.is_quitting() {
                return;
            }
            // At once: the first window's session must be known to the next run
            // before there is one.
            self.write_down(true);
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Writes down what is open; `unfinished` is whether this run still has
    /// sessions.
    pub(crate) fn write_down(&self, unfinished: bool) {
        let Ok((website, _)) = self.signed_in() else { return };
        let mut left = self.left_behind.lock().clone();
        if unfinished {
            left.push(self.instance);
        }
        let windows = self.windows().into_iter().map(|(_, session)| OpenWindow {
            mashup: session.mashup.to_string(),
            geometry: session.geometry,
        });
        let run = LastRun { website: Some(website.url.clone()), instances: left, windows: windows.collect() };
        if let Err(error) = write(&self.last_run_file, &run) {
            tracing::warn!(%error, "the next run will not know of this one");
        }
    }

    /// Removes what runs that were killed have left on this computer.
    pub(crate) fn clear_up(&self) {
        let killed = self.last_run.lock().as_ref().map(|last| last.instances.clone());
        self.sweep_exports(&killed.unwrap_or_default());
    }

    /// Somebody has signed in: ends what earlier runs left on Qlik, then opens
    /// the windows that were open, one after another, so that the website and
    /// the quota hold.
    pub(crate) async fn take_up(self: &Arc<Self>, website: &Website) {
        let Some(last) = self.last_run.lock().take() else { return };
        if last.website.as_ref() != Some(&website.url) {
            return;
        }
        self.left_behind.lock().clone_from(&last.instances);
        self.end_left_behind().await;
        for window in last.windows {
            let opened =
                MashupId::parse(&window.mashup).and_then(|mashup| self.open_at(&mashup, window.geometry));
            match opened {
                Ok(window) => self.sessions.settled(window).await,
                Err(error) => tracing::warn!(%error, "a window of the last run stays closed"),
            }
        }
    }

    async fn end_left_behind(&self) {
        let left = self.left_behind.lock().clone();
        for instance in left {
            let ended: Result<()> = match self.signed_in() {
                Ok((website, credentials)) => website.end_sessions(&credentials, instance).await,
                Err(error) => Err(error),
            };
            match ended {
                Ok(()) => self.left_behind.lock().retain(|left| *left != instance),
                // The next run tries again.
                Err(error) => tracing::warn!(%error, "sessions of an earlier run were not given back"),
            }
        }
        self.remember();
    }
}
