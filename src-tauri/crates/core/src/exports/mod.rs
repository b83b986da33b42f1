//! Exports: fetched by core with the cookies of the window that asked, so that
//! they never travel as somebody else, and saved whole or not at all.

mod fetch;
pub(crate) mod file_name;
mod history;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{Timestamp, Zoned};
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
    /// When it was asked for.
    pub since: Timestamp,
    /// How far it is.
    pub state: ExportState,
    /// Where it is; nobody knows any more after a restart.
    url: Option<Url>,
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

/// The exports of this run and, of the day, those of earlier runs; newest last.
pub(crate) struct Exports {
    all: Mutex<Vec<Export>>,
    history_file: PathBuf,
}

impl Export {
    /// Whether it can be fetched once more, for all that is known.
    pub fn can_be_retried(&self) -> bool {
        let ended = matches!(self.state, ExportState::Failed(_) | ExportState::Cancelled);
        ended && self.url.is_some()
    }

    fn is_running(&self) -> bool {
        matches!(self.state, ExportState::Running(..))
    }
}

impl Exports {
    /// What earlier runs have exported today.
    pub(crate) fn load(settings_file: &Path) -> Self {
        let history_file = history::file_beside(settings_file);
        Self { all: Mutex::new(history::load(&history_file, &Zoned::now())), history_file }
    }

    /// Notes a new export; `None` where the same one is under way: a second
    /// click, or a page that opens its URL twice.
    fn begin(&self, window: WindowId, title: &str, url: &Url) -> Option<Export> {
        let mut exports = self.all.lock();
        let same = |export: &Export| export.window == window && export.url.as_ref() == Some(url);
        if exports.iter().any(|export| export.is_running() && same(export)) {
            return None;
        }
        let export = Export {
            id: ExportId::new(),
            window,
            title: title.to_owned(),
            file_name: file_name::for_export(title, url, &Zoned::now()),
            since: Timestamp::now(),
            state: ExportState::Running(0, None),
            url: Some(url.clone()),
            task: None,
        };
        // All day long the list would only grow; the files are in their folder.
        let ended = exports.iter().filter(|export| !export.is_running()).count();
        if ended >= KEPT
            && let Some(oldest) = exports.iter().position(|export| !export.is_running())
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
        self.all.lock().iter_mut().find(|export| export.id == id).map(change)
    }

    /// Writes down what has ended today.
    fn write_down(&self) {
        let all = self.all.lock();
        if let Err(error) = history::save(&self.history_file, &*all, &Zoned::now()) {
            tracing::warn!(%error, "the next run will not know of today's exports");
        }
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
            self.exports.write_down();
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
            export.can_be_retried().then(|| {
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
            desk.exports.write_down();
            desk.host.changed(Change::Exports);
            if !desk.host.is_looked_at()
                && let Some(export) = desk.exports.update(id, |export| export.clone())
            {
                desk.host.notify(&export);
            }
        });
        self.exports.update(id, |export| export.task = Some(task.abort_handle()));
    }

    /// The exports of this run and, of the day, those of earlier runs; oldest
    /// first.
    pub fn exports(&self) -> Vec<Export> {
        self.exports.all.lock().clone()
    }

    /// Where a download of the webview's own goes: the folder for exports, a
    /// legal name that is free.
    ///
    /// # Errors
    /// [`Error::WindowGone`], or [`Error::ExportFolder`].
    pub fn free_path(&self, window: WindowId, suggested: Option<&str>) -> Result<PathBuf, Error> {
        let session = self.window(window).ok_or(Error::WindowGone)?;
        let file_name = file_name::for_download(&session.title, suggested, &Zoned::now());
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
        let url = export.url.as_ref().ok_or(Error::WindowGone)?;
        let cookies = self.host.cookies(export.window).await.map_err(|_| Error::WindowGone)?;
        fetch::request(&self.http, url, &cookies).await
    }
}
