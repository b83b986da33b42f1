//! The files of a cache: which hold a secret, how they are copied, how they go.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, create_dir_all};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// When a window had a folder last: its owner was written, or it was cleaned.
pub(super) fn last_used(folder: &Path) -> SystemTime {
    fs::metadata(folder).and_then(|folder| folder.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Removes what was written with a cookie in it: `Set-Cookie` of an answer, or
/// the cookie that an answer varies by. Measured with WebKitGTK 2.50: an answer's
/// headers are text in one file, with a small body behind them; a large body is in
/// a file of its own, and of no use without the other.
pub(super) fn without_cookies(folder: &Path) -> io::Result<()> {
    const COOKIE: &[u8] = b"cookie";
    each_file(folder, &mut |file| {
        if file.file_name().is_some_and(|name| name.to_string_lossy().ends_with("-blob")) {
            return Ok(());
        }
        let holds = fs::read(file)?.windows(COOKIE.len()).any(|word| word.eq_ignore_ascii_case(COOKIE));
        if holds { fs::remove_file(file) } else { Ok(()) }
    })
}

/// Makes a cache the same as another, but for files of Mashdesk's own at its top
/// and for what WebKit makes again: second names of large bodies, and lists of what
/// pages load, which name the address that a page was opened by, one-time code and
/// all. What has another length is another file: WebKit never changes one.
pub(super) fn mirror(from: &Path, to: &Path, own: &[&str]) -> io::Result<()> {
    let mut kept = BTreeSet::new();
    each_file(from, &mut |file| {
        let Ok(name) = file.strip_prefix(from) else { return Ok(()) };
        let made_again = |step: &OsStr| step == "Blobs" || step == "SubResources";
        if own.iter().any(|own| name == Path::new(own)) || name.iter().any(made_again) {
            return Ok(());
        }
        let copy = to.join(name);
        let length = |file: &Path| fs::metadata(file).map(|file| file.len());
        if length(&copy).ok() != Some(length(file)?) {
            create_dir_all(copy.parent().unwrap_or(to))?;
            fs::copy(file, &copy)?;
        }
        kept.insert(copy);
        Ok(())
    })?;
    each_file(to, &mut |file| {
        let own = own.iter().any(|own| file == to.join(own));
        if own || kept.contains(file) { Ok(()) } else { fs::remove_file(file) }
    })
}

/// How large all files below a folder are together.
pub(super) fn bytes(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    each_file(folder, &mut |file| {
        bytes += fs::metadata(file)?.len();
        Ok(())
    })?;
    Ok(bytes)
}

pub(super) fn each_file(folder: &Path, act: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            each_file(&entry.path(), act)?;
        } else {
            act(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a file or a folder, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
