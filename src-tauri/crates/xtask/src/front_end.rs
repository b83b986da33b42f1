//! The npm projects: the launcher's page, the lab's pages, the lab's tests in
//! Node.

use std::fs;
use std::io::stderr;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::command::{program, run, top};

/// The launcher's page.
pub(crate) const LAUNCHER: &str = "ui";
/// The pages of the lab's mashups.
pub(crate) const LAB_PAGES: &str = "tests/lab/pages";
/// The lab, seen by clients that we did not write.
pub(crate) const LAB_CLIENTS: &str = "tests/lab/node";

/// Installs a project's packages, exactly as its lock file has them, unless
/// they are there.
pub(crate) fn install(project: &str) -> Result<()> {
    let folder = top().join(project);
    let lock =
        fs::read(folder.join("package-lock.json")).with_context(|| format!("{project}/package-lock.json"))?;
    let stamp = folder.join("node_modules/.mashdesk-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(&mut npm(project, &["ci"]))?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}

/// Builds a project into its `dist`, unless that is newer than all its
/// sources: what is baked in and new means compiling again.
pub(crate) fn build(project: &str) -> Result<()> {
    install(project)?;
    let folder = top().join(project);
    let built = fs::metadata(folder.join("dist/.built")).and_then(|stamp| stamp.modified()).ok();
    if built.is_some_and(|built| newest(&folder).is_some_and(|newest| newest < built)) {
        return Ok(());
    }
    run(&mut npm(project, &["run", "build"]))?;
    fs::write(folder.join("dist/.built"), "").context("dist")
}

/// Runs a script of a project.
pub(crate) fn script(project: &str, script: &str) -> Command {
    npm(project, &["run", script])
}

fn npm(project: &str, arguments: &[&str]) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(top().join(project)).stdout(stderr());
    command
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries
        .filter(|entry| !matches!(entry.file_name().to_str(), Some("node_modules" | "dist")))
        .filter_map(|entry| {
            let data = entry.metadata().ok()?;
            if data.is_dir() { newest(&entry.path()) } else { data.modified().ok() }
        })
        .max()
}
