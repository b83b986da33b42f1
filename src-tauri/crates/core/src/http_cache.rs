//! What a mashup's pages have loaded from their servers, kept from one opening
//! to the next: an HTTP cache for each mashup, in a folder of its own.
//!
//! A folder belongs to one person's one mashup, and to one live window at a time.
//! The window works on a copy of it in memory, beside what its pages store; both go
//! with the window. Once it has closed, what the cache holds without a cookie is
//! put into the folder: cookies, storages and workers never survive a close, and no
//! secret comes to the disk. A window that gets no folder opens all the same, and
//! keeps nothing.

mod cleaning;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File, create_dir_all};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::WindowId;
use crate::settings::{read, write};
use cleaning::{bytes, last_used, mirror, remove, without_cookies};

/// Most that all caches hold together, in bytes; a mashup's pages are 5 to 20 MB.
const BYTES_MAX: u64 = 512 << 20;
/// How long a webview goes on writing after its window has closed, at most: it
/// collects what it writes for a second.
const SETTLES: Duration = Duration::from_secs(5);
/// Says whose a folder is.
const OWNER: &str = "owner.json";
/// Is there while a window has the folder, and until what is new is in it.
const IN_USE: &str = "in-use";
/// Whoever has this file locked has the folder around it.
const LOCK: &str = "lock";

/// Where a system keeps them.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The caches, from one run to the next.
    pub caches: PathBuf,
    /// What windows hold while they are open; in memory.
    pub held: PathBuf,
}

/// One window's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The cache.
    pub cache: PathBuf,
    /// What pages store.
    pub storages: PathBuf,
}

/// Whose pages a cache keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) website: String,
    pub(crate) person: String,
    pub(crate) mashup: String,
}

/// The caches of this run, once it has them.
#[derive(Debug, Default)]
pub(crate) struct HttpCaches(Mutex<Option<Folders>>);

#[derive(Debug)]
struct Folders {
    roots: Roots,
    bytes_max: u64,
    /// Folders with an owner, also those that a window has.
    owned: BTreeMap<PathBuf, Owner>,
    /// Those that live windows have.
    taken: BTreeMap<WindowId, PathBuf>,
    /// Windows that have closed, and when: their webview may still write, what then
    /// goes into a folder, if it went anywhere.
    closed: Vec<(Instant, WindowId, Option<PathBuf>)>,
    /// Others see that the folders are in use.
    _locks: [File; 2],
}

impl HttpCaches {
    /// Takes the folders over from earlier runs. Where another run has them, or
    /// they cannot be written, this one keeps nothing.
    pub(crate) fn open(&self, roots: &Roots) {
        self.open_with(roots, BYTES_MAX);
    }

    fn open_with(&self, roots: &Roots, bytes_max: u64) {
        match Folders::open(roots, bytes_max) {
            Ok(folders) => *self.0.lock() = Some(folders),
            Err(error) => tracing::warn!(%error, "no pages are kept"),
        }
    }

    /// Whether an owner's pages are kept, and no window has them.
    pub(crate) fn has(&self, owner: &Owner) -> bool {
        self.0
            .lock()
            .as_ref()
            .is_some_and(|folders| folders.of(owner).is_some_and(|folder| !folders.is_in_use(folder)))
    }

    /// The same, and what their last window has loaded is all there.
    pub(crate) fn has_all(&self, owner: &Owner) -> bool {
        self.has(owner) && self.0.lock().as_ref().is_some_and(|folders| !folders.is_awaited(owner))
    }

    /// Gives a window its owner's folder, or a fresh one. Where another window has
    /// the owner's, or for nobody yet, a fresh one that is kept only if it gets an
    /// owner ([`assign`](Self::assign)).
    pub(crate) fn take(&self, window: WindowId, owner: Option<&Owner>) {
        let mut folders = self.0.lock();
        let Some(folders) = folders.as_mut() else { return };
        if let Err(error) = folders.take(window, owner) {
            tracing::warn!(%window, %error, "its pages are not kept");
        }
    }

