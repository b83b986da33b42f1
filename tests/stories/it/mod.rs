//! What IT does to the app on a thousand computers.

mod updates;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use mashdesk::store::Stores;

use crate::report::Report;

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    updates::play(report, stores, screenshots)
}
