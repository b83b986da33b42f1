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
            if *kind == "deb" {
                pack_tighter(&package)?;
            }
            hand_out(&package, folder)?;
        }
    }
    Ok(())
}

/// Packs a .deb as Debian packs its own, with xz: Tauri's CLI knows gzip, which
/// takes half as much again.
fn pack_tighter(package: &Path) -> Result<()> {
    let tree = package.with_extension("tree");
    run(program("dpkg-deb", &["--raw-extract"]).arg(package).arg(&tree))?;
    let mut build = program("dpkg-deb", &["--root-owner-group", "-Zxz", "--build"]);
    run(build.arg(&tree).arg(package).stdout(std::io::stderr()))?;
    fs::remove_dir_all(&tree).with_context(|| tree.display().to_string())
}

fn made(kind: &str) -> PathBuf {
    top().join("target/release/bundle").join(kind)
}
