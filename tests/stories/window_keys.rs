//! The keys of a mashup's window, pressed on the keyboard: each does what
//! browsers do, and none that the page uses is taken from it.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail, ensure};
use mashdesk::store::Stores;
use mashdesk_core::WindowId;
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::options::Options;
use mashdesk_lab::website::{Rule, SubjectKind};
use serde_json::Value;
use tauri::Listener;
use tokio::runtime::Runtime;

use crate::desktop::{self, Desktop, Page, Start, until};
use crate::hand;
use crate::report::Report;

const PERSON: &str = "ana";

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { cool_down: 0, ..Options::default() }))?;
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| {
        // The runtime keeps the lab serving.
        let story = Story { lab, desktop, _runtime: runtime };
        story.tell(report)
    })
}

struct Story {
    lab: Lab,
    desktop: Desktop,
    _runtime: Runtime,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        let token = self.lab.website.app_token(PERSON).context("a token for Ana")?;
        self.desktop.sign_in(&token)?;
        let [first, other, withdrawn] = [0, 1, 2].map(|number| self.lab.apps.iter().nth(number));
        let (first, other) = (first.context("an app")?, other.context("an app")?);
        let (window, page) = self.open(first)?;

        report.check("title.tells", || {
            page.activate()?;
            let title = hand::active_title()?;
            ensure!(title == format!("{} — Acme Analytics", first.title), "the task switcher has {title}");
            Ok(title)
        });
        report.check("zoom.in_and_out", || zoom(&page));
        report.check("zoom.remembered", || self.zoom_remembered(window, first, other));
        let (_, page) = self.open(first)?;
        report.check("find.finds", || self.finds(&page));
        report.check("find.closes", || closes(&page));
        report.check("page.first", || self.page_first(&page));
        report.check("full_screen", || full_screen(&page));
        report.check("reload", || self.reload(&page, first));
        report.check("reload.words", || self.reload_words(withdrawn.context("an app")?));
        report.check("switcher.comes", || self.switcher(&page));
        report.check("print.asks", || print(&page));
        report.check("popup.keys", || self.pop_up(&page));
        Ok(report.end())
    }

    fn open(&self, app: &App) -> Result<(WindowId, Page)> {
        let window = self.desktop.open(&app.mashup, &app.title)?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        ready(&page)?;
        page.activate()?;
        Ok((window, page))
    }

    fn zoom_remembered(&self, window: WindowId, app: &App, other: &App) -> Result<String> {
        let page = self.desktop.mashup(window)?;
        let before = width(&page)?;
        ensure!(before < 1100.0, "the page is not drawn larger");
        self.desktop.desk.close(window)?;
        let (window, reopened) = self.open(app)?;
        until("the same size", || Ok((width(&reopened)? == before).then_some(())))?;
        let (beside, another) = self.open(other)?;
        ensure!(width(&another)? > before, "another mashup is drawn larger as well");
        self.desktop.desk.close(beside)?;
        self.desktop.desk.close(window)?;
        Ok(format!("reopened {before} pixels wide; {} is as it was", other.title))
    }

    fn finds(&self, page: &Page) -> Result<String> {
        page.activate()?;
        let before = page.look("innerHeight")?;
        hand::press("ctrl+f")?;
        until("the search bar", || Ok((page.look("innerHeight")? != before).then_some(())))?;
        hand::write("sales by")?;
        let found = page.until("a match", "getSelection().toString()")?;
        ensure!(found == "Sales by", "found {found}");
        self.desktop.picture(page, "find.png")?;
        // "Sales" is there more than once: the next match is another one.
        hand::press("ctrl+a")?;
        hand::write("sales")?;
        let place = "(() => { const it = getSelection(); return it.rangeCount ? it.getRangeAt(0).getBoundingClientRect().toJSON() : null })()";
        let at = |page: &Page| -> Result<Option<(Value, Value)>> {
            let (found, place) = (page.look("getSelection().toString().toLowerCase()")?, page.look(place)?);
            Ok((found == "sales").then(|| (place["x"].clone(), place["y"].clone())))
        };
        let first = until("a match", || at(page))?;
        let elsewhere =
            |from: &(Value, Value)| until("another match", || Ok(at(page)?.filter(|place| place != from)));
        hand::press("Return")?;
        let second = elsewhere(&first)?;
        hand::press("shift+Return")?;
        until("the one before", || Ok(at(page)?.filter(|place| *place == first)))?;
        hand::press("F3")?;
        until("the next one", || Ok(at(page)?.filter(|place| *place == second)))?;
        Ok("\"Sales by\" is selected; Enter, Shift+Enter and F3 go from match to match".to_owned())
    }

    /// What the page uses is the page's, and what it leaves is not lost.
    fn page_first(&self, page: &Page) -> Result<String> {
        page.activate()?;
        page.look(
            "(() => {
                window.used = [];
                window.onUsed = (event) => {
                    if (['Control', 'Shift', '-'].includes(event.key)) return;
                    window.used.push(event.key);
                    event.preventDefault();
                };
                addEventListener('keydown', window.onUsed);
            })()",
        )?;
        let wide = width(page)?;
        page.look("void (window.marker = 1)")?;
        for key in ["F11", "ctrl+f", "ctrl+plus", "F5", "ctrl+r", "ctrl+k", "ctrl+p", "Escape"] {
            hand::press(key)?;
        }
        // Keys come one after another: when this one has its effect, those
        // before it have had theirs.
        hand::press("ctrl+minus")?;
        until("one step out", || Ok((width(page)? > wide).then_some(())))?;
        let used = page.look("window.used.join(' ')")?;
        ensure!(used == "F11 f + F5 r k p Escape", "the page has seen {used}");
        // From 125 % to 110 %.
        let ratio = width(page)? / wide;
        ensure!((1.13..1.14).contains(&ratio), "{ratio} times as wide: the page's own key has zoomed too");
        ensure!(page.look("window.marker")? == 1, "the page was loaded again");
        ensure!(!page.window.is_fullscreen()?, "the window fills the screen");
        ensure!(hand::active_title()? == page.window.title()?, "another window has the keyboard");
        page.look("removeEventListener('keydown', window.onUsed)")?;
        hand::press("ctrl+plus")?;
        until("the size as it was", || Ok((width(page)? == wide).then_some(())))?;
        Ok(format!("the page had {}", used.as_str().unwrap_or_default()))
    }

    fn reload(&self, page: &Page, app: &App) -> Result<String> {
        let tickets = self.lab.qlik.tickets().len();
        for key in ["F5", "ctrl+r"] {
            page.activate()?;
            page.look("void (window.marker = 1)")?;
            hand::press(key)?;
            page.until("another page", "window.marker === undefined")?;
            ready(page)?;
        }
        ensure!(page.data("app")? == app.title, "another mashup came");
        ensure!(self.lab.qlik.tickets().len() == tickets, "it cost a ticket");
        Ok("F5 and Ctrl+R load the page again, with the session that is there".to_owned())
    }

    /// Where there are words in place of a mashup, it is tried again.
    fn reload_words(&self, app: &App) -> Result<String> {
        let rule = Rule::new(SubjectKind::User, PERSON, &app.mashup);
        let (window, page) = self.open(app)?;
        ensure!(self.lab.website.permissions().revoke(&rule)?, "Ana had no access to {}", app.title);
        self.desktop.shown_as(window, "failed")?;
        page.until("the words", "document.querySelector('main[data-code=revoked]')")?;
        ensure!(self.lab.website.permissions().grant(rule)?, "Ana has access to {}", app.title);
        page.activate()?;
        hand::press("ctrl+r")?;
        self.desktop.shown_as(window, "live")?;
        ready(&page)?;
        self.desktop.desk.close(window)?;
        Ok(format!("{} is there again", app.title))
    }

    fn switcher(&self, page: &Page) -> Result<String> {
        let heard = Arc::new(AtomicBool::new(false));
        let hears = Arc::clone(&heard);
        let listening = self.desktop.app.listen_any("plugin:mashdesk:change", move |event| {
            if event.payload().contains(r#""part":"switcher""#) {
                hears.store(true, Ordering::Relaxed);
            }
        });
        page.activate()?;
        hand::press("ctrl+k")?;
        let launcher = self.desktop.launcher()?.window.title()?;
        until("the launcher", || Ok((hand::active_title().unwrap_or_default() == launcher).then_some(())))?;
        until("the switcher's event", || Ok(heard.load(Ordering::Relaxed).then_some(())))?;
        self.desktop.app.unlisten(listening);
        hand::press("Escape")?;
        Ok("the launcher is in front and was told".to_owned())
    }

    fn pop_up(&self, page: &Page) -> Result<String> {
        page.activate()?;
        let large = width(page)?;
        hand::press("ctrl+0")?;
        until("the page as it is", || Ok((width(page)? > large).then_some(())))?;
        page.click("#open-popup")?;
        let Some((window, _)) = self.desktop.desk.windows().pop() else { bail!("no window") };
        let pop_up = self.desktop.pop_up(window)?;
        pop_up.data("user")?;
        let title = until("its title", || {
            let title = pop_up.window.title()?;
            Ok(title.contains(" — ").then_some(title))
        })?;
        let (before, beside) = (width(&pop_up)?, width(page)?);
        pop_up.activate()?;
        hand::press("ctrl+plus")?;
        until("a larger page", || Ok((width(&pop_up)? < before).then_some(())))?;
        until("a larger mashup", || Ok((width(page)? < beside).then_some(())))?;
        hand::press("ctrl+0")?;
        until("the page as it was", || Ok((width(&pop_up)? == before).then_some(())))?;
        Ok(format!("{title} zooms with its mashup"))
    }
}

