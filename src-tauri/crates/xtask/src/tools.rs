//! Programs for cargo that come from crates.io: each in the one version that is
//! known to work, compiled into target/ where it is missing.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, run, top};

/// Runs fuzz targets.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    installed("cargo-fuzz", "0.13.2")
}

/// Judges licences, sources and duplicates.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    installed("cargo-deny", "0.20.2")
}

/// Writes a bill of materials.
pub(crate) fn cargo_cyclonedx() -> Result<PathBuf> {
    installed("cargo-cyclonedx", "0.5.9")
}

fn installed(name: &str, version: &str) -> Result<PathBuf> {
    let folder = top().join("target/tools");
    let mut install = cargo(&["install", "--quiet", "--locked", "--version", version, "--root"]);
    // Cargo knows by itself whether that version is there.
    run(install.arg(&folder).arg(name).stdout(std::io::stderr()))?;
    Ok(folder.join("bin").join(name))
}
