//! `cargo xtask bench`: Mashdesk beside what people use instead, measured side by
//! side in one run.

use std::process::ExitCode;

use anyhow::Result;

use crate::dist::{self, Kind};
use crate::{story, system};

/// Where the page goes that is made of what was measured.
const PAGES: &str = "docs";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each is measured; figures are of medians
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Measures although something else uses the machine, to try the benchmark itself;
    /// writes no page
    #[arg(long)]
    even_if_busy: bool,
    /// Measures only that part (cold, launcher, click, sleep, many, search, revisit); writes
    /// no page
    #[arg(long)]
    part: Option<String>,
    /// One JSON object a figure on standard output
    #[arg(long)]
    json: bool,
}

pub(crate) fn measure(arguments: &Arguments) -> Result<ExitCode> {
    story::set_up()?;
    system::packages(system::BROWSER)?;
    let rounds = arguments.rounds.max(1).to_string();
    let mut options = vec!["--rounds", &rounds];
    if arguments.even_if_busy {
        options.push("--even-if-busy");
    }
    let package;
    if let Some(part) = &arguments.part {
        options.extend(["--part", part]);
    } else {
        dist::make_kinds(&[Kind::Deb])?;
        package = dist::installer(Kind::Deb)?.display().to_string();
        options.extend(["--deb", &package]);
        if !arguments.even_if_busy {
            options.extend(["--page", PAGES]);
        }
    }
    story::play_built(&["--release"], "bench", &options, arguments.json)
}
