//! What the app is made of, as CycloneDX: one bill for its crates, one for the
//! launcher's npm packages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::{output, program, run, top};
use crate::{front_end, tools};

/// A bill of materials.
pub(crate) struct Bill {
    pub(crate) file: PathBuf,
    /// How many components it lists.
    pub(crate) components: usize,
}

/// Writes both bills into a folder.
pub(crate) fn write(folder: &Path) -> Result<[Bill; 2]> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    Ok([crates(folder)?, launcher(folder)?])
}

/// The crates of the app, on every platform that it is made for.
fn crates(folder: &Path) -> Result<Bill> {
    let program_name = tools::cargo_cyclonedx()?.display().to_string();
    // It writes beside each Cargo.toml of the workspace, and nowhere else.
    const NAME: &str = "mashdesk.cdx";
    let mut write = program(
        &program_name,
        &["cyclonedx", "--format", "json", "--target", "all", "--spec-version", "1.5"],
    );
    run(write.args(["--override-filename", NAME]))?;
    let members =
        output(&mut program("cargo", &["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let members: Value = serde_json::from_str(&members)?;
    let file = folder.join("mashdesk-crates.cdx.json");
    for member in members["packages"].as_array().into_iter().flatten() {
        let manifest = Path::new(member["manifest_path"].as_str().unwrap_or_default());
        let written = manifest.with_file_name(format!("{NAME}.json"));
        if manifest == top().join("Cargo.toml") {
            fs::copy(&written, &file).with_context(|| written.display().to_string())?;
        }
        fs::remove_file(&written).with_context(|| written.display().to_string())?;
    }
    bill(file)
}

/// The launcher's packages; those that only build and test it are marked so.
fn launcher(folder: &Path) -> Result<Bill> {
    let mut sbom = program("npm", &["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"]);
    let said = output(sbom.current_dir(top().join(front_end::LAUNCHER)))?;
    let file = folder.join("mashdesk-launcher.cdx.json");
    fs::write(&file, said).with_context(|| file.display().to_string())?;
    bill(file)
}

/// Reads a bill back: one that lists nothing is none.
fn bill(file: PathBuf) -> Result<Bill> {
    let bill: Value =
        serde_json::from_slice(&fs::read(&file)?).with_context(|| file.display().to_string())?;
    let components = bill["components"].as_array().map_or(0, Vec::len);
    ensure!(bill["bomFormat"] == "CycloneDX" && components > 0, "{}: no components", file.display());
    Ok(Bill { file, components })
}
