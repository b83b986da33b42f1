//! Downloads that the webview does by itself, since only the page has what is in
//! them (`blob:`, `data:`) or because they are no exports of Qlik's: named and
//! listed as exports are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{Timestamp, Zoned};
use url::Url;

use super::{Export, ExportState, fetch, file_name, list};
use crate::host::{Change, Host};
use crate::{Desk, Error, ExportId, Result, WindowId};

/// A download under way, and where the webview writes it.
#[derive(Clone, Debug)]
pub(super) struct Download {
    id: ExportId,
    window: WindowId,
    url: Url,
    path: PathBuf,
}

impl<H: Host> Desk<H> {
    /// A webview is about to download something: answers where to, a legal name
    /// that is free.
    ///
    /// # Errors
    /// [`Error::WindowGone`], or [`Error::ExportFolder`], which is listed as well.
    pub fn download_begins(&self, window: WindowId, url: &Url, suggested: Option<&str>) -> Result<PathBuf> {
        let session = self.window(window).ok_or(Error::WindowGone)?;
        let file_name = file_name::of(&session.title, suggested, &Zoned::now());
        let mut downloads = self.exports.downloads.lock();
        let taken = |path: &Path| downloads.iter().any(|other| other.path == path);
        let free = fetch::free_path(&self.download_folder(), &file_name, taken);
        let export = Export {
            id: ExportId::new(),
            window,
            title: session.title,
            file_name: free.as_deref().ok().and_then(name_of).unwrap_or(file_name),
            since: Timestamp::now(),
            state: match &free {
                Ok(_) => ExportState::Running(0, None),
                Err(error) => ExportState::Failed(error.clone()),
            },
            url: None,
            asked_twice: false,
            task: None,
        };
        if let Ok(path) = &free {
            downloads.push(Download { id: export.id, window, url: url.clone(), path: path.clone() });
        }
        drop(downloads);
        let id = export.id;
        let dropped = list(&mut self.exports.all.lock(), export);
        self.export_dropped(dropped);
        self.host.changed(Change::Export(id));
        free
    }

    /// A webview has ended a download, well or not. Not each says where it wrote.
    pub fn download_ended(self: &Arc<Self>, window: WindowId, url: &Url, path: Option<&Path>, well: bool) {
        let same = |download: &Download| match path {
            Some(path) => download.path == path,
            None => download.window == window && download.url == *url,
        };
        let ended = {
            let mut downloads = self.exports.downloads.lock();
            downloads.iter().position(same).map(|at| downloads.remove(at))
        };
        let Some(download) = ended else { return };
        if !self.is_wanted(&download) {
            return;
        }
        let desk = Arc::clone(self);
        self.runtime.spawn(async move {
            let state = if well { desk.placed(&download).await } else { failed(&download) };
            desk.export_ended(download.id, state);
        });
    }

    /// A window has gone, and what it was downloading with it.
    pub(crate) fn downloads_stop(&self, window: WindowId) {
        // The host may wait for the main thread, which may wait for this list.
        let stopped: Vec<Download> = {
            let mut downloads = self.exports.downloads.lock();
            downloads.extract_if(.., |download| download.window == window).collect()
        };
        for download in stopped {
            if self.is_wanted(&download) {
                self.export_ended(download.id, failed(&download));
            }
        }
    }

    /// Whether anybody still wants it; otherwise it is thrown away.
    fn is_wanted(&self, download: &Download) -> bool {
        let wanted = self.exports.update(download.id, |export| export.is_running()) == Some(true);
        if !wanted {
            remove(&download.path);
        }
        wanted
    }

    /// A whole file, at the place that the person chooses for it where they are
    /// asked: the webview could not wait for that.
    async fn placed(&self, download: &Download) -> ExportState {
        let Download { id, window, path, .. } = download;
        let folder = path.parent().unwrap_or(path);
        let (true, Some(name)) = (self.asks_where_to_save(), name_of(path)) else {
            return ExportState::Saved(path.clone());
        };
        let Some(chosen) = self.host.ask_where(*window, folder, &name).await else {
            remove(path);
            return ExportState::Cancelled;
        };
        if chosen == *path {
            return ExportState::Saved(chosen);
        }
        // Not renamed: the chosen place may be on another disk.
        match tokio::fs::copy(path, &chosen).await {
            Ok(_) => {
                remove(path);
                self.exports.update(*id, |export| {
                    export.file_name = name_of(&chosen).unwrap_or_default();
                });
                ExportState::Saved(chosen)
            }
            Err(error) => {
                let folder = chosen.parent().unwrap_or(&chosen);
                ExportState::Failed(fetch::folder_refused(folder, &error))
            }
        }
    }
}

/// What the webview has written of it is of no use.
fn failed(download: &Download) -> ExportState {
    remove(&download.path);
    ExportState::Failed(Error::DownloadFailed)
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a download may be left");
    }
}

fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}