fn zoom(page: &Page) -> Result<String> {
    let whole = width(page)?;
    let steps = [
        ("ctrl+plus", 1.1),
        ("ctrl+equal", 1.25),
        ("ctrl+minus", 1.1),
        ("ctrl+KP_Subtract", 1.0),
        ("ctrl+minus", 0.9),
        ("ctrl+0", 1.0),
        ("ctrl+KP_Add", 1.1),
        ("ctrl+plus", 1.25),
    ];
    for (key, zoom) in steps {
        hand::press(key)?;
        until(&format!("{zoom} after {key}"), || {
            Ok(((width(page)? * zoom - whole).abs() < 2.0).then_some(()))
        })?;
    }
    Ok(format!("{whole} pixels wide, then {} at 125 %", width(page)?))
}

fn closes(page: &Page) -> Result<String> {
    let with_bar = page.look("innerHeight")?;
    hand::press("Escape")?;
    until("the bar to go", || Ok((page.look("innerHeight")? != with_bar).then_some(())))?;
    page.until("the keyboard", "document.hasFocus()")?;
    Ok("Esc closes the bar and the page has the keyboard".to_owned())
}

fn full_screen(page: &Page) -> Result<String> {
    page.activate()?;
    let width = || -> Result<u32> { Ok(page.window.inner_size()?.width) };
    let before = width()?;
    let whole = page.window.current_monitor()?.context("a screen")?.size().width;
    for leave in ["Escape", "F11"] {
        hand::press("F11")?;
        until("the whole screen", || Ok((width()? == whole).then_some(())))?;
        hand::press(leave)?;
        until("the window", || Ok((width()? == before).then_some(())))?;
        ensure!(!page.window.is_fullscreen()?, "it still fills the screen");
    }
    Ok(format!("{before} pixels wide, {whole} with F11, and back with Esc or F11"))
}

/// The system's own dialog; it goes with Esc, and the app goes on meanwhile.
fn print(page: &Page) -> Result<String> {
    let own = page.window.title()?;
    let mut told = String::new();
    for by_the_page in [false, true] {
        page.activate()?;
        if by_the_page {
            page.look("void setTimeout(print)")?;
        } else {
            hand::press("ctrl+p")?;
        }
        told = until("a dialog", || {
            Ok(hand::active_title().ok().filter(|title| !title.is_empty() && *title != own))
        })?;
        ready(page)?;
        hand::press("Escape")?;
        until("the dialog to go", || Ok((hand::active_title().unwrap_or_default() == own).then_some(())))?;
    }
    Ok(format!("the dialog {told:?} comes and goes, and the page works meanwhile"))
}

fn ready(page: &Page) -> Result<()> {
    page.until("the engine", "document.documentElement.dataset.state === 'ready'").map(drop)
}

/// In the page's own pixels: the larger it is drawn, the fewer fit in.
fn width(page: &Page) -> Result<f64> {
    page.look("innerWidth")?.as_f64().context("a width")
}
