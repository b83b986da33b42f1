//! `mashdesk conformance`, the program itself: the reference and the samples
//! pass, a website with a flaw is told so.

use std::fs;

use anyhow::{Context, Result, ensure};
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use mashdesk_lab::samples::{LEFT_OUT, OTHER_TOKEN, Sample, TOKEN};
use mashdesk_lab::spoilt::{DENIED, FLAWS, Ground};
use serde_json::Value;
use url::Url;

use super::{Story, lines};
use crate::child::Computer;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report) -> Result<()> {
    report.check("conformance.passes_reference", || {
        let [person, other] = ["ben", "ana"].map(|person| story.lab.website.app_token(person));
        let (person, other) = (person.context("a token")?, other.context("a token")?);
        let told = asked(story, story.lab.website.url(), &person, &other, DENIED)?;
        let left: Vec<&str> = not_kept(&told);
        let unasked = ["withdrawn.ticket", "withdrawn.catalog", "withdrawn.event"];
        ensure!(left.iter().all(|check| unasked.contains(check) || *check == "answers.busy"), "{left:?}");
        ensure!(broken(&told).is_empty(), "{told:?}");
        Ok(sum(&told))
    });
    report.check("conformance.catches", || catches(story));
    report.check("conformance.node_sample", || sample(story, "node", "website.mjs"));
    report.check("conformance.python_sample", || sample(story, "python3", "website.py"));
    Ok(())
}

fn catches(story: &Story) -> Result<String> {
    let mut missed = Vec::new();
    for (name, wanted, spoil) in FLAWS {
        let ground = story.runtime.block_on(async {
            let lab = Lab::start(Options { apps: 12, ..Options::default() }).await?;
            anyhow::Ok(Ground::serve(lab, *spoil).await)
        })?;
        let [person, other] = &ground.tokens;
        let told = asked(story, &ground.url, person, other, DENIED)?;
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
    let (lab, sample) = story.runtime.block_on(async {
        let lab = Lab::start(Options { apps: 12, ..Options::default() }).await?;
        let sample = Sample::serve(&lab, program, file).await?;
        anyhow::Ok((lab, sample))
    })?;
    let told = asked(story, &sample.url, TOKEN, OTHER_TOKEN, &sample.denied)?;
    let left = not_kept(&told);
    ensure!(broken(&told).is_empty() && left.iter().all(|check| LEFT_OUT.contains(check)), "{told:?}");
    drop(lab);
    Ok(sum(&told))
}

/// Runs the program, and answers what it printed.
fn asked(story: &Story, website: &Url, token: &str, other: &str, denied: &str) -> Result<Vec<Value>> {
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
        "--quick",
        "--json",
    ];
    lines(&computer.run(&command, token)?)
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
