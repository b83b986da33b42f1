//! The files of a cache: which hold a cookie, how large they are, how they go.

use std::fs;
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
/// a file of its own, and of no use without the other. Mashdesk's own file stays.
pub(super) fn without_cookies(folder: &Path, own: &str) -> io::Result<()> {
    const COOKIE: &[u8] = b"cookie";
    each_file(folder, &mut |file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let body = name.ends_with("-blob") || file.components().any(|part| part.as_os_str() == "Blobs");
        if body || name == own {
            return Ok(());
        }
        let holds = fs::read(file)?.windows(COOKIE.len()).any(|word| word.eq_ignore_ascii_case(COOKIE));
        if holds { fs::remove_file(file) } else { Ok(()) }
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

fn each_file(folder: &Path, act: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
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
