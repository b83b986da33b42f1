//! `cargo xtask soak`: windows opened, used and closed again and again in one
//! process, and whether anything of them is left.

use std::process::ExitCode;

use anyhow::Result;

use crate::story;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often a window is opened, used and closed
    #[arg(long, default_value_t = 200)]
    cycles: u32,
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
}

pub(crate) fn play(arguments: &Arguments) -> Result<ExitCode> {
    story::set_up()?;
    story::play("soak", &["--cycles", &arguments.cycles.to_string()], arguments.json)
}
