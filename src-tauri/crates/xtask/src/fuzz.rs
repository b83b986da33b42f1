//! `cargo xtask fuzz`: what comes from outside, as bytes that libFuzzer makes up
//! to reach ever more of the code. The targets and their seeds are in tests/fuzz.

#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::command::{a_cargo, cargo, output, run, say, shown, top};
use crate::tools;

const FOLDER: &str = "tests/fuzz";
/// Longest input, in bytes: any parser's branches are met long before.
const INPUT_MAX: u32 = 4096;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The whole time, shared among the targets; compiling comes before
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// This target alone
    #[arg(long)]
    target: Option<String>,
    /// One JSON object a target on standard output
    #[arg(long)]
    json: bool,
}

/// What became of one target.
struct Outcome {
    executions: u64,
    /// Inputs that broke a promise.
    crashes: Vec<String>,
}

/// Whether the targets are built of what their lock file says: cargo-fuzz has no
/// word for it, and they are a workspace of their own, which core's crates change.
pub(crate) fn honour_lock() -> Result<()> {
    let manifest = format!("{FOLDER}/Cargo.toml");
    let locked = ["metadata", "--locked", "--format-version", "1", "--manifest-path", &manifest];
    output(&mut cargo(&locked))
        .with_context(|| format!("{FOLDER}/Cargo.lock is old: cargo metadata --manifest-path {manifest}"))?;
    Ok(())
}

pub(crate) fn play(arguments: &Arguments) -> Result<ExitCode> {
    let fuzz = tools::cargo_fuzz()?;
    let targets = match &arguments.target {
        Some(target) => vec![target.clone()],
        None => targets()?,
    };
    ensure!(!targets.is_empty(), "no targets in {FOLDER}/fuzz_targets");
    honour_lock()?;
    run(cargo_fuzz(&fuzz, "build", &[]).stdout(std::io::stderr()))?;
    let seconds = (arguments.seconds / targets.len() as u64).max(1);
    let (mut executions, mut crashes) = (0, 0);
    for target in &targets {
        let outcome = fuzzed(&fuzz, target, seconds)?;
        executions += outcome.executions;
        crashes += outcome.crashes.len();
        let detail = format!("{} executions, {} crashes", outcome.executions, outcome.crashes.len());
        if arguments.json {
            let line = json!({
                "check": target, "ok": outcome.crashes.is_empty(), "detail": detail,
                "executions": outcome.executions, "crashes": outcome.crashes.len(), "inputs": outcome.crashes,
            });
            println!("{line}");
        } else {
            println!("{target:<12} {detail}");
            outcome.crashes.iter().for_each(|input| println!("             {input}"));
        }
    }
    let sum = format!("{} targets, {executions} executions, {crashes} crashes", targets.len());
    if arguments.json {
        println!("{}", json!({"sum": sum, "ok": crashes == 0}));
    } else {
        println!("{sum}");
    }
    Ok(if crashes == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The targets, by their files.
fn targets() -> Result<Vec<String>> {
    let folder = top().join(FOLDER).join("fuzz_targets");
    let mut targets = Vec::new();
    for file in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let file = file?.path();
        targets.extend(file.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

/// Runs one target for a while, from the seeds beside it and from what earlier
/// runs on this machine have found.
fn fuzzed(fuzz: &Path, target: &str, seconds: u64) -> Result<Outcome> {
    let found = top().join("target/fuzz-corpus").join(target);
    let artifacts = top().join("target/fuzz-crashes").join(target);
    if artifacts.exists() {
        fs::remove_dir_all(&artifacts)?;
    }
    for folder in [&found, &artifacts] {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let seeds = top().join(FOLDER).join("corpus").join(target);
    let mut command = cargo_fuzz(fuzz, "run", &[target]);
    command
        .args([&found, &seeds])
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_MAX}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-timeout=10", "-print_final_stats=1", "-verbosity=0"]);
    say(&shown(&command));
    let ended = command.stderr(Stdio::piped()).output().context("cargo fuzz")?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let crashes: Vec<String> = fs::read_dir(&artifacts)?
        .flatten()
        .map(|file| file.path().strip_prefix(top()).unwrap_or(&file.path()).display().to_string())
        .collect();
    ensure!(ended.status.success() || !crashes.is_empty(), "{target} did not run:\n{said}");
    if !crashes.is_empty() {
        eprintln!("{said}");
    }
    let executions = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
        .with_context(|| format!("{target} does not say how much it ran:\n{said}"))?;
    Ok(Outcome { executions, crashes })
}

/// Core has no unsafe code, so there is no memory to watch: without a sanitizer
/// the toolchain that builds everything else will do.
fn cargo_fuzz(fuzz: &Path, task: &str, arguments: &[&str]) -> Command {
    let mut command = a_cargo(&fuzz.display().to_string(), &["fuzz", task, "--fuzz-dir", FOLDER]);
    command.args(["--sanitizer", "none", "--target-dir"]).arg(top().join("target/fuzz")).args(arguments);
    command
}
