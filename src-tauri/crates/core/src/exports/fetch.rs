//! One export on its way: requested once (Qlik may serve it once only),
//! streamed into a part file, checked, and moved into place.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::{Client, Response, StatusCode, header};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use url::Url;

use super::file_name;
use crate::http::Fault;
use crate::navigation::Origin;
use crate::qlik::{self, StoreCookie};
use crate::{Error, Instance, Result};

/// How often the launcher hears of progress.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// How the name of a half-written file ends.
const PART: &str = ".part";
/// How many numbered names are tried before the folder is given up.
const NAMES_MAX: u32 = 1_000;

/// Where an export goes.
pub(super) enum Place {
    /// Into a folder, under this name or the first free one after it.
    In(PathBuf, String),
    /// There, as the person has chosen, who has agreed to replace what is there.
    At(PathBuf),
}

impl Place {
    fn folder(&self) -> &Path {
        match self {
            Self::In(folder, _) => folder,
            Self::At(path) => path.parent().unwrap_or(path),
        }
    }
}

pub(super) async fn request(http: &Client, url: &Url, cookies: &[StoreCookie]) -> Result<Response> {
    let host = host(url);
    let mut request = http.get(url.clone());
    if let Some(cookies) = qlik::header_for(cookies, url) {
        request = request.header(header::COOKIE, cookies);
    }
    let response = request.send().await.map_err(|error| match error.into() {
        Fault::Unreachable(reason) | Fault::Tls(reason) => {
            Error::ExportUnreachable { host: host.clone(), reason }
        }
        Fault::Timeout => Error::ExportCut { host: host.clone() },
        Fault::ProxyAuth => Error::ProxyAuth { host: host.clone() },
    })?;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    // A login page can come with a status of 200; an export is never a page.
    let page = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    match status {
        _ if status.is_success() && !page => Ok(response),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::ExportGone { host }),
        _ => Err(Error::ExportRefused { host, status: status.as_u16() }),
    }
}

pub(super) async fn save(
    response: Response,
    place: &Place,
    run: Instance,
    mut tell: impl FnMut(u64, Option<u64>),
) -> Result<PathBuf> {
    let cut = Error::ExportCut { host: host(response.url()) };
    let folder = place.folder();
    let unwritable = |error: io::Error| folder_refused(folder, &error);
    let total = response.content_length();
    let (part, file) = part_file(folder, run).map_err(unwritable)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut chunks = response.bytes_stream();
    let mut received = 0;
    let mut told = Instant::now();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| cut.clone())?;
        file.write_all(&chunk).await.map_err(unwritable)?;
        received += chunk.len() as u64;
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            tell(received, total);
        }
    }
    if total.is_some_and(|total| total != received) {
        return Err(cut);
    }
    // The last write may be the one that finds the disk full.
    file.sync_all().await.map_err(unwritable)?;
    let kept = match place {
        Place::In(folder, file_name) => keep(part, folder, file_name),
        Place::At(path) => part.persist(path).map(|_| path.clone()).map_err(|failed| failed.error),
    };
    kept.map_err(unwritable)
}

/// The first name that is free and that `taken` does not hold, for a file that
/// somebody else writes.
pub(super) fn free_path(folder: &Path, file_name: &str, taken: impl Fn(&Path) -> bool) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)
        .and_then(|()| {
            (1..NAMES_MAX)
                .map(|attempt| file_name::numbered(folder, file_name, attempt))
                .find(|path| !path.exists() && !taken(path))
                .ok_or_else(|| io::ErrorKind::AlreadyExists.into())
        })
        .map_err(|error| folder_refused(folder, &error))
}

pub(super) fn folder_refused(folder: &Path, error: &io::Error) -> Error {
    Error::ExportFolder { path: folder.display().to_string(), reason: error.to_string() }
}

/// Removes what runs that were killed have left half-written.
pub(super) fn sweep(folder: &Path, runs: &[Instance]) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Only those: another computer may be saving into the same folder.
        if name.ends_with(PART) && runs.iter().any(|run| name.starts_with(&part_prefix(*run))) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn part_file(folder: &Path, run: Instance) -> io::Result<(NamedTempFile, File)> {
    std::fs::create_dir_all(folder)?;
    let part = tempfile::Builder::new().prefix(&part_prefix(run)).suffix(PART).tempfile_in(folder)?;
    let file = part.reopen()?;
    Ok((part, file))
}

fn part_prefix(run: Instance) -> String {
    format!(".mashdesk-{run}-")
}

/// Moves the part file to the first free name.
fn keep(mut part: NamedTempFile, folder: &Path, file_name: &str) -> io::Result<PathBuf> {
    for attempt in 1..NAMES_MAX {
        let path = file_name::numbered(folder, file_name, attempt);
        match part.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => part = taken.file,
            Err(other) => return Err(other.error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn host(url: &Url) -> String {
    Origin::of(url).map_or_else(String::new, |origin| origin.host().to_owned())
}
