//! Signing in and out, and what the launcher is asked from outside: the real
//! `mashdesk` in a process of its own, its launcher driven by WebDriver, a real
//! browser, a real Secret Service.

mod outside;
mod secrets;
mod ways;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use mashdesk_lab::Lab;
use mashdesk_lab::journal::{Entry, Side};
use mashdesk_lab::options::Options;
use tokio::runtime::Runtime;

use crate::child::Computer;
use crate::desktop::until;
use crate::driven::Driven;
use crate::hand;
use crate::processes;
use crate::report::Report;

const PERSON: &str = "ana";
/// A row of the catalog.
const ROW: &str = "[data-testid=mashup-row]";
/// The catalog's search.
const SEARCH: &str = "[data-testid=search]";
/// The way to sign in that the lab prefers.
const WAYS: &str = "[data-testid=sign-in-oidc]";

pub(crate) fn play(mut report: Report, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { cool_down: 0, ..Options::default() }))?;
    let story = Story { lab, runtime, screenshots: screenshots.to_owned() };
    ways::play(&story, &mut report)?;
    outside::play(&story, &mut report)?;
    Ok(report.end())
}

/// What is secret stays where it belongs.
pub(crate) fn play_secrets(mut report: Report, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { cool_down: 0, ..Options::default() }))?;
    let story = Story { lab, runtime, screenshots: screenshots.to_owned() };
    secrets::play(&story, &mut report)?;
    Ok(report.end())
}

struct Story {
    lab: Lab,
    runtime: Runtime,
    screenshots: PathBuf,
}

/// The app on a computer, its launcher driven.
struct App {
    launcher: Driven,
    pid: u32,
}

impl Story {
    fn start(&self, computer: &Computer) -> Result<App> {
        let launcher = Driven::launcher(computer, &[], self.runtime.handle())?;
        let pid = until("the app", || {
            let found = processes::below(None)?.into_iter().find(|process| process.name == "mashdesk");
            Ok(found.map(|process| process.pid))
        })?;
        Ok(App { launcher, pid })
    }

    /// Pastes a token, and waits for the catalog.
    fn paste_token(&self, app: &App) -> Result<()> {
        let token = self.lab.website.app_token(PERSON).context("a token")?;
        app.unfold_ways()?;
        app.launcher.write("[data-testid=token]", &format!("{token}\n"))?;
        app.launcher.is_there(ROW)
    }

    /// What the lab calls a mashup.
    fn title(&self, mashup: &str) -> Result<&str> {
        Ok(&self.lab.apps.by_mashup(mashup).context("no such mashup")?.title)
    }

    /// What the task switcher calls a mashup's window.
    fn window_title(&self, mashup: &str) -> Result<String> {
        Ok(format!("{} — Acme Analytics", self.title(mashup)?))
    }

    /// The requests that the website has answered so far.
    fn website_heard(&self) -> Vec<Entry> {
        self.lab.journal.entries().into_iter().filter(|entry| entry.side == Side::Website).collect()
    }

    fn picture(&self, name: &str) -> Result<()> {
        hand::picture_of_all(&self.screenshots.join(name))
    }
}

impl App {
    /// Makes the ways to sign in that the website does not prefer show.
    fn unfold_ways(&self) -> Result<()> {
        self.launcher.is_there(WAYS)?;
        if self.launcher.look("document.querySelector('details:not([open]) [data-testid=token]') !== null")?
            == true
        {
            self.launcher.click("details:has([data-testid=token]) > summary")?;
        }
        Ok(())
    }

    /// Signs out by the launcher, and confirms where windows are open.
    fn sign_out(&self) -> Result<()> {
        let windows = self.windows()?;
        self.launcher.click("[data-testid=sign-out]")?;
        if windows > 0 {
            self.launcher.click("[role=alertdialog] button.danger")?;
        }
        self.launcher.is_there(WAYS)
    }

    /// How many windows the launcher lists.
    fn windows(&self) -> Result<u64> {
        let windows = self.launcher.look("document.querySelectorAll('[data-testid=window-row]').length")?;
        windows.as_u64().context("a number")
    }

    /// Finds a mashup by its title and opens it.
    fn open(&self, story: &Story, mashup: &str) -> Result<()> {
        self.find(story, mashup)?;
        self.launcher.write(SEARCH, &format!("{}\n", story.title(mashup)?))?;
        self.is_live(mashup)
    }

    /// Types a mashup's title into the search until its row stands first.
    fn find(&self, story: &Story, mashup: &str) -> Result<()> {
        self.launcher.write(SEARCH, story.title(mashup)?)?;
        self.launcher.is_there(&format!("{ROW}[data-mashup={mashup}][aria-selected=true]"))
    }

    /// Waits until the launcher lists a mashup's window as a live one.
    fn is_live(&self, mashup: &str) -> Result<()> {
        self.launcher.is_there(&format!("[data-testid=window-row][data-mashup={mashup}][data-state=live]"))
    }

    /// The words of a problem in the launcher.
    fn problem(&self, code: &str) -> Result<String> {
        let problem = format!("[data-testid=problem][data-code={code}]");
        let words = |part: &str| self.launcher.text(&format!("{problem} {part}"));
        Ok(format!("{} {}", words(".title")?, words(".advice")?))
    }

    /// The system ends the person's session: the app quits by itself.
    fn quit(self) -> Result<()> {
        let told = Command::new("kill").args(["-s", "TERM", &self.pid.to_string()]).status()?;
        ensure!(told.success(), "kill: {told}");
        until("the app to quit", || {
            let there = processes::below(None)?.into_iter().any(|process| process.pid == self.pid);
            Ok((!there).then_some(()))
        })
    }
}
