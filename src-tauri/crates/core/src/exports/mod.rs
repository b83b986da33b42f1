//! Exports: fetched by core with the cookies of the window that asked, so that
//! they never travel as somebody else, and saved whole or not at all.

mod fetch;
mod file_name;

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use reqwest::Response;
use tokio::task::AbortHandle;
use url::Url;

use crate::host::{Change, Host};
use crate::sessions::Signal;
use crate::{Desk, Error, ExportId, Instance, WindowId};

/// One export, from its click on.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its name in the launcher.
    pub id: ExportId,
    /// The window that asked for it.
    pub window: WindowId,
    /// The title of that window's mashup.
    pub title: String,
    /// The file it becomes.
    pub file_name: String,
    /// How far it is.
    pub state: ExportState,
    url: Url,
    /// What fetches it.
    task: Option<AbortHandle>,
}

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// Bytes so far, and of how many where Qlik said.
    Running(u64, Option<u64>),
    /// Whole, under this path.
    Saved(PathBuf),
    /// Not saved; nothing half-written is left.
    Failed(Error),
    /// The person stopped it; nothing half-written is left.
    Cancelled,
}

/// How many exports that have ended are still listed.
const KEPT: usize = 50;

/// The exports of this run, newest last.
#[derive(Default)]
pub(crate) struct Exports(Mutex<Vec<Export>>);

impl Exports {
    /// Notes a new export; `None` where the same one is under way: a second
    /// click, or a page that opens its URL twice.
    fn begin(&self, window: WindowId, title: &str, url: &Url) -> Option<Export> {
        let mut exports = self.0.lock();
        let running = |export: &Export| matches!(export.state, ExportState::Running(..));
        if exports.iter().any(|export| running(export) && export.window == window && export.url == *url) {
            return None;
        }
        let export = Export {
            id: ExportId::new(),
            window,
            title: title.to_owned(),
            file_name: file_name::for_export(title, url, &jiff::Zoned::now()),
            state: ExportState::Running(0, None),
            url: url.clone(),
            task: None,
        };
        // All day long the list would only grow; the files are in their folder.
        let ended = exports.iter().filter(|export| !running(export)).count();
        if ended >= KEPT
            && let Some(oldest) = exports.iter().position(|export| !running(export))
        {
            exports.remove(oldest);
        }
        exports.push(export.clone());
        Some(export)
    }

    fn set(&self, id: ExportId, state: ExportState) {
        self.update(id, |export| export.state = state);
    }

    fn update<T>(&self, id: ExportId, change: impl FnOnce(&mut Export) -> T) -> Option<T> {
        self.0.lock().iter_mut().find(|export| export.id == id).map(change)
    }
}

impl<H: Host> Desk<H> {
    /// Fetches an export with the cookies of the window that asked for it.
    pub fn export(self: &Arc<Self>, window: WindowId, url: &Url) {
        let Some(session) = self.window(window) else { return };
        if let Some(export) = self.exports.begin(window, &session.title, url) {
            self.spawn_export(export);
        }
    }

    /// Stops an export; what has come of it is thrown away.
    pub fn cancel_export(&self, id: ExportId) {
        let stopped = self.exports.update(id, |export| {
            if let (ExportState::Running(..), Some(task)) = (&export.state, export.task.take()) {
                task.abort();
                export.state = ExportState::Cancelled;
            }
        });
        if stopped.is_some() {
            self.host.changed(Change::Exports);
        }
    }

    /// Stops every export: the app quits.
    pub(crate) fn cancel_exports(&self) {
        for export in self.exports() {
            self.cancel_export(export.id);
        }
    }

    /// Removes what earlier runs, which were killed, have left half-written.
    pub(crate) fn sweep_exports(&self, runs: &[Instance]) {
        if !runs.is_empty()
            && let Err(error) = fetch::sweep(&self.download_folder, runs)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a half-written export may be left");
        }
    }

    /// Fetches an export that failed or was stopped once more.
    pub fn retry_export(self: &Arc<Self>, id: ExportId) {
        let again = self.exports.update(id, |export| {
            let ended = matches!(export.state, ExportState::Failed(_) | ExportState::Cancelled);
            ended.then(|| {
                export.state = ExportState::Running(0, None);
                export.clone()
            })
        });
        if let Some(Some(export)) = again {
            self.spawn_export(export);
        }
    }

    fn spawn_export(self: &Arc<Self>, export: Export) {
        self.host.changed(Change::Exports);
        let (desk, id) = (Arc::clone(self), export.id);
        let task = self.runtime.spawn(async move {
            let state = match desk.fetch(&export).await {
                Ok(path) => ExportState::Saved(path),
                Err(error) => {
                    tracing::warn!(window = %export.window, %error, "export failed");
                    ExportState::Failed(error)
                }
            };
            desk.exports.set(id, state);
            desk.host.changed(Change::Exports);
        });
        self.exports.update(id, |export| export.task = Some(task.abort_handle()));
    }

    /// The exports of this run, oldest first.
    pub fn exports(&self) -> Vec<Export> {
        self.exports.0.lock().clone()
    }

    /// Where a download of the webview's own goes: the folder for exports, a
    /// legal name that is free.
    ///
    /// # Errors
    /// [`Error::WindowGone`], or [`Error::ExportFolder`].
    pub fn free_path(&self, window: WindowId, suggested: Option<&str>) -> Result<PathBuf, Error> {
        let session = self.window(window).ok_or(Error::WindowGone)?;
        let file_name = file_name::for_download(&session.title, suggested, &jiff::Zoned::now());
        fetch::free_path(&self.download_folder, &file_name)
    }

    async fn fetch(self: &Arc<Self>, export: &Export) -> Result<PathBuf, Error> {
        let response = match self.request(export).await {
            // Refused: perhaps the session has ended. Once is enough to know.
            Err(refused @ Error::ExportRefused { .. }) => {
                if !self.renewed_since(export.window, Signal::ExportRefused).await {
                    return Err(refused);
                }
                self.request(export).await?
            }
            other => other?,
        };
        let (folder, file_name) = (&self.download_folder, &export.file_name);
        fetch::save(response, folder, file_name, self.instance, |received, total| {
            self.exports.set(export.id, ExportState::Running(received, total));
            self.host.changed(Change::Exports);
        })
        .await
    }

    async fn request(&self, export: &Export) -> Result<Response, Error> {
        let cookies = self.host.cookies(export.window).await.map_err(|_| Error::WindowGone)?;
        fetch::request(&self.http, &export.url, &cookies).await
    }
}
