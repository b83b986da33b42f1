//! The fault table: everything that can go wrong with tickets, Qlik, the
//! website, the network and the app itself, against the real app in real
//! windows. Each fault has its own words, or passes by itself, and nothing else
//! is lost.

mod bodies;
mod discovery;
mod exports;
mod network;
mod processes;
mod renewals;
mod restarts;
mod stage;
mod statuses;
mod tickets;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use mashdesk::store::Stores;
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use tokio::runtime::Runtime;

use crate::desktop::{self, Start};
use crate::report::Report;
use stage::{PERSON, Stage};

/// Plays the whole table, or the faults whose names begin with `only`.
pub(crate) fn play(
    mut report: Report,
    stores: Arc<dyn Stores>,
    screenshots: &Path,
    only: Option<String>,
) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    // An ended session holds no slot, so that one left behind is plain to see.
    let options = Options { cool_down: 0, ..Options::default() };
    let lab = runtime.block_on(Lab::start(options.clone()))?;
    let untrusted = runtime.block_on(Lab::start(Options { https: true, ..options.clone() }))?;
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(None, stores, scratch.path(), screenshots);
    let downloads = start.download_folder.clone();
    desktop::run(start, move |desktop| {
        if only.as_ref().is_none_or(|only| "discovery".starts_with(only.as_str())) {
            discovery::play(&desktop, &lab, &untrusted, &mut report)?;
        } else {
            discovery::connect(&desktop, &lab)?;
        }
        desktop.sign_in(&lab.website.app_token(PERSON).context("a token for Ana")?)?;

        let stage = Stage::set(lab, untrusted, options, desktop, runtime, downloads, only)?;
        statuses::play(&stage, &mut report);
        tickets::play(&stage, &mut report);
        network::play(&stage, &mut report);
        bodies::play(&stage, &mut report);
        exports::play(&stage, &mut report);
        renewals::play(&stage, &mut report);
        restarts::play(&stage, &mut report);
        processes::play(&stage, &mut report);
        let launcher = stage.desktop.launcher()?;
        stage.desktop.picture(&launcher, "faults.png")?;
        Ok(report.end_with(|passed, failed| {
            format!("{} faults, {passed} survived, {failed} lost", passed + failed)
        }))
    })
}
