//! `cargo xtask installers`: installs what `cargo xtask dist` makes, uses it,
//! upgrades it and removes it, each on the system that it is for or the nearest
//! thing to it that a Debian has.

mod deb;
mod msi;
mod report;
mod rpm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::command::{say, shown, top};
use crate::dist::{self, Kind};
use crate::lab;
use report::Report;

/// Longest wait for what must happen, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// An older version, as far as its installer says.
const OLDER: &str = "0.0.9";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
    /// Only this kind of installer
    #[arg(long)]
    only: Option<Kind>,
}

pub(crate) fn check(arguments: &Arguments) -> Result<ExitCode> {
    let kinds = arguments.only.map_or(Kind::ALL.to_vec(), |only| vec![only]);
    dist::make_kinds(&kinds)?;
    let mut report = Report::new(arguments.json);
    for kind in kinds {
        say(&format!("The .{} installer", kind.ending()));
        match kind {
            Kind::Deb => deb::check(&mut report)?,
            Kind::Rpm => rpm::check(&mut report)?,
            Kind::Msi => msi::check(&mut report)?,
        }
    }
    Ok(report.end())
}

/// A folder of this run, gone after it.
fn room() -> Result<tempfile::TempDir> {
    let parent = top().join("target/installers");
    fs::create_dir_all(&parent).with_context(|| parent.display().to_string())?;
    tempfile::tempdir_in(&parent).with_context(|| parent.display().to_string())
}

/// What a program says that must succeed; otherwise all that it said.
fn said(command: &mut Command) -> Result<String> {
    let name = shown(command);
    said_as(&name, command)
}

/// The same, for a program that a person would know by another name.
fn said_as(name: &str, command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| name.to_owned())?;
    let said = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{name}: {}: {} {}", output.status, said.trim(), errors.trim());
    }
    Ok(said.trim().to_owned())
}

/// Everything below a folder whose name has the app's in it.
fn traces(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().to_lowercase().contains("mashdesk") {
            found.push(path.clone());
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(traces(&path));
        }
    }
    found
}

/// Looks until something is there.
fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        ensure!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Where the lab's website is.
fn website(lab: &lab::Running) -> Result<&str> {
    lab.description["website"]["url"].as_str().context("the lab's website")
}

/// What the installed doctor finds: from here to a mashup and back all must be
/// well; of this computer, all but what it `lacks`.
fn examined(doctor: &mut Command, lacks: &[&str]) -> Result<String> {
    let output = doctor.output().context("the doctor")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = said.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
    let lines = lines.with_context(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))?;
    let findings: Vec<&Value> = lines.iter().filter(|line| line["check"].is_string()).collect();
    let lacked = |line: &&&Value| lacks.iter().any(|lack| line["check"] == *lack);
    let wrong: Vec<_> = findings.iter().filter(|line| line["ok"] == false && !lacked(line)).collect();
    ensure!(wrong.is_empty(), "{wrong:?}");
    for check in ["ticket", "redemption", "image", "engine", "giving_back"] {
        let well = findings.iter().any(|line| line["check"] == check && line["ok"] == true);
        ensure!(well, "{check}: {said}");
    }
    let told = findings.iter().filter(|line| line["ok"] == true).count();
    Ok(format!("{told} of {} well, the rest not to be had here: {}", findings.len(), lacks.join(", ")))
}

/// A person's sign-in token, in a file.
fn token_file(lab: &lab::Running, folder: &Path) -> Result<PathBuf> {
    let token = lab.description["people"][0]["token"].as_str().context("a person's token")?;
    let file = folder.join("token");
    fs::write(&file, token).context("a token's file")?;
    Ok(file)
}
