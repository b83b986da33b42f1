//! The invariants of docs/architecture.md, as tests: each failure says how to
//! mend it.

mod supply;

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{output, program, top};

/// What may stand at the top, besides dotfiles.
const TOP_LEVEL: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "docs",
    "src-tauri",
    "tauri.conf.json",
    "tests",
    "ui",
];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["common", "helper", "helpers", "manager", "misc", "service", "services", "util", "utils"];
/// Longest source file, in lines.
const LINES_MAX: usize = 500;

/// Files that git knows or would add, relative to the top.
fn files() -> Vec<PathBuf> {
    output(&mut program("git", &["ls-files", "--cached", "--others", "--exclude-standard"]))
        .expect("git ls-files")
        .lines()
        .map(PathBuf::from)
        .filter(|file| top().join(file).exists())
        .collect()
}

fn sources(ending: &str) -> Vec<(PathBuf, String)> {
    files()
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == ending))
        .map(|file| {
            let text = fs::read_to_string(top().join(&file)).expect("a text");
            (file, text)
        })
        .collect()
}

fn refuse(found: &[String], rule: &str, mend: &str) {
    assert!(found.is_empty(), "{rule}\n  {}\nTo mend it: {mend}", found.join("\n  "));
}

#[test]
fn the_top_level_stays_small() {
    let found: Vec<String> = files()
        .iter()
        .filter_map(|file| file.iter().next()?.to_str().map(str::to_owned))
        .filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(&name.as_str()))
        .collect();
    refuse(
        &found,
        "The top level holds what docs/architecture.md lists.",
        "move it into the room it belongs to.",
    );
}

#[test]
fn core_does_not_know_tauri() {
    let tree = output(&mut program(
        "cargo",
        &["tree", "--package", "mashdesk-core", "--edges", "normal,build", "--prefix", "none", "--locked"],
    ))
    .expect("cargo tree");
    let found: Vec<String> = tree
        .lines()
        .filter(|line| ["tauri", "wry", "gtk"].iter().any(|name| line.starts_with(name)))
        .map(str::to_owned)
        .collect();
    refuse(
        &found,
        "mashdesk-core must not depend on Tauri.",
        "ask the `Host` trait for what core needs of a screen.",
    );
}

#[test]
fn one_file_of_the_ui_knows_tauri() {
    let found: Vec<String> = ["ts", "svelte", "js"]
        .iter()
        .flat_map(|ending| sources(ending))
        .filter(|(file, text)| {
            file.starts_with("ui/src")
                && file != Path::new("ui/src/bindings.ts")
                && text.contains("@tauri-apps/")
        })
        .map(|(file, _)| file.display().to_string())
        .collect();
    refuse(
        &found,
        "Only the generated ui/src/bindings.ts imports @tauri-apps/*.",
        "go through `Host` in ui/src/host.ts.",
    );
}

#[test]
fn only_commands_serialise_for_the_ui() {
    let found: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(file, text)| {
            file.starts_with("src-tauri")
                && !file.starts_with("src-tauri/src/commands")
                && !file.starts_with("src-tauri/crates/xtask")
                && ["specta::", "#[tauri::command]"].iter().any(|word| text.contains(word))
        })
        .map(|(file, _)| file.display().to_string())
        .collect();
    refuse(
        &found,
        "Types cross to the UI in src-tauri/src/commands only.",
        "make a twin in commands/view.rs.",
    );
}

#[test]
fn platform_code_sits_in_files_of_its_own() {
    let platform = |file: &Path| {
        matches!(file.file_stem().and_then(|stem| stem.to_str()), Some("linux" | "macos" | "windows"))
    };
    let words = ["webkit2gtk::", "webview2_com::", "objc2", "windows::core::", "std::os::"];
    let found: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(file, text)| {
            file.starts_with("src-tauri")
                && !file.starts_with("src-tauri/crates/xtask")
                && !platform(file)
                && words.iter().any(|word| text.contains(word))
        })
        .map(|(file, _)| file.display().to_string())
        .collect();
    refuse(
        &found,
        "Code of one platform sits in linux.rs, macos.rs or windows.rs.",
        "move it to such a file.",
    );
}

#[test]
fn files_say_what_they_are_for() {
    let found: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(file, _)| file.display().to_string())
        .collect();
    refuse(
        &found,
        "A Rust file opens with `//!` and what it is for.",
        "write that sentence, or merge the file.",
    );
}

#[test]
fn rooms_have_names_and_a_size() {
    let mut found = Vec::new();
    for file in files() {
        let empty = file
            .iter()
            .filter_map(|step| Path::new(step).file_stem()?.to_str())
            .find(|step| EMPTY_NAMES.contains(step));
        if let Some(name) = empty {
            found.push(format!("{}: `{name}` says nothing", file.display()));
        }
    }
    for (file, text) in ["rs", "ts", "svelte"].iter().flat_map(|ending| sources(ending)) {
        let lines = text.lines().count();
        if lines > LINES_MAX && !file.ends_with("bindings.ts") {
            found.push(format!("{}: {lines} lines", file.display()));
        }
    }
    refuse(
        &found,
        "A newcomer finds the room by its name, and it is not a hall.",
        "rename it, or split it by what it does.",
    );
}
