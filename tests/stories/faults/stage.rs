//! What a fault strikes, and what must hold after each: a good window that was
//! open all along, no session and no file left behind, and an app that opens
//! the next mashup.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use mashdesk_core::sessions::State;
use mashdesk_core::{MashupId, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::{Fault, Struck};
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{Identity, SessionRecord, SessionState};
use tokio::runtime::Runtime;

use crate::desktop::{Desktop, Page, until, until_within};
use crate::report::Report;

pub(super) const PERSON: &str = "ana";
/// Where every ticket of the lab is redeemed, and nothing else is asked for.
pub(super) const REDEEM: &str = "qlikTicket=";
/// The catalog's part of the launcher.
pub(super) const CATALOG: &str = "section[aria-labelledby=catalog-title]";
/// Longest that a window may take to come back: the longest pause between two
/// tries of one that opens, and the try.
const BACK: Duration = Duration::from_secs(45);

pub(super) struct Stage {
    pub(super) lab: Lab,
    /// A Qlik and a website whose certificates nobody trusts.
    pub(super) untrusted: Lab,
    pub(super) desktop: Desktop,
    pub(super) runtime: Runtime,
    pub(super) downloads: PathBuf,
    options: Options,
    /// How the names of the faults that are asked for begin.
    only: Option<String>,
    good: Good,
    /// Which app's turn it is: each fault has another one.
    turn: Cell<usize>,
}

/// A window that no fault is meant for.
struct Good {
    /// Its app's id.
    app: String,
    window: WindowId,
    page: Page,
    /// Its session on Qlik.
    session: RefCell<String>,
}

/// What becomes of an opening window under a fault.
#[derive(Clone, Copy)]
pub(super) enum Becomes {
    /// It says these words, and stays.
    Words(&'static str),
    /// It says these words and that it waits, and opens when the fault is gone.
    Waits(&'static str),
    /// It opens all the same.
    Opens,
}

impl Stage {
    /// Opens the good window; the person is signed in.
    pub(super) fn set(
        lab: Lab,
        untrusted: Lab,
        options: Options,
        desktop: Desktop,
        runtime: Runtime,
        downloads: PathBuf,
        only: Option<String>,
    ) -> Result<Self> {
        let app = lab.apps.iter().next().context("an app")?;
        let window = desktop.desk.open(&MashupId::parse(&app.mashup)?)?;
        desktop.shown_as(window, "live")?;
        let page = desktop.mashup(window)?;
        let good = Good { app: app.id.clone(), window, page, session: RefCell::default() };
        let stage =
            Self { lab, untrusted, desktop, runtime, downloads, options, only, good, turn: Cell::new(0) };
        stage.good_is_back()?;
        Ok(stage)
    }

    /// One fault: what it does to a mashup's window, then whether everything
    /// else has survived. The detail is what the analyst read.
    pub(super) fn fault(&self, report: &mut Report, name: &str, strike: impl FnOnce(&App) -> Result<String>) {
        if !self.wants(name) {
            return;
        }
        report.check(name, || {
            let read = self.next_app().and_then(strike);
            let mended = self.mend();
            let read = read.inspect_err(|_| drop(self.start_over()))?;
            if let Err(lost) = mended.and_then(|()| self.survived()) {
                return Err(match self.start_over() {
                    Ok(()) => lost.context("afterwards"),
                    Err(worse) => lost.context(format!("afterwards, and it stays so ({worse:#})")),
                });
            }
            Ok(read)
        });
    }

    /// Faults that take their time, struck all at the same time.
    pub(super) fn at_once<const N: usize>(
        &self,
        report: &mut Report,
        names: [&str; N],
        strike: impl FnOnce() -> Result<[String; N]>,
    ) {
        if !names.iter().any(|name| self.wants(name)) {
            return;
        }
        let read = strike();
        for (index, name) in names.into_iter().enumerate() {
            self.fault(report, name, |_| match &read {
                Ok(read) => Ok(read[index].clone()),
                Err(error) => Err(anyhow!("{error:#}")),
            });
        }
    }

    /// Whether a fault is among those that are asked for.
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.starts_with(only.as_str()))
    }

    /// A fault that strikes a window on its way to the screen.
    pub(super) fn opening(
        &self,
        report: &mut Report,
        name: &str,
        becomes: Becomes,
        strike: impl FnOnce(&App) -> Result<()>,
    ) {
        self.fault(report, name, |app| {
            strike(app)?;
            let window = self.open(app)?;
            match becomes {
                Becomes::Words(code) => self.fails(window, code),
                Becomes::Waits(code) => {
                    let read = self.waits(window, code)?;
                    self.lab.faults.clear();
                    self.is_open(window, app)?;
                    Ok(format!("{read} It came back by itself."))
                }
                Becomes::Opens => {
                    self.is_open(window, app)?;
                    Ok("Nothing to read: the mashup opened.".to_owned())
                }
            }
        });
    }

    /// Strikes all requests from now on.
    pub(super) fn strike(&self, at: Side, path: &str, fault: Fault) -> Struck {
        self.lab.faults.strike(at, path, usize::MAX, fault)
    }

    /// Waits until a fault has struck.
    pub(super) fn struck(&self, struck: &Struck) -> Result<()> {
        until("the fault to strike", || Ok((struck.count() > 0).then_some(())))
    }

    /// The next app whose mashup is the website's: faults strike it there.
    pub(super) fn next_app(&self) -> Result<&App> {
        let turn = self.turn.get();
        self.turn.set(turn + 1);
        let mut hosted = self.lab.apps.iter().filter(|app| !app.hosted_on_qlik);
        hosted.nth(1 + turn).context("the lab has too few apps")
    }

    pub(super) fn open(&self, app: &App) -> Result<WindowId> {
        Ok(self.desktop.desk.open(&MashupId::parse(&app.mashup)?)?)
    }

    /// Waits until a mashup can be worked with.
    pub(super) fn is_open(&self, window: WindowId, app: &App) -> Result<Page> {
        until_within(BACK, &format!("{} to be live", app.title), || {
            Ok((self.state(window)? == State::Live).then_some(()))
        })?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        page.until("the engine", "document.documentElement.dataset.state === 'ready'")?;
        let title = page.data("app")?;
        ensure!(title == app.title, "the engine opened {title}");
        Ok(page)
    }

    /// The words of a window that has failed; the launcher says so, too.
    pub(super) fn fails(&self, window: WindowId, code: &str) -> Result<String> {
        let page = self.message(window, code)?;
        self.desktop.shown_as(window, "failed")?;
        let waits = page.look("document.querySelector('#waits').textContent")?;
        ensure!(waits == "", "a failed window waits: {waits}");
        words(&page)
    }

    /// The words of a window that tries again by itself.
    pub(super) fn waits(&self, window: WindowId, code: &str) -> Result<String> {
        let read = self.says_that_it_waits(window, code)?;
        self.desktop.shown_as(window, "waiting")?;
        Ok(read)
    }

    /// The same, though the next try may be under way by now.
    pub(super) fn says_that_it_waits(&self, window: WindowId, code: &str) -> Result<String> {
        let page = self.message(window, code)?;
        Ok(format!("{} {}", words(&page)?, page.text("#waits")?))
    }

    fn message(&self, window: WindowId, code: &str) -> Result<Page> {
        let page = until("its window", || Ok(self.desktop.mashup(window).ok()))?;
        let page_of = format!("document.querySelector('main[data-code={code}]')");
        page.until(code, &page_of).with_context(|| match self.state(window) {
            Ok(state) => format!("it is {state:?}"),
            Err(error) => error.to_string(),
        })?;
        Ok(page)
    }

    /// The words of the newest problem in the launcher that `within` selects.
    pub(super) fn launcher_says(&self, within: &str, code: &str) -> Result<String> {
        let problem = format!("{within} [data-testid=problem][data-code={code}]");
        let launcher = self.desktop.launcher()?;
        Ok(format!(
            "{} {}",
            launcher.text(&format!("{problem} .title"))?,
            launcher.text(&format!("{problem} .advice"))?
        ))
    }

    pub(super) fn state(&self, window: WindowId) -> Result<State> {
        Ok(self.desktop.desk.window(window).context("the window is gone")?.state)
    }

    /// The sessions that a window's tickets made and that still live.
    pub(super) fn sessions_of(&self, window: WindowId) -> Vec<SessionRecord> {
        let window = window.to_string();
        self.live(|session| session.attributes.get("window") == Some(&window))
    }

    pub(super) fn sessions_on(&self, app: &App) -> Vec<SessionRecord> {
        let identity = self.identity(app);
        self.live(|session| session.identity == identity)
    }

    fn live(&self, wanted: impl Fn(&SessionRecord) -> bool) -> Vec<SessionRecord> {
        let sessions = self.lab.qlik.sessions().into_iter();
        sessions.filter(|session| session.state == SessionState::Live && wanted(session)).collect()
    }

    pub(super) fn identity(&self, app: &App) -> Identity {
        Identity::opening(&app.id, PERSON, &self.options)
    }

    /// A fault that strikes everybody: waits until the good window is live with
    /// one session of its own, and takes that for granted from now on.
    pub(super) fn good_is_back(&self) -> Result<()> {
        let Good { window, page, .. } = &self.good;
        until_within(BACK, "the good window to come back", || {
            let live = self.state(*window)? == State::Live;
            let ready = live && page.look("document.documentElement.dataset.state")? == "ready";
            Ok(ready.then_some(()))
        })
        .with_context(|| {
            match (self.state(*window), page.look("document.documentElement.outerHTML")) {
                (Ok(state), Ok(html)) => format!("it is {state:?}, and shows {html:.200}"),
                (Err(error), _) | (_, Err(error)) => format!("{error:#}"),
            }
        })?;
        let sessions = self.sessions_of(*window);
        ensure!(sessions.len() == 1, "the good window has {} sessions", sessions.len());
        page.look("window.untouched = true")?;
        self.good.session.replace(sessions[0].id.clone());
        Ok(())
    }

    /// The app in the good window.
    pub(super) fn good_app(&self) -> &str {
        &self.good.app
    }

    /// The good window's session.
    pub(super) fn good_session(&self) -> String {
        self.good.session.borrow().clone()
    }

    /// Qlik serves again, if it had gone away.
    pub(super) fn qlik_comes_back(&self) -> Result<()> {
        let _serving = self.runtime.enter();
        Ok(self.lab.qlik.come_back()?)
    }

    /// The website serves again, if it had gone away.
    pub(super) fn website_comes_back(&self) -> Result<()> {
        let _serving = self.runtime.enter();
        Ok(self.lab.website.come_back()?)
    }

    /// Where a fault was too much, the next one finds a sound stage all the
    /// same: the good window, too, comes back with a new session.
    fn start_over(&self) -> Result<()> {
        for left in self.live(|_| true) {
            self.lab.qlik.end_session(&left.id);
        }
        self.desktop.desk.retry(self.good.window)?;
        self.good_is_back()
    }

    /// Takes the fault away, and closes what it struck.
    fn mend(&self) -> Result<()> {
        self.lab.faults.clear();
        self.qlik_comes_back()?;
        self.website_comes_back()?;
        for (window, _) in self.desktop.desk.windows() {
            if window != self.good.window {
                self.desktop.desk.close(window)?;
            }
        }
        Ok(())
    }

    /// What survives every fault.
    fn survived(&self) -> Result<()> {
        self.good_is_untouched()?;
        self.nothing_is_left()?;
        let next = self.next_app()?;
        let window = self.open(next)?;
        self.is_open(window, next).context("the next mashup")?;
        self.desktop.desk.close(window)?;
        self.nothing_is_left()
    }

    fn good_is_untouched(&self) -> Result<()> {
        let Good { window, page, session, .. } = &self.good;
        let state = self.state(*window)?;
        ensure!(state == State::Live, "the good window is {state:?}");
        ensure!(page.data("state")? == "ready", "the good window was disturbed");
        ensure!(page.look("window.untouched === true")? == true, "the good window was loaded anew");
        let sessions = self.sessions_of(*window);
        ensure!(
            sessions.len() == 1 && sessions[0].id == *session.borrow() && sessions[0].sockets > 0,
            "the good window has other sessions: {sessions:?}"
        );
        Ok(())
    }

    /// No session of a closed window, no window, no half-written export.
    fn nothing_is_left(&self) -> Result<()> {
        let good = self.good.window.to_string();
        until("the sessions of closed windows to end", || {
            let left = self.live(|session| session.attributes.get("window") != Some(&good));
            Ok(left.is_empty().then_some(()))
        })?;
        let windows = self.desktop.desk.windows().len();
        ensure!(windows == 1, "{} windows are left", windows - 1);
        for file in fs::read_dir(&self.downloads).into_iter().flatten() {
            let name = file?.file_name();
            ensure!(!name.to_string_lossy().ends_with(".part"), "{} is left", name.display());
        }
        Ok(())
    }
}

/// The words of a page of words, with nothing left to fill in.
fn words(page: &Page) -> Result<String> {
    let words = format!("{} {}", page.text("h1")?, page.text("#advice")?);
    ensure!(!words.contains(['{', '}']), "unfilled words: {words}");
    Ok(words)
}
