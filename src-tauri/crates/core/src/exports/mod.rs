//! Exports: fetched by core with the cookies of the window that asked, so that
//! they never travel as somebody else, and saved whole or not at all.

mod fetch;
mod file_name;

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use reqwest::Response;
use url::Url;

use crate::host::{Change, Host};
use crate::sessions::Signal;
use crate::{Desk, Error, ExportId, WindowId};

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
}

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
        };
        exports.push(export.clone());
        Some(export)
    }

    fn set(&self, id: ExportId, state: ExportState) {
        if let Some(export) = self.0.lock().iter_mut().find(|export| export.id == id) {
            export.state = state;
        }
    }
}

impl<H: Host> Desk<H> {
    /// Fetches an export with the cookies of the window that asked for it.
    pub fn export(self: &Arc<Self>, window: WindowId, url: &Url) {
        let Some(session) = self.window(window) else { return };
        let Some(export) = self.exports.begin(window, &session.title, url) else { return };
        self.host.changed(Change::Exports);
        let desk = Arc::clone(self);
        self.runtime.spawn(async move {
            let state = match desk.fetch(&export).await {
                Ok(path) => ExportState::Saved(path),
                Err(error) => {
                    tracing::warn!(%window, %error, "export failed");
                    ExportState::Failed(error)
                }
            };
            desk.exports.set(export.id, state);
            desk.host.changed(Change::Exports);
        });
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
        fetch::save(response, &self.download_folder, &export.file_name, |received, total| {
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
