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
    /// Of a story in parts, those whose names begin with this
    #[arg(long)]
    only: Option<String>,
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
    /// All windows in one cookie store, as in a browser's tabs: the failure that Mashdesk is for
    #[arg(long)]
    shared_store: bool,
    /// Pages that nothing holds back, in one store: what the story of the adversary is for
    #[arg(long)]
    unprotected: bool,
}

pub(crate) fn start(arguments: &Arguments) -> Result<ExitCode> {
    story::set_up()?;
    if arguments.headless || !display::is_there() { headless(arguments) } else { for_a_person() }
}

fn headless(arguments: &Arguments) -> Result<ExitCode> {
    let switches = [(arguments.shared_store, "--shared-store"), (arguments.unprotected, "--unprotected")];
    let mut more: Vec<&str> = switches.into_iter().filter_map(|(on, switch)| on.then_some(switch)).collect();
    if let Some(only) = &arguments.only {
        more.extend(["--only", only]);
    }
    story::play(&arguments.story, &more, arguments.json)
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
