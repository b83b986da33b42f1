//! A hostile mashup beside a good one, on the same website: one check an attack.
//! It passes if the attack was made and came to nothing. Played with
//! `--unprotected` nothing is held back, and what gets through then shows that
//! its check can fail.

mod floods;
mod launcher;
mod leaving;
mod looks;
mod opened_up;
mod told;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use mashdesk::store::Stores;
use mashdesk_core::sessions::State;
use mashdesk_core::{Error, MashupId, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::adversary::Adversary;
use mashdesk_lab::apps::App;
use mashdesk_lab::options::Options;
use tauri::Manager;
use tokio::runtime::Runtime;

use crate::desktop::{self, Desktop, Page, Start, until};
use crate::report::Report;
use crate::unguarded::{self, ThreeShare, Unguarded};

pub(crate) use opened_up::OPENED_UP;

const PERSON: &str = "ana";

/// What became of an attack that was made.
enum Outcome {
    /// What was seen of its refusal.
    Refused(String),
    /// What it got.
    Through(String),
}

use Outcome::{Refused, Through};

impl Outcome {
    /// Through if something was seen, refused if not.
    fn through_if(seen: bool, what: impl Into<String>) -> Self {
        if seen { Through(what.into()) } else { Refused(what.into()) }
    }
}

struct Story {
    lab: Lab,
    adversary: Adversary,
    desktop: Desktop,
    runtime: Runtime,
    /// Where files land, and what is beside it.
    folder: PathBuf,
    /// What the system's browser and mail program were asked to open.
    outside: PathBuf,
    unprotected: bool,
}

pub(crate) fn play(report: Report, screenshots: &Path, unprotected: bool) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().to_owned();
    let outside = stand_in_for_the_browser(&folder)?;
    let runtime = Runtime::new()?;
    let options = Options { session_limit: 50, cool_down: 0, ..Options::default() };
    let lab = runtime.block_on(Lab::start(options))?;
    let adversary = {
        let _within = runtime.enter();
        Adversary::start()?
    };
    let mut start = Start::anew(
        Some(lab.website.url()),
        Arc::new(mashdesk::store::Isolated::new()),
        &folder,
        screenshots,
    );
    fs::create_dir_all(&start.download_folder)?;
    let shared = Arc::new(ThreeShare::default());
    if unprotected {
        start.stores = Arc::clone(&shared) as Arc<dyn Stores>;
        start.guard = Arc::new(Unguarded);
        // It would be among the three that share.
        start.policy.spare_window = Some(false);
    }
    desktop::run(start, move |desktop| {
        let _scratch = scratch;
        if unprotected {
            until("the canaries", || Ok(shared.is_next_shared().then_some(())))?;
        }
        let story = Story { lab, adversary, desktop, runtime, folder, outside, unprotected };
        story.tell(report)
    })
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        if self.unprotected {
            unguarded::open_commands(&self.desktop.app)?;
        }
        let report_on = &mut report;
        self.sign_in_window(report_on)?;
        let token = self.lab.website.app_token(PERSON).context("a token for Ana")?;
        self.desktop.sign_in(&token)?;
        self.told_by_the_page(report_on)?;
        self.leaving(report_on)?;
        self.looks(report_on)?;
        self.floods(report_on)?;
        self.launcher(report_on)?;
        let mut sum = String::new();
        let ended = report.end_with(|held, through| {
            sum = format!("{} attempted, {through} got through", held + through);
            sum.clone()
        });
        eprintln!("{sum}");
        Ok(ended)
    }

    /// One attack: it must have been made.
    fn attack(&self, report: &mut Report, name: &str, make: impl FnOnce() -> Result<Outcome>) {
        report.check(name, || match make()? {
            Refused(seen) => Ok(format!("refused: {seen}")),
            Through(got) => bail!("got through: {got}"),
        });
    }

    fn app(&self, number: usize) -> Result<&App> {
        self.lab.apps.iter().nth(number).context("the lab has too few apps")
    }

    /// A mashup's window with the adversary's page in it.
    fn open(&self, app: &App, role: &str) -> Result<(WindowId, Page)> {
        let window = match self.showing(app) {
            Some(window) => window,
            None => self.desktop.desk.open(&MashupId::parse(&app.mashup)?)?,
        };
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        self.turn(app, &page, role)?;
        Ok((window, page))
    }

    fn showing(&self, app: &App) -> Option<WindowId> {
        let windows = self.desktop.desk.windows();
        windows.into_iter().find(|(_, session)| session.mashup.as_str() == app.mashup).map(|(id, _)| id)
    }

    /// Turns a mashup's page into the adversary's.
    fn turn(&self, app: &App, page: &Page, role: &str) -> Result<()> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut url = self.lab.website.url().join(&format!("/mashups/{}/adversary.html", app.mashup))?;
        url.set_query(Some(&format!("role={role}&foreign={}&count={count}", self.adversary.near())));
        page.window.navigate(url)?;
        page.until(
            "the adversary",
            &format!("location.search.endsWith('count={count}') && document.readyState === 'complete'"),
        )
        .map(drop)
    }

    /// A fresh page of the adversary's that waits for its orders, whatever the
    /// last attack has made of the window.
    fn fresh(&self, app: &App) -> Result<(WindowId, Page)> {
        if let Some(window) = self.showing(app) {
            let session = self.desktop.desk.window(window).context("its session")?;
            match session.state {
                State::Live => {}
                // What the words in the window offer.
                _ => self.desktop.desk.retry(window)?,
            }
            self.desktop.shown_as(window, "live")?;
        }
        self.open(app, "idle")
    }

    /// The words that a window shows, if it does.
    fn words(&self, window: WindowId) -> Option<Error> {
        match self.desktop.desk.window(window)?.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// The windows of a mashup, its own included.
    fn windows(&self, window: WindowId) -> Vec<String> {
        let own = mashdesk::mashup_label(window);
        self.desktop.app.webview_windows().into_keys().filter(|label| label.starts_with(&own)).collect()
    }

    /// Closes what a mashup has opened.
    fn close_opened(&self, window: WindowId) -> Result<()> {
        let own = mashdesk::mashup_label(window);
        for label in self.windows(window).into_iter().filter(|label| *label != own) {
            if let Some(opened) = self.desktop.app.get_webview_window(&label) {
                opened.destroy()?;
            }
        }
        until("its windows to close", || Ok((self.windows(window).len() <= 1).then_some(())))
    }

    /// What was opened outside so far.
    fn opened_outside(&self) -> Vec<String> {
        let opened = fs::read_to_string(&self.outside).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }
}

/// What the system would open a page or a letter with writes down what it was.
fn stand_in_for_the_browser(folder: &Path) -> Result<PathBuf> {
    let programs = folder.join("programs");
    fs::create_dir_all(&programs)?;
    let (program, opened) = (programs.join("xdg-open"), folder.join("outside.txt"));
    fs::write(&program, format!("#!/bin/sh\necho \"$1\" >>'{}'\n", opened.display()))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)))?;
    // SAFETY: the story has just begun; there is no other thread yet.
    unsafe { std::env::set_var("PATH", path) };
    Ok(opened)
}
