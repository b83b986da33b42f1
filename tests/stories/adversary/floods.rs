//! Attacks by number: more windows, programs, files and dialogs than a person
//! can look at. Each has a window of its own, so that none spares another.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use mashdesk_core::exports::ExportState;
use mashdesk_core::{Error, WindowId};

use super::{Outcome, Story};
use crate::desktop::{Page, until, until_within};
use crate::hand;
use crate::report::Report;

/// Longest that a flood may take to have passed.
const LONG: Duration = Duration::from_secs(180);
/// How many files a flood wants to save.
const FILES: usize = 300;
/// Longest that the files of a flood may take.
const FILES_COME: Duration = Duration::from_secs(60);
/// How long a dialog may take to close.
const SHORT: Duration = Duration::from_secs(1);
/// Most dialogs that one may have to close in a spell.
const DIALOGS_MAX: usize = 6;
const SPELL: Duration = Duration::from_secs(30);

impl Story {
    pub(super) fn floods(&self, report: &mut Report) -> Result<()> {
        self.attack(report, "flood.windows", || {
            let (window, page) = self.open(self.app(3)?, "idle")?;
            self.pour(&page, "window.open('adversary.html?role=idle&foreign=' + AT)", 20)?;
            let opened = self.windows(window).len() - 1;
            self.desktop.picture(&self.desktop.launcher()?, "flood-notice.png")?;
            let told = self.notice(|error| matches!(error, Error::TooManyWindows { .. }));
            self.over(window)?;
            Ok(Outcome::through_if(
                opened > 12 || !told,
                format!("{} asked for, {opened} opened; {}", self.poured(20), said(told)),
            ))
        });
        for (name, script) in [
            ("browser", "window.open('https://elsewhere.example/' + AT)"),
            ("mail", "window.open('mailto:everybody@elsewhere.example?subject=' + AT)"),
        ] {
            self.attack(report, &format!("flood.{name}"), || {
                let app = if name == "mail" { 4 } else { 5 };
                let (window, page) = self.open(self.app(app)?, "idle")?;
                let before = self.opened_outside().len();
                self.pour(&page, script, 20)?;
                let opened = until("the first of them", || {
                    let opened = self.opened_outside().len() - before;
                    let over = opened == 3 && self.desktop.desk.notice().is_some();
                    Ok((over || opened > 3).then_some(opened))
                })?;
                let told = self.notice(|error| matches!(error, Error::TooManyWindows { .. }));
                self.over(window)?;
                Ok(Outcome::through_if(
                    opened > 3 || !told,
                    format!("{} asked for, {opened} started; {}", self.poured(20), said(told)),
                ))
            });
        }
        self.attack(report, "flood.files", || {
            let (window, page) = self.open(self.app(7)?, "idle")?;
            let folder = self.folder.join("downloads");
            let before = files(&folder)?;
            // A frame each: WebKit lets a page's next download take the place
            // of one that has not begun.
            let near = self.adversary.near();
            page.look(&format!(
                "void (() => {{
                    for (let at = 0; at < {FILES}; at += 1) {{
                        const frame = document.createElement('iframe');
                        frame.src = '{near}/file?name=flood' + at + '.csv';
                        document.body.append(frame);
                    }}
                }})()"
            ))?;
            // Files come later: until the launcher says that some do
            // not, or until there are too many.
            let saved = || anyhow::Ok(files(&folder)? - before);
            let _ = until_within(FILES_COME, "the files", || {
                Ok((saved()? > 40 || self.desktop.desk.notice().is_some()).then_some(()))
            });
            until("those that have begun to end", || {
                let running = self
                    .desktop
                    .desk
                    .exports()
                    .iter()
                    .any(|file| matches!(file.state, ExportState::Running(..)));
                Ok((!running).then_some(()))
            })?;
            let saved = saved()?;
            let told = self.notice(|error| matches!(error, Error::TooManyFiles { .. }));
            self.over(window)?;
            Ok(Outcome::through_if(
                saved > 40 || !told,
                format!("{} asked for, {saved} saved; {}", FILES, said(told)),
            ))
        });
        self.attack(report, "flood.exports", || {
            let (window, page) = self.open(self.app(8)?, "idle")?;
            let qlik = self.lab.qlik.proxy_url();
            self.pour(&page, &format!("window.open('{qlik}ticket/tempcontent/flood/' + AT + '.xlsx')"), 60)?;
            let exports = self.desktop.desk.exports().iter().filter(|export| export.window == window).count();
            let told = self.notice(|error| matches!(error, Error::TooManyFiles { .. }));
            self.over(window)?;
            Ok(Outcome::through_if(
                exports > 40 || !told,
                format!("{} asked for, {exports} begun; {}", self.poured(60), said(told)),
            ))
        });
        self.attack(report, "flood.dialogs", || self.dialogs());
        self.attack(report, "flood.launcher", || {
            let answer = self
                .desktop
                .launcher()?
                .look("document.querySelectorAll('[data-testid=mashup-row]').length")?;
            Ok(Outcome::through_if(
                answer == 0,
                format!("after all of that the launcher lists {answer} mashups"),
            ))
        });
        Ok(())
    }

    /// How often a flood asks; where nothing stops it, a few are enough.
    fn poured(&self, few: usize) -> usize {
        if self.unprotected { few } else { 10_000 }
    }

    /// Does something again and again, `AT` times so far, and waits until it is
    /// done.
    fn pour(&self, page: &Page, script: &str, few: usize) -> Result<()> {
        let most = self.poured(few);
        page.look(&format!(
            "void (async () => {{
                for (let AT = 0; AT < {most}; AT += 1) {{
                    {script};
                    if (AT % 50 === 49) await new Promise((done) => setTimeout(done));
                }}
                self.poured = true;
            }})()"
        ))?;
        until_within(LONG, "the flood to pass", || Ok((page.look("self.poured")? == true).then_some(())))
    }

    /// Whether the launcher says so; it is put aside for the next one.
    fn notice(&self, wanted: impl Fn(&Error) -> bool) -> bool {
        let notice = self.desktop.desk.notice();
        self.desktop.desk.dismiss_notice();
        notice.is_some_and(|error| wanted(&error))
    }

    fn over(&self, window: WindowId) -> Result<()> {
        self.desktop.desk.close(window)?;
        until("its windows to close", || Ok(self.windows(window).is_empty().then_some(())))
    }

    fn dialogs(&self) -> Result<Outcome> {
        let (window, page) = self.open(self.app(9)?, "idle")?;
        page.activate()?;
        let (most, near) = (self.poured(20), self.adversary.near());
        // The page waits until it has said which one comes: one that is seen is
        // the one that was said last.
        page.look(&format!(
            "void setTimeout(() => {{
                const say = (what) => {{
                    const saying = new XMLHttpRequest();
                    saying.open('POST', '{near}/hit/dialog' + what, false);
                    try {{ saying.send(); }} catch {{}}
                }};
                for (let at = 0; at < {most}; at += 1) {{
                    if (at < 40) say('-' + at);
                    alert('Mashdesk: your session has ended');
                }}
                say('s-over');
            }})"
        ))?;
        let (began, mut seen) = (Instant::now(), BTreeSet::new());
        until_within(LONG, "the dialogs to pass", || {
            if page.shows_dialog()? {
                let said = self.adversary.hits("dialog-");
                seen.insert(said);
                hand::press("Return")?;
                // One that was not ready for the key takes another.
                let _ = until_within(SHORT, "the dialog to close", || {
                    Ok((self.adversary.hits("dialog") > said || !page.shows_dialog()?).then_some(()))
                });
            }
            Ok(self.adversary.was_hit("dialogs-over").then_some(()))
        })?;
        // On a slow machine the flood lasts longer than what they are counted in.
        let spells = 1 + usize::try_from(began.elapsed().as_secs() / SPELL.as_secs())?;
        let told = self.notice(|error| matches!(error, Error::TooManyDialogs { .. }));
        self.over(window)?;
        Ok(Outcome::through_if(
            !told || seen.len() > spells * DIALOGS_MAX,
            format!("of {most} in a row {} had to be closed; {}", seen.len(), said(told)),
        ))
    }
}

/// How many files there are, without those that WebKit still writes.
fn files(folder: &Path) -> Result<usize> {
    let mut files = 0;
    for file in fs::read_dir(folder)? {
        files += usize::from(!file?.file_name().to_string_lossy().ends_with(".wkdownload"));
    }
    Ok(files)
}

fn said(told: bool) -> &'static str {
    if told { "the launcher says so" } else { "the launcher says nothing" }
}