    /// The pages that a window has loaded are an owner's, unless other pages of
    /// theirs are kept.
    pub(crate) fn assign(&self, window: WindowId, owner: &Owner) {
        let mut folders = self.0.lock();
        let Some(folders) = folders.as_mut() else { return };
        if let Some(folder) = folders.taken.get(&window).cloned()
            && let Err(error) = folders.own(&folder, owner)
        {
            tracing::warn!(%window, %error, "its pages are not kept");
        }
    }

    /// What a window has been given.
    pub(crate) fn slot(&self, window: WindowId) -> Option<Slot> {
        let folders = self.0.lock();
        let folders = folders.as_ref()?;
        folders.taken.contains_key(&window).then(|| folders.slot(window))
    }

    /// A window is gone. What it has loaded is kept by [`tend`](Self::tend).
    pub(crate) fn give_back(&self, window: WindowId) {
        if let Some(folders) = self.0.lock().as_mut()
            && let Some(folder) = folders.taken.remove(&window)
        {
            folders.closed.push((Instant::now(), window, Some(folder)));
        }
    }

    /// A window is gone that never went anywhere: its owner's folder is as it was.
    pub(crate) fn give_back_unused(&self, window: WindowId) {
        if let Some(folders) = self.0.lock().as_mut()
            && let Some(folder) = folders.taken.remove(&window)
        {
            folders.closed.push((Instant::now(), window, None));
            let owned = folders.owned.contains_key(&folder);
            let freed = if owned { remove(&folder.join(IN_USE)) } else { remove(&folder) };
            if let Err(error) = freed {
                tracing::warn!(%window, %error, "a folder is free at the next start");
            }
        }
    }

    /// Keeps nothing of those owners any more; what a live window has goes with
    /// it.
    pub(crate) fn forget(&self, whose: impl Fn(&Owner) -> bool) {
        if let Some(folders) = self.0.lock().as_mut() {
            folders.forget(whose);
        }
    }

    /// The run ends, and its windows with it: keeps what they have loaded.
    pub(crate) fn leave(&self) {
        if let Some(mut folders) = self.0.lock().take() {
            folders.leave();
        }
    }

    /// Keeps what closed windows have loaded, and removes what was not used for
    /// longest where it is too much. Blocks.
    pub(crate) fn tend(&self, now: Instant) {
        if let Some(folders) = self.0.lock().as_mut() {
            folders.tend(now);
        }
    }
}

