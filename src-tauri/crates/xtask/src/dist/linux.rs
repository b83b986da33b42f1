//! The packages for Debian, Ubuntu, Fedora, RHEL and SUSE, by Tauri's own CLI.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::hand_out;
use crate::command::{cargo, program, run, top};
use crate::{front_end, system};

pub(crate) fn packages(kinds: &[&str], folder: &Path) -> Result<()> {
    system::packages(system::BUILD)?;
    // As `tauri build` does it, and locked.
    run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "mashdesk",
        "--bins",
        "--features",
        "tauri/custom-protocol",
    ]))?;
    for kind in kinds {
        let made = made(kind);
        if made.exists() {
            fs::remove_dir_all(&made).with_context(|| made.display().to_string())?;
        }
    }
    let tauri = top().join(front_end::LAUNCHER).join("node_modules/.bin/tauri").display().to_string();
    let mut bundle = program(&tauri, &["bundle", "--ci", "--bundles", &kinds.join(",")]);
    bundle.env("TAURI_FRONTEND_PATH", top().join(front_end::LAUNCHER)).stdout(std::io::stderr());
    run(&mut bundle)?;
    for kind in kinds {
        for package in super::of_kind(&made(kind), kind)? {
            hand_out(&package, folder)?;
        }
    }
    Ok(())
}

fn made(kind: &str) -> PathBuf {
    top().join("target/release/bundle").join(kind)
}
