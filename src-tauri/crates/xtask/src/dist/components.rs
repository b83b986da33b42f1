//! Everything that is in the app that people install: crates and npm packages,
//! as their lock files have them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{cargo, output, top};
use crate::front_end;

/// The systems whose crates count.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu"];
/// Ourselves, who need no mention.
const OWN: &str = "mashdesk";

/// A crate or package of others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) registry: Registry,
    /// As SPDX writes it.
    pub(crate) licence: Option<String>,
    /// Its sources on this machine.
    pub(crate) folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Registry {
    Cargo,
    Npm,
}

/// All of them, in order.
pub(crate) fn all() -> Result<BTreeSet<Component>> {
    let mut all = crates()?;
    all.extend(packages()?);
    Ok(all)
}

/// What is linked in; not what only builds or tests it.
fn crates() -> Result<BTreeSet<Component>> {
    let mut metadata = cargo(&["metadata", "--format-version", "1", "--locked"]);
    for target in TARGETS {
        metadata.args(["--filter-platform", target]);
    }
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?).context("cargo metadata")?;
    let nodes = list(&metadata["resolve"]["nodes"]);
    let packages = list(&metadata["packages"]);
    let mut to_see = vec![text(&packages.iter().find(|package| package["name"] == OWN).context(OWN)?["id"])];
    let mut seen = BTreeSet::new();
    while let Some(id) = to_see.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == id.as_str()).context(id)?;
        to_see.extend(
            list(&node["deps"])
                .iter()
                .filter(|dependency| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()))
                .map(|dependency| text(&dependency["pkg"])),
        );
    }
    packages
        .iter()
        // What has no source is in this workspace.
        .filter(|package| seen.contains(&text(&package["id"])) && !package["source"].is_null())
        .map(|package| {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            Ok(Component {
                name: text(&package["name"]),
                version: text(&package["version"]),
                registry: Registry::Cargo,
                // Some still write it as crates did before 2015.
                licence: package["license"].as_str().map(|licence| licence.replace('/', " OR ")),
                folder: manifest.parent().context("a manifest's folder")?.to_owned(),
            })
        })
        .collect()
}

/// What the launcher's page may have in it.
fn packages() -> Result<BTreeSet<Component>> {
    let folder = top().join(front_end::LAUNCHER);
    let lock = std::fs::read_to_string(folder.join("package-lock.json")).context("package-lock.json")?;
    let lock: Value = serde_json::from_str(&lock).context("package-lock.json")?;
    let packages = lock["packages"].as_object().context("package-lock.json")?;
    Ok(packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["dev"] != true && package["optional"] != true)
        .map(|(path, package)| Component {
            name: path.rsplit("node_modules/").next().unwrap_or(path).to_owned(),
            version: text(&package["version"]),
            registry: Registry::Npm,
            licence: package["license"].as_str().map(str::to_owned),
            folder: folder.join(path),
        })
        .collect())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
