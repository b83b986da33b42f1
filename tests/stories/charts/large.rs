//! An export of a gigabyte: saved whole, and the app's memory stays flat.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use mashdesk_core::exports::ExportState;

use super::{Charts, Story};
use crate::desktop::until_within;
use crate::processes;
use crate::report::Report;

const GIGABYTE: usize = 1 << 30;
/// What the app and the lab, which are one process here, may take more meanwhile.
const GROWTH_MAX: u64 = 64 << 20;
/// Longest that a busy machine may take.
const PATIENCE: Duration = Duration::from_secs(540);

pub(super) fn play(story: &Story, report: &mut Report, charts: &Charts<'_>) {
    report.check("export.1gb_flat_memory", || story.large(charts));
    story.lab.qlik.pad_exports(0);
}

impl Story {
    fn large(&self, charts: &Charts<'_>) -> Result<String> {
        // What the first export of its kind takes is not counted.
        self.desktop.export(&charts.page, "#export-csv")?;
        let before = own_memory()?;
        let mut most = before;
        self.lab.qlik.pad_exports(GIGABYTE);
        let id = self.desktop.begin_export(&charts.page, "#export-csv")?;
        let export = until_within(PATIENCE, "the large export to end", || {
            most = most.max(own_memory()?);
            let export = self.desktop.desk.exports().into_iter().find(|export| export.id == id);
            Ok(export.filter(|export| !matches!(export.state, ExportState::Running(..))))
        })?;
        let file = self.desktop.saved(&export)?;
        let size = fs::metadata(&file)?.len();
        fs::remove_file(&file)?;
        let growth = most - before;
        ensure!(size >= GIGABYTE as u64, "the file has {size} bytes");
        ensure!(growth < GROWTH_MAX, "{} MiB more for {} MiB", growth >> 20, size >> 20);
        Ok(format!("{} MiB saved, at most {} MiB more than {}", size >> 20, growth >> 20, before >> 20))
    }
}

/// The memory of the app's own process.
fn own_memory() -> Result<u64> {
    processes::own_memory().context("no memory")
}
