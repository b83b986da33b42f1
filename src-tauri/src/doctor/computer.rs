//! What windows need of this computer: a webview, fonts, a place to draw, room
//! on the disk.

use std::path::PathBuf;

use mashdesk_core::Error;
use mashdesk_core::doctor::{Finding, Mender, Verdict};

use super::platform;

/// Least room for exports, in megabytes.
const MEGABYTES_MIN: u64 = 200;

/// Looks at everything, and reports each as it is seen.
pub(super) fn examine(download_folder: Option<PathBuf>, mut report: impl FnMut(Finding)) {
    let mut tell = |check: &'static str, verdict: Verdict| report(Finding { check, verdict });
    tell("webview", webview());
    tell("fonts", seen(platform::fonts()));
    tell("gpu", Verdict::Fine(platform::gpu()));
    tell("disk", disk(download_folder));
}

/// The names of these checks, in their order.
#[cfg(test)]
pub(crate) const CHECKS: &[&str] = &["webview", "fonts", "gpu", "disk"];

fn webview() -> Verdict {
    match tauri::webview_version() {
        Ok(version) => Verdict::Fine(version),
        Err(error) => {
            tracing::warn!(%error, "no webview");
            lacks("WebView2 / WebKitGTK")
        }
    }
}

/// Fonts for any text at all; which, where there are some.
fn seen(fonts: Result<String, &'static str>) -> Verdict {
    fonts.map_or_else(lacks, Verdict::Fine)
}

fn lacks(what: &str) -> Verdict {
    Verdict::Wrong(Box::new(Error::ComputerLacks { what: what.to_owned() }), Mender::It)
}

fn disk(download_folder: Option<PathBuf>) -> Verdict {
    let Some(folder) = download_folder.or_else(dirs::download_dir).or_else(dirs::home_dir) else {
        return Verdict::Skipped("no folder for exports".to_owned());
    };
    // A folder that is made with the first export is on its parent's disk.
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(&folder);
    let path = folder.display().to_string();
    match fs4::available_space(there) {
        Ok(bytes) if bytes >> 20 < MEGABYTES_MIN => {
            Verdict::Wrong(Box::new(Error::DiskFull { path, free: bytes >> 20 }), Mender::You)
        }
        Ok(bytes) => Verdict::Fine(format!("{path}, {} MB", bytes >> 20)),
        Err(error) => Verdict::Skipped(format!("{path}: {error}")),
    }
}
