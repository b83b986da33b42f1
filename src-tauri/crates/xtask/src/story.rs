//! A story of the end-to-end tests, played on a display without a screen.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{cargo, run, say, top};
use crate::display::Headless;
use crate::{front_end, system};

/// Sets up and builds what every story needs.
pub(crate) fn set_up() -> Result<()> {
    system::set_up()?;
    front_end::build(front_end::LAUNCHER)?;
    front_end::build(front_end::LAB_PAGES)
}

/// Plays one story, with arguments of its own.
pub(crate) fn play(name: &str, arguments: &[&str], json: bool) -> Result<ExitCode> {
    play_built(&[], name, arguments, json)
}

/// The same, built otherwise.
pub(crate) fn play_built(build: &[&str], name: &str, arguments: &[&str], json: bool) -> Result<ExitCode> {
    // The whole workspace, as the tests have it: otherwise cargo would choose
    // other features and build Tauri twice.
    let stories = ["--workspace", "--test", "stories"];
    run(&mut cargo(&[&["build", "--locked", "--bins"], &stories[..], build].concat()))?;
    let screenshots = top().join("target/demo");
    let mut story =
        cargo(&[&["test", "--locked", "--quiet"], &stories[..], build, &["--", "--story", name]].concat());
    story.args(arguments).arg("--screenshots").arg(&screenshots);
    if json {
        story.arg("--json");
    }
    let display = Headless::start()?;
    let ended = display.status(&story)?;
    say(&format!("Screenshots are in {}", screenshots.display()));
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
