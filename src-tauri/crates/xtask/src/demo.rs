//! `cargo xtask demo`: the app on the lab, for a person or, headless, for a
//! report.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::command::{cargo, run, say, status, top};
use crate::display::{self, Headless};
use crate::{front_end, lab, system};

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
    system::set_up()?;
    front_end::build(front_end::LAUNCHER)?;
    front_end::build(front_end::LAB_PAGES)?;
    if arguments.headless || !display::is_there() { headless(arguments) } else { for_a_person() }
}

fn headless(arguments: &Arguments) -> Result<ExitCode> {
    run(&mut cargo(&["build", "--test", "stories"]))?;
    let screenshots = top().join("target/demo");
    let mut story = cargo(&["test", "--quiet", "--test", "stories", "--", "--story", &arguments.story]);
    story.arg("--screenshots").arg(&screenshots);
    if arguments.json {
        story.arg("--json");
    }
    if arguments.shared_store {
        story.arg("--shared-store");
    }
    let display = Headless::start()?;
    let ended = display.status(&story)?;
    say(&format!("Screenshots are in {}", screenshots.display()));
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn for_a_person() -> Result<ExitCode> {
    run(&mut cargo(&["build", "--package", "mashdesk", "--bins"]))?;
    let lab = lab::Running::start()?;
    let field = |path: &str| {
        lab.description.pointer(path).and_then(|value| value.as_str()).context("the lab's answer")
    };
    say("The lab is up. Sign in to the launcher as Ana with this token:");
    eprintln!("\n    {}\n", field("/people/0/token")?);
    let mut app =
        cargo(&["run", "--quiet", "--package", "mashdesk", "--", "--website", field("/website/url")?]);
    let ended = status(&mut app)?;
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
