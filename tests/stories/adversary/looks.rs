//! Attacks on what the person sees and finds: titles, full screen, names of
//! files, notices that are not true, a page that never rests.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use mashdesk_core::sessions::State;

use super::{Outcome, Refused, Story};
use crate::desktop::{Page, until, until_within};
use crate::hand;
use crate::report::Report;

/// What files want to be called.
const NAMES: &[(&str, &str)] = &[
    ("steps", "../../../evil.txt"),
    ("steps_encoded", "%2e%2e%2fevil.txt"),
    ("steps_windows", "..\\..\\evil.txt"),
    ("absolute", "/tmp/evil.txt"),
    ("drive", "C:\\Windows\\evil.dll"),
    ("device", "CON.txt"),
    ("device_bare", "nul"),
    ("hidden", ".bashrc"),
    ("dots", ".."),
    ("right_to_left", "report\u{202e}xslx.exe"),
    ("program", "setup.exe"),
    ("script", "run.sh"),
    ("starter", "Mashdesk.desktop"),
    ("shortcut", "report.lnk"),
    ("lines", "one\ntwo.csv"),
    ("stream", "report.csv:hidden.exe"),
];
/// Longest that a small file may take.
const FILE_COMES: Duration = Duration::from_secs(20);
/// Longest that a page may take to do what a click asks for.
const CLICK_TAKES: Duration = Duration::from_secs(10);
/// Endings of what a system runs.
const PROGRAMS: &[&str] = &[".exe", ".dll", ".sh", ".desktop", ".lnk"];

impl Story {
    pub(super) fn looks(&self, report: &mut Report) -> Result<()> {
        self.titles(report)?;
        self.full_screen(report)?;
        for (name, wanted) in NAMES {
            for (road, script) in [("blob", BLOB), ("attachment", ATTACHMENT)] {
                self.attack(report, &format!("file.{road}.{name}"), || self.file(script, wanted));
            }
        }
        self.notices(report)?;
        self.attack(report, "hog.cpu", || self.hog());
        Ok(())
    }

    fn titles(&self, report: &mut Report) -> Result<()> {
        let app = self.app(1)?;
        let (window, page) = self.fresh(app)?;
        let ours = format!("{} — Acme Analytics", app.title);
        self.attack(report, "title.window", || {
            page.look("document.title = 'Mashdesk'")?;
            page.until("its frame to be drawn", "document.title === 'Mashdesk'")?;
            page.activate()?;
            let seen = hand::active_title()?;
            Ok(Outcome::through_if(seen != ours, format!("the window is called {seen}")))
        });
        for (name, title) in [("popup", "Mashdesk"), ("override", "\u{202e}ksedhsaM\u{0}\u{7}")] {
            self.attack(report, &format!("title.{name}"), || {
                page.look("void (self.opened = window.open('adversary.html?role=idle&foreign=' + new URLSearchParams(location.search).get('foreign')))")?;
                let opened = self.desktop.pop_up(window)?;
                let text = serde_json::to_string(title)?;
                opened.until("its page", "typeof adversary === 'object' && document.readyState === 'complete'")?;
                opened.look(&format!("document.title = {text}"))?;
                let seen = until("its title", || {
                    let seen = opened.window.title()?;
                    Ok(seen.contains("Mashdesk").then_some(seen.clone()).or_else(|| seen.contains("ksedhsaM").then_some(seen)))
                })?;
                self.close_opened(window)?;
                let ours = seen.ends_with(&format!(" — {}", app.title));
                let odd = seen.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
                Ok(Outcome::through_if(!ours || odd, format!("the window is called {seen:?}")))
            });
        }
        Ok(())
    }

