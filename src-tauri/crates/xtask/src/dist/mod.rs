//! `cargo xtask dist`: what people install, in target/dist, with its
//! checksums, its bill of materials and the licences of all it is made of.

mod components;
mod licences;
mod linux;
pub(crate) mod windows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::command::{output, program, say, top};
use crate::{bill_of_materials, front_end, system};

/// The folder that is handed out.
const FOLDER: &str = "target/dist";
const CHECKSUMS: &str = "SHA256SUMS";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this kind of installer
    #[arg(long)]
    only: Option<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    Deb,
    Rpm,
    Msi,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Deb, Self::Rpm, Self::Msi];

    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Msi => "msi",
        }
    }
}

pub(crate) fn make(arguments: &Arguments) -> Result<ExitCode> {
    make_kinds(&arguments.only.map_or(Kind::ALL.to_vec(), |only| vec![only]))?;
    say(&format!("What people install is in {FOLDER}"));
    Ok(ExitCode::SUCCESS)
}

/// Makes installers, each of which takes the place of the one before.
pub(crate) fn make_kinds(kinds: &[Kind]) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "only a Debian makes all installers: see docs/packaging.md");
    system::node()?;
    front_end::build(front_end::LAUNCHER)?;
    let folder = folder();
    fs::create_dir_all(&folder).context(FOLDER)?;
    let components = components::all()?;
    licences::write(&components, &folder.join("licences.txt"))?;
    bill_of_materials::write(&folder)?;
    let linux: Vec<&str> =
        kinds.iter().filter(|kind| **kind != Kind::Msi).map(|kind| kind.ending()).collect();
    if !linux.is_empty() {
        linux::packages(&linux, &folder)?;
    }
    if kinds.contains(&Kind::Msi) {
        windows::installer(&folder)?;
    }
    write_checksums(&folder)
}

/// The folder that is handed out.
pub(crate) fn folder() -> PathBuf {
    top().join(FOLDER)
}

/// The one installer of a kind.
pub(crate) fn installer(kind: Kind) -> Result<PathBuf> {
    let found = of_kind(&folder(), kind.ending())?;
    ensure!(found.len() == 1, "{} .{} files in {FOLDER}", found.len(), kind.ending());
    Ok(found[0].clone())
}

/// The version of the app.
pub(crate) fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The files with an ending.
fn of_kind(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    Ok(files(folder)?.into_iter().filter(|file| file.extension().is_some_and(|e| e == ending)).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// Puts an installer in place of those of its kind.
fn hand_out(file: &Path, folder: &Path) -> Result<()> {
    let ending = file.extension().and_then(|ending| ending.to_str()).context("a file's ending")?;
    for old in of_kind(folder, ending)? {
        fs::remove_file(&old).with_context(|| old.display().to_string())?;
    }
    let name = file.file_name().context("a file's name")?;
    fs::copy(file, folder.join(name)).with_context(|| file.display().to_string())?;
    Ok(())
}

fn write_checksums(folder: &Path) -> Result<()> {
    let names: Vec<String> = files(folder)?
        .iter()
        .filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()))
        .filter(|name| name != CHECKSUMS)
        .collect();
    let sums = output(program("sha256sum", &[]).args(&names).current_dir(folder))?;
    fs::write(folder.join(CHECKSUMS), sums).context(CHECKSUMS)
}
