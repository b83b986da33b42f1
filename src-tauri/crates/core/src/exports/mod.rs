//! Exports: fetched by core with the cookies of the window that asked, so that
//! they never travel as somebody else, and saved whole or not at all.

mod disposition;
mod download;
mod fetch;
pub(crate) mod file_name;
mod history;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use parking_lot::Mutex;
use reqwest::Response;
use tokio::task::AbortHandle;
use url::Url;

use self::download::Download;
use self::fetch::Place;
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
    /// A second click has asked for it, too.
    asked_twice: bool,
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
/// A second click that asks for the same comes sooner than that.
const DOUBLE_CLICK: SignedDuration = SignedDuration::from_secs(1);

/// The exports of this run and, of the day, those of earlier runs; newest last.
pub(crate) struct Exports {
    all: Mutex<Vec<Export>>,
    /// What webviews are downloading by themselves.
    downloads: Mutex<Vec<Download>>,
    history_file: PathBuf,
}

impl Export {
    /// Whether it can be fetched once more, for all that is known.
    pub fn can_be_retried(&self) -> bool {
        let again = match &self.state {
            // Only the mashup can have Qlik make another one.
            ExportState::Failed(Error::ExportGone { .. }) => false,
            ExportState::Failed(_) | ExportState::Cancelled => true,
            ExportState::Running(..) | ExportState::Saved(_) => false,
        };
        again && self.url.is_some()
    }

    fn is_running(&self) -> bool {
        matches!(self.state, ExportState::Running(..))
    }
}

impl Exports {
    /// What earlier runs have exported today.
    pub(crate) fn load(settings_file: &Path) -> Self {
        let history_file = history::file_beside(settings_file);
        let all = Mutex::new(history::load(&history_file, &Zoned::now()));
        Self { all, downloads: Mutex::default(), history_file }
    }

    /// Notes a new export, and says which one is listed no longer; `None` where
    /// the same one is under way: a second click, or a page that opens its URL
    /// twice.
    fn begin(&self, window: WindowId, title: &str, url: &Url) -> Option<(Export, Option<ExportId>)> {
        let mut exports = self.all.lock();
        let same = |export: &Export| export.window == window && export.url.as_ref() == Some(url);
        if exports.iter().any(|export| export.is_running() && same(export)) {
            return None;
        }
        let suggested = file_name::in_address(url);
        let export = Export {
            id: ExportId::new(),
            window,
            title: title.to_owned(),
            file_name: file_name::of(title, suggested.as_deref(), &Zoned::now()),
            since: Timestamp::now(),
            state: ExportState::Running(0, None),
            url: Some(url.clone()),
            asked_twice: false,
            task: None,
        };
        let dropped = list(&mut exports, export.clone());
        Some((export, dropped))
    }

    /// An export that a double click may have asked for as well: Qlik makes a
    /// file for each click, at another address.
    fn twin(&self, window: WindowId, url: &Url) -> Option<ExportId> {
        let ending = |url: &Url| file_name::in_address(url).map(|name| file_name::ending(&name));
        let exports = self.all.lock();
        let twin = exports.iter().rev().find(|export| {
            export.window == window
                && !export.asked_twice
                && Timestamp::now().duration_since(export.since) < DOUBLE_CLICK
                && export.url.as_ref().is_some_and(|other| other != url && ending(other) == ending(url))
        });
        twin.map(|export| export.id)
    }

    fn set(&self, id: ExportId, state: ExportState) {
        self.update(id, |export| export.state = state);
    }