    fn full_screen(&self, report: &mut Report) -> Result<()> {
        let (_, page) = self.fresh(self.app(1)?)?;
        self.attack(report, "fullscreen.by_itself", || {
            page.look("void setTimeout(() => {
                    // What the shell evaluates counts as a click, for a while.
                    document.documentElement.requestFullscreen().then(() => { self.full = 'full' }, (e) => { self.full = String(e) });
                }, 6000)")?;
            let became = page.until("an answer", "self.full")?;
            Ok(Outcome::through_if(became == "full", format!("without a click: {became}")))
        });
        page.look(
            "(() => {
                addEventListener('keydown', (event) => event.preventDefault(), true);
                document.querySelector('#go').onclick = () => document.documentElement.requestFullscreen();
                document.title = 'Mashdesk';
            })()",
        )?;
        until("the whole screen", || {
            // A window that goes or comes at this moment takes a click away.
            page.click("#go")?;
            let full = || Ok((page.look("!!document.fullscreenElement")? == true).then_some(()));
            Ok(until_within(CLICK_TAKES, "the whole screen", full).ok())
        })?;
        self.attack(report, "fullscreen.title", || {
            let seen = page.window.title()?;
            Ok(Outcome::through_if(seen == "Mashdesk", format!("the task switcher has {seen}")))
        });
        self.attack(report, "fullscreen.stays", || {
            hand::press("Escape")?;
            let left = until("the page to leave it", || {
                Ok((page.look("!document.fullscreenElement")? == true).then_some(()))
            });
            Ok(Outcome::through_if(left.is_err(), "Escape was pressed, which the page wanted for itself"))
        });
        Ok(())
    }

    /// A file that wants a name: it gets one in the folder for exports.
    fn file(&self, script: &str, wanted: &str) -> Result<Outcome> {
        let app = self.app(2)?;
        let (_, page) = match self.showing(app) {
            // The same page for all: loading it costs more than the attack.
            Some(window) => (window, self.desktop.mashup(window)?),
            None => self.open(app, "idle")?,
        };
        let before = self.files()?;
        let name = serde_json::to_string(wanted)?;
        page.look(&format!(
            "void (() => {{ const NAME = {name}, NEAR = '{}'; {script} }})()",
            self.adversary.near()
        ))?;
        let Ok(new) =
            until_within(FILE_COMES, "a file", || Ok(self.files()?.difference(&before).next().cloned()))
        else {
            return Ok(Refused(format!("{wanted:?} was not saved at all")));
        };
        let name = new.file_name().context("a name")?.to_string_lossy().into_owned();
        let plain = name.starts_with(&app.title)
            && !name.chars().any(|c| c.is_control() || c == '\u{202e}' || c == ':');
        let inside = new.parent() == Some(&self.folder.join("downloads"));
        let harmless = !PROGRAMS.iter().any(|ending| name.ends_with(ending));
        Ok(Outcome::through_if(!(plain && inside && harmless), format!("{wanted:?} was saved as {name:?}")))
    }

    /// All files below the story's folder, but what other parts of it write.
    fn files(&self) -> Result<BTreeSet<PathBuf>> {
        let (mut found, mut folders) = (BTreeSet::new(), vec![self.folder.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else {
                    found.insert(entry.path());
                }
            }
        }
        let own = ["settings", "exports", "outside", "last", "run", "zoom", "windows"];
        found.retain(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            !own.iter().any(|own| name.starts_with(own))
                && !name.ends_with(".part")
                && !name.ends_with(".tmp")
        });
        Ok(found)
    }

    /// What the page says about its own session when the shell asks.
    fn notices(&self, report: &mut Report) -> Result<()> {
        let (app, good) = (self.app(1)?, self.app(0)?);
        for (name, notices) in [
            ("unknown", "['close', 'quit', 'set_favourite', '__proto__', 1, null, {}]"),
            ("flood", "Array(100000).fill('OnSessionTimedOut')"),
            ("shape", "({ length: 3, origin: 'tauri://localhost' })"),
        ] {
            self.attack(report, &format!("notice.{name}"), || {
                let (window, page) = self.fresh(app)?;
                let tickets = self.lab.qlik.tickets().len();
                // The script's own answer is a list made of a set: here it is not.
                page.look(&format!(
                    "void (() => {{
                        self.told = 0;
                        const real = Set.prototype[Symbol.iterator];
                        Set.prototype[Symbol.iterator] = function () {{ self.told += 1; return Array.from({notices})[Symbol.iterator](); }};
                        self.real = real;
                    }})()"
                ))?;
                // Asked three times, or loaded anew because of what it said.
                page.until("the shell to ask", "(self.told ?? 3) >= 3")?;
                self.desktop.shown_as(window, "live")?;
                let asked = self.lab.qlik.tickets().len() - tickets;
                let other = self.showing(good).and_then(|window| self.desktop.desk.window(window));
                let well = other.is_some_and(|session| session.state == State::Live);
                Ok(Outcome::through_if(
                    asked > 0 || !well || !self.marked_by_nobody(),
                    format!("{asked} tickets were asked for, and the good mashup is as it was"),
                ))
            });
        }
        Ok(())
    }

    fn marked_by_nobody(&self) -> bool {
        self.unprotected || self.desktop.desk.used().favourites.is_empty()
    }

    /// A page that never comes to rest is alone with that.
    fn hog(&self) -> Result<Outcome> {
        let (window, page) = self.fresh(self.app(1)?)?;
        page.look("void setTimeout(() => { for (;;); })")?;
        let good = self.showing(self.app(0)?).context("the good mashup")?;
        let works = |page: &Page| -> Result<bool> { Ok(page.look("6 * 7")? == 42) };
        let both = works(&self.desktop.launcher()?)? && works(&self.desktop.mashup(good)?)?;
        self.desktop.desk.close(window)?;
        until("its window to close", || Ok(self.desktop.desk.window(window).is_none().then_some(())))?;
        Ok(match both {
            true => Refused("the launcher and the good mashup answer, and its window closes".to_owned()),
            false => super::Through("another window hangs".to_owned()),
        })
    }
}

const BLOB: &str =
    "const url = URL.createObjectURL(new Blob(['hostile'], { type: 'application/octet-stream' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: NAME });
    document.body.append(link);
    link.click();
    link.remove();";
const ATTACHMENT: &str = "document.body.append(Object.assign(document.createElement('iframe'),
    { src: `${NEAR}/file?${new URLSearchParams({ name: NAME })}` }));";