impl Folders {
    fn open(roots: &Roots, bytes_max: u64) -> io::Result<Self> {
        create_dir_all(&roots.caches)?;
        create_dir_all(&roots.held)?;
        // Another run may share one of the two with this one.
        let locks = [lock(&roots.caches)?, lock(&roots.held)?];
        let (roots, owned) = (roots.clone(), BTreeMap::new());
        let mut folders =
            Self { roots, bytes_max, owned, taken: BTreeMap::new(), closed: Vec::new(), _locks: locks };
        folders.clear()?;
        for entry in fs::read_dir(&folders.roots.caches)? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            match read::<Option<Owner>>(&folder.join(OWNER)) {
                Ok(Some(owner)) => {
                    // Of a run that was killed with its windows open.
                    remove(&folder.join(IN_USE))?;
                    folders.owned.insert(folder, owner);
                }
                _ => remove(&folder)?,
            }
        }
        Ok(folders)
    }

    /// Removes what windows hold.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.roots.held)? {
            let entry = entry?;
            if entry.file_name() != LOCK {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn of(&self, owner: &Owner) -> Option<&PathBuf> {
        self.owned.iter().find(|(_, known)| *known == owner).map(|(folder, _)| folder)
    }

    fn is_in_use(&self, folder: &Path) -> bool {
        self.taken.values().any(|taken| taken == folder)
    }

    /// Whether a closed window's webview may still write for an owner.
    fn is_awaited(&self, owner: &Owner) -> bool {
        self.of(owner).is_some_and(|own| self.closed.iter().any(|(.., folder)| folder.as_ref() == Some(own)))
    }

    fn held(&self, window: WindowId) -> PathBuf {
        self.roots.held.join(window.to_string())
    }

    fn slot(&self, window: WindowId) -> Slot {
        let held = self.held(window);
        Slot { cache: held.join("cache"), storages: held.join("storages") }
    }

    fn take(&mut self, window: WindowId, owner: Option<&Owner>) -> io::Result<()> {
        let slot = self.slot(window);
        create_dir_all(&slot.storages)?;
        create_dir_all(&slot.cache)?;
        let kept = owner.and_then(|owner| self.of(owner)).filter(|folder| !self.is_in_use(folder));
        let folder = match kept {
            Some(kept) => {
                mirror(kept, &slot.cache, &[OWNER, IN_USE])?;
                kept.clone()
            }
            // Nobody else can look into it.
            None => tempfile::tempdir_in(&self.roots.caches)?.keep(),
        };
        fs::write(folder.join(IN_USE), "")?;
        self.taken.insert(window, folder.clone());
        match owner {
            Some(owner) => self.own(&folder, owner),
            None => Ok(()),
        }
    }

    fn own(&mut self, folder: &Path, owner: &Owner) -> io::Result<()> {
        if self.of(owner).is_none() {
            write(&folder.join(OWNER), owner).map_err(io::Error::other)?;
            self.owned.insert(folder.to_owned(), owner.clone());
        }
        Ok(())
    }

    fn forget(&mut self, whose: impl Fn(&Owner) -> bool) {
        let theirs: Vec<PathBuf> =
            self.owned.iter().filter(|(_, owner)| whose(owner)).map(|(folder, _)| folder.clone()).collect();
        for folder in theirs {
            self.disown(&folder);
        }
    }

    /// Nobody finds the folder again; it goes at once, or with its window.
    fn disown(&mut self, folder: &Path) {
        self.owned.remove(folder);
        let gone = if self.is_in_use(folder) { remove(&folder.join(OWNER)) } else { remove(folder) };
        if let Err(error) = gone {
            tracing::warn!(%error, "what pages have loaded goes later");
        }
    }

    fn tend(&mut self, now: Instant) {
        let (settled, still): (Vec<_>, Vec<_>) = std::mem::take(&mut self.closed)
            .into_iter()
            .partition(|(closed, ..)| now.duration_since(*closed) >= SETTLES);
        self.closed = still;
        if settled.is_empty() {
            return;
        }
        for (closed, window, folder) in settled {
            let kept = folder.as_ref().map_or(Ok(()), |folder| self.keep(window, folder));
            if let Err(error) = kept.and_then(|()| remove(&self.held(window))) {
                tracing::warn!(%error, "what a closed window has loaded is kept later");
                self.closed.push((closed, window, folder));
            }
        }
        self.prune();
    }

    /// Puts what a window has loaded into its folder, without what is secret.
    fn keep(&self, window: WindowId, folder: &Path) -> io::Result<()> {
        // Taken again meanwhile, it gets what that window has loaded.
        if self.is_in_use(folder) {
            return Ok(());
        }
        if !self.owned.contains_key(folder) {
            return remove(folder);
        }
        let cache = self.slot(window).cache;
        without_cookies(&cache)?;
        mirror(&cache, folder, &[OWNER, IN_USE])?;
        remove(&folder.join(IN_USE))
    }

    fn leave(&mut self) {
        for (window, folder) in std::mem::take(&mut self.taken) {
            self.closed.push((Instant::now(), window, Some(folder)));
        }
        self.tend(Instant::now() + SETTLES);
        if let Err(error) = self.clear() {
            tracing::warn!(%error, "what pages have stored goes at the next start");
        }
    }

    /// The least recently used go until the rest is little enough.
    fn prune(&mut self) {
        let idle = |(folder, _): &(&PathBuf, &Owner)| !self.is_in_use(folder);
        let mut idle: Vec<(SystemTime, u64, PathBuf)> = self
            .owned
            .iter()
            .filter(idle)
            .map(|(folder, _)| (last_used(folder), bytes(folder).unwrap_or(self.bytes_max), folder.clone()))
            .collect();
        idle.sort();
        let mut held: u64 = idle.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, folder) in idle {
            if held <= self.bytes_max {
                break;
            }
            self.disown(&folder);
            held -= bytes;
        }
    }
}

fn lock(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join(LOCK))?;
    file.try_lock().map_err(io::Error::other)?;
    Ok(file)
}
