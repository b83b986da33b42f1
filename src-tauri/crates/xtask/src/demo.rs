//! `cargo xtask demo`: the app on the lab, for a person or, headless, for a
//! report.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::command::{cargo, run, say, status};
use crate::{display, lab, story};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Plays the story by itself under Xvfb and prints what it checked
    #[arg(long)]
    headless: bool,
    /// Which story
    #[arg(long, default_value = "main")]
    story: String,
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
    /// All windows in one cookie store, as in a browser's tabs: the failure that Mashdesk is for
    #[arg(long)]
    shared_store: bool,
}

pub(crate) fn start(arguments: &Arguments) -> Result<ExitCode> {
    story::set_up()?;
    if arguments.headless || !display::is_there() { headless(arguments) } else { for_a_person() }
}

fn headless(arguments: &Arguments) -> Result<ExitCode> {
    let shared_store: &[&str] = if arguments.shared_store { &["--shared-store"] } else { &[] };
    story::play(&arguments.story, shared_store, arguments.json)
}

fn for_a_person() -> Result<ExitCode> {
    run(&mut cargo(&["build", "--package", "mashdesk", "--bins", "--locked"]))?;
    let lab = lab::Running::start()?;
    let field = |path: &str| {
        lab.description.pointer(path).and_then(|value| value.as_str()).context("the lab's answer")
    };
    say("The lab is up. Sign in as ana with the password ana-password, or with this token:");
    eprintln!("\n    {}\n", field("/people/0/token")?);
    let mut app = cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "mashdesk",
        "--",
        "--website",
        field("/website/url")?,
    ]);
    let ended = status(&mut app)?;
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
