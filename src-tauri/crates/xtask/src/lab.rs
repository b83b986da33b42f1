//! `cargo xtask lab`: the simulated Qlik Sense and the reference website, for
//! any client.

use std::io::{BufRead, BufReader};
use std::process::{Child, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::command::{cargo, program, run, status, top};
use crate::{front_end, system};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The end points, certificate files and people as one JSON object
    #[arg(long)]
    json: bool,
    /// Options of the lab itself; see `cargo xtask lab -- --help`
    #[arg(last = true)]
    options: Vec<String>,
}

pub(crate) fn serve(arguments: &Arguments) -> Result<ExitCode> {
    system::set_up()?;
    build()?;
    let mut lab = program(&binary(), &[]);
    if arguments.json {
        lab.arg("--json");
    }
    let ended = status(lab.args(&arguments.options))?;
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the lab and its pages.
pub(crate) fn build() -> Result<()> {
    front_end::build(front_end::LAB_PAGES)?;
    run(&mut cargo(&["build", "--package", "mashdesk-lab", "--locked"]))
}

/// The lab's binary, once built.
pub(crate) fn binary() -> String {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| top().join("target"), Into::into);
    let name = if cfg!(windows) { "mashdesk-lab.exe" } else { "mashdesk-lab" };
    target.join("debug").join(name).display().to_string()
}

/// A lab in the background, for as long as the value lives.
pub(crate) struct Running {
    child: Child,
    /// What it said about itself.
    pub(crate) description: serde_json::Value,
}

impl Running {
    pub(crate) fn start() -> Result<Self> {
        build()?;
        let mut child = program(&binary(), &["--json"]).stdout(Stdio::piped()).spawn().context("the lab")?;
        let mut line = String::new();
        let said = child.stdout.take().context("the lab says nothing")?;
        BufReader::new(said).read_line(&mut line)?;
        let description = serde_json::from_str(&line).context("the lab's description of itself")?;
        Ok(Self { child, description })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
