//! `mashdesk conformance`, the program itself: the reference and the samples
//! pass, a website with a flaw is told so.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use mashdesk_lab::samples::{LEFT_OUT, OTHER_TOKEN, Sample, TOKEN};
use mashdesk_lab::spoilt::{DENIED, FLAWS, Ground};
use mashdesk_lab::website::{Rule, SubjectKind};
use serde_json::Value;
use url::Url;

use super::{Story, lines};
use crate::child::Computer;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report) {
    report.check("conformance.passes_reference", || reference(story));
    report.check("conformance.catches", || catches(story));
    report.check("conformance.node_sample", || sample(story, "node", "website.mjs"));
    report.check("conformance.python_sample", || sample(story, "python3", "website.py"));
}

/// The whole contract: nothing is skipped but what no website can be made to
/// do, and the permission is withdrawn by a program, as a website's team has one.
fn reference(story: &Story) -> Result<String> {
    let lab = small_lab(story)?;
    let [person, other] = ["ben", "ana"].map(|person| lab.website.app_token(person).context("a token"));
    let folder = tempfile::tempdir()?;
    let [ask, answer, program] = ["ask", "answer", "withdraw"].map(|name| folder.path().join(name));
    let made = Command::new("mkfifo").args([&ask, &answer]).status()?;
    ensure!(made.success(), "mkfifo: {made}");
    let script =
        format!("#!/bin/sh\necho \"$1\" > '{}'\nread -r done < '{}'\n", ask.display(), answer.display());
    fs::write(&program, script)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    let told = thread::scope(|scope| {
        scope.spawn(|| withdraw(&lab, &ask, &answer));
        let program = program.display().to_string();
        let asked =
            asked(story, lab.website.url(), &person?, &other?, DENIED, &["--withdraw-command", &program]);
        // Whoever still waits to be asked waits no more.
        OpenOptions::new().read(true).write(true).open(&ask)?.write_all(b"\n")?;
        asked
    })?;
    ensure!(not_kept(&told) == ["answers.busy"], "{:?}", not_kept(&told));
    Ok(sum(&told))
}

/// Takes the permission for the mashup that the program is called with.
fn withdraw(lab: &Lab, ask: &Path, answer: &Path) -> Result<()> {
    let mut mashup = String::new();
    BufReader::new(File::open(ask)?).read_line(&mut mashup)?;
    let mashup = mashup.trim();
    if !mashup.is_empty() {
        for (kind, subject) in [(SubjectKind::User, "ben"), (SubjectKind::Department, "Finance")] {
            lab.website.permissions().revoke(&Rule::new(kind, subject, mashup))?;
        }
        fs::write(answer, "done\n")?;
    }
    Ok(())
}

fn small_lab(story: &Story) -> Result<Lab> {
    Ok(story.runtime.block_on(Lab::start(Options { apps: 12, ..Options::default() }))?)
}

fn catches(story: &Story) -> Result<String> {
    let mut missed = Vec::new();
    for (name, wanted, spoil) in FLAWS {
        let lab = small_lab(story)?;
        let ground = story.runtime.block_on(Ground::serve(lab, *spoil));
        let [person, other] = &ground.tokens;
        let told = asked(story, &ground.url, person, other, DENIED, &["--quick"])?;
        let found = broken(&told);
        if found != *wanted {
            missed.push(format!("{name}: {found:?}"));
        }
    }
    ensure!(missed.is_empty(), "{}", missed.join("\n"));
    ensure!(FLAWS.len() >= 20, "only {}", FLAWS.len());
    Ok(format!("{} flaws", FLAWS.len()))
}

fn sample(story: &Story, program: &str, file: &str) -> Result<String> {
    let lab = small_lab(story)?;
    let sample = story.runtime.block_on(Sample::serve(&lab, program, file))?;
    let told = asked(story, &sample.url, TOKEN, OTHER_TOKEN, &sample.denied, &["--quick"])?;
    let left = not_kept(&told);
    ensure!(broken(&told).is_empty() && left.iter().all(|check| LEFT_OUT.contains(check)), "{told:?}");
    Ok(sum(&told))
}

/// Runs the program, and answers what it printed.
fn asked(
    story: &Story,
    website: &Url,
    token: &str,
    other: &str,
    denied: &str,
    more: &[&str],
) -> Result<Vec<Value>> {
    let computer = Computer::anew(&story.lab)?.untold();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("other");
    fs::write(&file, other)?;
    let file = file.display().to_string();
    let command = [
        "conformance",
        website.as_str(),
        "--token-file",
        "-",
        "--other-token-file",
        &file,
        "--denied-mashup",
        denied,
        "--json",
    ];
    lines(&computer.run(&[&command, more].concat(), token)?)
}

fn broken(told: &[Value]) -> Vec<&str> {
    told.iter().filter(|line| line["ok"] == false).filter_map(|line| line["check"].as_str()).collect()
}

/// Those that are broken or could not be told.
fn not_kept(told: &[Value]) -> Vec<&str> {
    told.iter().filter(|line| line["ok"] != true).filter_map(|line| line["check"].as_str()).collect()
}

fn sum(told: &[Value]) -> String {
    told.last().map(Value::to_string).unwrap_or_default()
}
