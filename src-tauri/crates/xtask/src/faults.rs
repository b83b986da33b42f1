//! `cargo xtask faults`: everything that can go wrong, against the real app in
//! real windows, one line a fault with what the analyst read.

use std::process::ExitCode;

use anyhow::Result;

use crate::story;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object a fault on standard output
    #[arg(long)]
    json: bool,
    /// Only the faults whose names begin with this
    #[arg(long)]
    only: Option<String>,
}

pub(crate) fn play(arguments: &Arguments) -> Result<ExitCode> {
    story::set_up()?;
    let only = arguments.only.as_deref();
    story::play("faults", &only.map_or(vec![], |only| vec!["--only", only]), arguments.json)
}
