//! Nothing is built but what the lock files name, and each direct dependency has
//! its reason.

use std::fs;

use serde_json::Value;

use super::{refuse, sources};
use crate::command::{output, program, top};
use crate::front_end::{LAB_CLIENTS, LAB_PAGES, LAUNCHER};

const DOCUMENT: &str = "docs/dependencies.md";
/// Tasks of cargo that would otherwise change the lock file.
const BUILDING: &[&str] = &["build", "check", "clippy", "install", "metadata", "run", "test", "tree"];

fn json(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(top().join(file)).expect("a text")).expect("JSON")
}

fn names(object: &Value) -> Vec<String> {
    object.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect()
}

#[test]
fn lock_files_are_honoured() {
    let mut found = Vec::new();
    for (file, text) in sources("rs") {
        if !file.starts_with("src-tauri/crates/xtask") || file.starts_with("src-tauri/crates/xtask/src/tidy")
        {
            continue;
        }
        for call in text.split("cargo(").skip(1).map(|rest| rest.split(';').next().unwrap_or_default()) {
            let builds = BUILDING.iter().any(|task| call.contains(&format!("&[\"{task}\"")));
            if builds && !call.contains("--locked") {
                found.push(format!("{}: cargo({call}", file.display()));
            }
        }
        if text.contains("&[\"install\"]") && text.contains("npm(") {
            found.push(format!("{}: npm install", file.display()));
        }
    }
    let alias = fs::read_to_string(top().join(".cargo/config.toml")).expect("a text");
    if !alias.contains("--locked") {
        found.push(".cargo/config.toml: the alias".to_owned());
    }
    refuse(&found, "What is built is what the lock files name.", "give cargo --locked, and npm ci.");
}

#[test]
fn each_direct_dependency_has_its_reason() {
    let metadata = ["metadata", "--format-version", "1", "--no-deps", "--locked"];
    let metadata = output(&mut program("cargo", &metadata)).expect("cargo metadata");
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let crates = packages.iter().flat_map(|package| package["dependencies"].as_array().expect("a list"));
    // Our own are no dependencies.
    let crates = crates.filter(|needed| needed["path"].is_null());
    let mut needed: Vec<String> =
        crates.filter_map(|needed| needed["name"].as_str().map(str::to_owned)).collect();
    for project in [LAUNCHER, LAB_PAGES, LAB_CLIENTS] {
        let package = json(&format!("{project}/package.json"));
        needed.extend(names(&package["dependencies"]));
        needed.extend(names(&package["devDependencies"]));
    }
    let document = fs::read_to_string(top().join(DOCUMENT)).expect(DOCUMENT);
    needed.retain(|name| !document.contains(&format!("| `{name}` | ")));
    needed.sort();
    needed.dedup();
    refuse(
        &needed,
        "docs/dependencies.md says what each direct dependency is for.",
        "add a line on what it is for, or do without it.",
    );
}

/// The document says "about": a twentieth more or less is as it says.
#[test]
fn the_counts_are_about_right() {
    let lock = fs::read_to_string(top().join("Cargo.lock")).expect("Cargo.lock");
    let npm = |project| names(&json(&format!("{project}/package-lock.json"))["packages"]).len() - 1;
    let document = fs::read_to_string(top().join(DOCUMENT)).expect(DOCUMENT);
    let mut told = document
        .split("about ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    let mut found = Vec::new();
    for (what, counted) in [
        ("crates", lock.matches("[[package]]").count()),
        ("npm packages of the launcher", npm(LAUNCHER)),
        ("npm packages of the lab", npm(LAB_PAGES) + npm(LAB_CLIENTS)),
    ] {
        let told: usize = told.next().expect("a count in the document's first lines");
        if counted.abs_diff(told) * 20 > counted {
            found.push(format!("{told} {what}, counted {counted}"));
        }
    }
    refuse(&found, "docs/dependencies.md says how much there is.", "write the counts anew.");
}