    /// So many bytes are here. What fetches one may not know yet that it was stopped.
    fn came(&self, id: ExportId, received: u64, total: Option<u64>) {
        self.update(id, |export| {
            if export.is_running() {
                export.state = ExportState::Running(received, total);
            }
        });
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

/// Adds an export to the list, which does not grow all day long: the files are
/// in their folder. Says which one made room.
fn list(exports: &mut Vec<Export>, export: Export) -> Option<ExportId> {
    let ended = exports.iter().filter(|export| !export.is_running()).count();
    let oldest = exports.iter().position(|export| !export.is_running()).filter(|_| ended >= KEPT);
    let dropped = oldest.map(|oldest| exports.remove(oldest).id);
    exports.push(export);
    dropped
}

impl<H: Host> Desk<H> {
    /// Fetches an export with the cookies of the window that asked for it.
    pub fn export(self: &Arc<Self>, window: WindowId, url: &Url) {
        let Some(twin) = self.exports.twin(window, url) else { return self.begin_export(window, url) };
        let (desk, url) = (Arc::clone(self), url.clone());
        self.runtime.spawn(async move {
            if desk.host.clicked_twice(window).await {
                tracing::info!(%window, "a double click exports once");
                desk.exports.update(twin, |export| export.asked_twice = true);
            } else {
                desk.begin_export(window, &url);
            }
        });
    }

    fn begin_export(self: &Arc<Self>, window: WindowId, url: &Url) {
        let Some(session) = self.window(window) else { return };
        if let Some((export, dropped)) = self.exports.begin(window, &session.title, url) {
            self.export_dropped(dropped);
            self.spawn_export(export);
        }
    }

    /// Whether a window waits for an export.
    pub(crate) fn exports_run(&self, window: WindowId) -> bool {
        self.exports.all.lock().iter().any(|export| export.window == window && export.is_running())
    }

    /// Stops an export; what has come of it is thrown away.
    pub fn cancel_export(&self, id: ExportId) {
        let stopped = self.exports.update(id, |export| {
            let task = export.task.take().inspect(AbortHandle::abort);
            // A webview goes on; what it brings is thrown away.
            if export.is_running() && (task.is_some() || export.url.is_none()) {
                export.state = ExportState::Cancelled;
            }
        });
        if stopped.is_some() {
            self.exports.write_down();
            self.host.changed(Change::Export(id));
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
            && let Err(error) = fetch::sweep(&self.download_folder(), runs)
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

    /// Tells of one that made room for another.
    fn export_dropped(&self, dropped: Option<ExportId>) {
        if let Some(id) = dropped {
            self.host.changed(Change::Export(id));
        }
    }

    fn spawn_export(self: &Arc<Self>, export: Export) {
        self.host.changed(Change::Export(export.id));
        let (desk, id) = (Arc::clone(self), export.id);
        let task = self.runtime.spawn(async move {
            let state = match desk.fetch(&export).await {
                Ok(Some(path)) => ExportState::Saved(path),
                Ok(None) => ExportState::Cancelled,
                Err(error) => {
                    tracing::warn!(window = %export.window, %error, "export failed");
                    ExportState::Failed(error)
                }
            };
            desk.export_ended(id, state);
        });
        self.exports.update(id, |export| export.task = Some(task.abort_handle()));
    }

    fn export_ended(&self, id: ExportId, state: ExportState) {
        self.exports.set(id, state);
        self.exports.write_down();
        self.host.changed(Change::Export(id));
        if !self.host.is_looked_at()
            && let Some(export) = self.listed_export(id)
        {
            self.host.notify(&export);
        }
    }

    /// One export; `None` where it is listed no longer.
    pub fn listed_export(&self, id: ExportId) -> Option<Export> {
        self.exports.update(id, |export| export.clone())
    }

    /// The exports of this run and, of the day, those of earlier runs; oldest
    /// first.
    pub fn exports(&self) -> Vec<Export> {
        self.exports.all.lock().clone()
    }

    /// Fetches an export to where it goes; nothing, where the person is asked and
    /// says nowhere.
    async fn fetch(self: &Arc<Self>, export: &Export) -> Result<Option<PathBuf>, Error> {
        // Asked first: what Qlik hands out once must not wait for a person.
        let chosen = if self.asks_where_to_save() {
            let folder = self.download_folder();
            match self.host.ask_where(export.window, &folder, &export.file_name).await {
                Some(path) => Some(path),
                None => return Ok(None),
            }
        } else {
            None
        };
        let renewals = self.renewals(export.window);
        let response = match self.request(export).await {
            // Refused: perhaps the session has ended. Once is enough to know.
            Err(refused @ (Error::ExportRefused { .. } | Error::ExportGone { .. })) => {
                if !self.renewed_since(export.window, renewals, Signal::ExportRefused).await {
                    return Err(refused);
                }
                self.request(export).await?
            }
            other => other?,
        };
        let place = match chosen {
            Some(path) => Place::At(path),
            None => Place::In(self.download_folder(), self.named(export, &response)),
        };
        let told = |received, total| {
            self.exports.came(export.id, received, total);
            self.host.changed(Change::Export(export.id));
        };
        let path = fetch::save(response, &place, self.instance, told).await?;
        if let Some(name) = path.file_name() {
            let name = name.to_string_lossy().into_owned();
            self.exports.update(export.id, |export| export.file_name = name);
        }
        Ok(Some(path))
    }

    /// The export's name, after the object where Qlik says it now.
    fn named(&self, export: &Export, response: &Response) -> String {
        let Some(suggested) = disposition::file_name(response.headers()) else {
            return export.file_name.clone();
        };
        let asked = export.since.to_zoned(TimeZone::system());
        let name = file_name::of(&export.title, Some(&suggested), &asked);
        self.exports.update(export.id, |export| export.file_name.clone_from(&name));
        name
    }

    async fn request(&self, export: &Export) -> Result<Response, Error> {
        let url = export.url.as_ref().ok_or(Error::WindowGone)?;
        let cookies = self.host.cookies(export.window).await.map_err(|_| Error::WindowGone)?;
        fetch::request(&self.http, url, &cookies).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stopped_does_not_run_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let exports = Exports::load(&folder.path().join("settings.json"));
        let url = Url::parse("https://qlik.acme.example/tempcontent/a.csv").expect("a URL");
        let (export, _) = exports.begin(WindowId::new(), "Sales", &url).expect("a new one");
        let state = || exports.update(export.id, |export| export.state.clone());
        exports.came(export.id, 7, Some(70));
        assert_eq!(state(), Some(ExportState::Running(7, Some(70))));
        exports.set(export.id, ExportState::Cancelled);
        exports.came(export.id, 14, Some(70));
        assert_eq!(state(), Some(ExportState::Cancelled));
    }
}
