//! Real mashups: Qlik's own charts (nebula.js, unmodified) in two windows side by
//! side, everything that can become of an export, the windows that a mashup
//! opens, and the other kinds of mashup that companies have.

mod exports;
mod kinds;
mod large;
mod nebula;
mod opened;
pub(crate) mod redemption;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use mashdesk::store::Stores;
use mashdesk_core::WindowId;
use mashdesk_core::exports::Export;
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::table::Table;
use tokio::runtime::Runtime;
use tracing_subscriber::filter::LevelFilter;

use crate::child;
use crate::desktop::{self, Desktop, Page, Start};
use crate::log::Log;
use crate::report::Report;

const PERSON: &str = "ana";

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    let (programs, links) = (scratch.path().join("programs"), scratch.path().join("links"));
    child::lay_browser(&programs, &links)?;
    let path = std::env::var("PATH").unwrap_or_default();
    // SAFETY: this is the process's only thread so far.
    unsafe { std::env::set_var("PATH", format!("{}:{path}", programs.display())) };
    let log = Log::keep(LevelFilter::INFO);
    let runtime = Runtime::new()?;
    // Windows come in by a one-time code here, and in the other stories by a cookie.
    let lab = runtime.block_on(Lab::start(Options { mashup_cookies: false, ..Options::default() }))?;
    let start = Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots);
    let (downloads, folder) = (start.download_folder.clone(), scratch.path().to_owned());
    desktop::run(start, move |desktop| {
        Story { lab, desktop, runtime, log, downloads, folder, links }.tell(report)
    })
}

struct Story {
    lab: Lab,
    desktop: Desktop,
    /// The lab runs on it.
    runtime: Runtime,
    log: Log,
    downloads: PathBuf,
    /// For whatever else the story needs.
    folder: PathBuf,
    /// What the system was asked to open.
    links: PathBuf,
}

/// A mashup with its charts on the screen.
struct Charts<'a> {
    app: &'a App,
    table: Table,
    window: WindowId,
    page: Page,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        let token = self.lab.website.app_token(PERSON).context("a token for Ana")?;
        self.desktop.sign_in(&token)?;
        let mut apps = self.lab.apps.iter();
        let mut next = || apps.next().context("the lab has too few apps");
        let (a1, a2) = (self.charts(next()?)?, self.charts(next()?)?);
        nebula::play(self, &mut report, &a1, &a2)?;
        exports::play(self, &mut report, &a1, next()?)?;
        large::play(self, &mut report, &a1);
        opened::play(self, &mut report, &a1, &a2)?;
        kinds::play(self, &mut report, [next()?, next()?, next()?])?;
        redemption::judge(self, &mut report);
        Ok(report.end())
    }

    /// Opens a mashup, and its page of charts.
    fn charts<'a>(&self, app: &'a App) -> Result<Charts<'a>> {
        let (window, page) = self.open(app)?;
        page.click("#charts")?;
        page.until("the page of charts", "document.querySelector('main.charts')")?;
        is_ready(&page)?;
        Ok(Charts { app, table: app.table(), window, page })
    }

    fn open(&self, app: &App) -> Result<(WindowId, Page)> {
        let window = self.desktop.open(&app.mashup, &app.title)?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        is_ready(&page)?;
        Ok((window, page))
    }

    /// How often Qlik was asked for an export.
    fn asked(&self) -> usize {
        let entries = self.lab.journal.entries();
        entries
            .iter()
            .filter(|entry| entry.side == Side::Proxy && entry.uri.contains("/tempcontent/"))
            .count()
    }

    /// What the launcher's row of an export says of a problem.
    fn words(&self, export: &Export, code: &str) -> Result<String> {
        let problem = format!("{} [data-testid=problem][data-code={code}]", row(export));
        let launcher = self.desktop.launcher()?;
        let title = launcher.text(&format!("{problem} .title"))?;
        Ok(format!("{title}. {}", launcher.text(&format!("{problem} .advice"))?))
    }

    /// Presses the launcher's button for an export: to stop it, to try it again.
    fn press(&self, export: &Export) -> Result<()> {
        self.desktop.launcher()?.click(&format!("{} .entry-actions button", row(export)))
    }
}

/// The launcher's row of an export.
fn row(export: &Export) -> String {
    format!("[data-testid=export-row][data-id=\"{}\"]", export.id)
}

fn is_ready(page: &Page) -> Result<()> {
    let state = page.until(
        "the engine",
        "['ready', 'lost', 'failed'].find((s) => s === document.documentElement.dataset.state)",
    )?;
    ensure!(state == "ready", "{state}: {}", page.look("document.documentElement.dataset.error")?);
    Ok(())
}
