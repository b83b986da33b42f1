//! What a mashup opens: windows of its own, which share its store and go with
//! it, and other sites and letters, which are the system's.

use std::fs;

use anyhow::{Context, Result, ensure};
use mashdesk::{environment, mashup_label};
use mashdesk_lab::qlik::{Identity, SessionState};
use tauri::Manager;

use super::{Charts, PERSON, Story, is_ready};
use crate::child;
use crate::desktop::{Page, until};
use crate::hand;
use crate::processes;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report, a1: &Charts<'_>, a2: &Charts<'_>) -> Result<()> {
    report.check("popup.store", || story.store(a1));
    report.check("external.system_browser", || story.elsewhere(a1));
    report.check("popup.prints", || story.prints(a1));
    report.check("popup.closes_itself", || story.closes_itself(a1));
    report.check("popup.closes_with_owner", || story.closes_with_owner(a2));
    Ok(())
}

impl Story {
    fn store(&self, charts: &Charts<'_>) -> Result<String> {
        let pop_up = self.pop_up(charts)?;
        let user = pop_up.data("user")?;
        let own = Identity::opening(&charts.app.id, PERSON, &Default::default()).user;
        ensure!(user == own, "it is signed in as {user}");
        let title = pop_up.window.title()?;
        ensure!(title.contains(&charts.app.title), "it is called {title}");
        let store = |page: &Page| -> Result<Vec<String>> {
            let mut cookies: Vec<String> = page.window.cookies()?.iter().map(ToString::to_string).collect();
            cookies.sort();
            Ok(cookies)
        };
        ensure!(store(&pop_up)? == store(&charts.page)?, "it has another store");
        self.desktop.picture(&pop_up, "popup-charts.png")?;
        Ok(format!("{title}, signed in as {user}, by the same cookies"))
    }

    /// The scheme is checked before the system is asked, and its programs have the
    /// person's own variables.
    fn elsewhere(&self, charts: &Charts<'_>) -> Result<String> {
        let pop_up = self.pop_up(charts)?;
        for link in ["#program", "#file", "#help", "#mail"] {
            pop_up.click(link)?;
        }
        let mut opened = until("the system to open two", || {
            let opened = child::opened(&self.links)?;
            Ok((opened.len() >= 2).then_some(opened))
        })?;
        // They may have been started at the same time.
        opened.sort();
        let wanted =
            ["https://help.acme.example/?topic=charts", "mailto:analytics@acme.example?subject=Charts"];
        ensure!(opened == wanted, "{opened:?}");
        let environment = fs::read_to_string(child::environment(&self.links))?;
        let settled = environment::settled();
        ensure!(!settled.is_empty(), "nothing is settled for WebKit's processes");
        for name in settled {
            ensure!(!environment.contains(&format!("{name}=")), "the system's programs get {name}");
        }
        let mut seen = 0;
        for page in processes::renderers()? {
            let of = |what: &str| fs::read(format!("/proc/{page}/{what}")).unwrap_or_default();
            let environment = String::from_utf8_lossy(&of("environ")).into_owned();
            if environment.is_empty() {
                // It has ended since; those of the open pages have not.
                continue;
            }
            seen += 1;
            let has = |name: &str| environment.split('\0').any(|set| set.starts_with(&format!("{name}=")));
            ensure!(settled.iter().all(|name| has(name)), "a page's process lacks some of {settled:?}");
            let speaks = String::from_utf8_lossy(&of("maps")).contains("/libflite_cmu_time_awb.");
            ensure!(has("LD_PRELOAD") || !speaks, "a voice is not the first that is looked into");
        }
        // The launcher's and the two mashups' at least.
        ensure!(seen >= 3, "{seen} pages' processes were seen");
        is_ready(&pop_up)?;
        is_ready(&charts.page)?;
        Ok(format!("{}; a program and a file were refused", opened.join(", ")))
    }

    fn prints(&self, charts: &Charts<'_>) -> Result<String> {
        let pop_up = self.pop_up(charts)?;
        pop_up.click("#print")?;
        until(
            "the print dialog",
            || Ok((hand::active_title().unwrap_or_default() == "Print").then_some(())),
        )?;
        // Nothing waits for it.
        is_ready(&charts.page)?;
        hand::press("Escape")?;
        pop_up.activate()?;
        Ok("the system's dialog, for which no other window waits".to_owned())
    }

    fn closes_itself(&self, charts: &Charts<'_>) -> Result<String> {
        let pop_up = self.pop_up(charts)?;
        let windows = hand::windows()?;
        pop_up.click("#close")?;
        self.none_opened(charts)?;
        until("its frame to go", || Ok((hand::windows()? < windows).then_some(())))?;
        is_ready(&charts.page)?;
        Ok("window.close() closes it, and nothing else".to_owned())
    }

    fn closes_with_owner(&self, charts: &Charts<'_>) -> Result<String> {
        self.pop_up(charts)?;
        let own = charts.window.to_string();
        let live = || {
            let sessions = self.lab.qlik.sessions().into_iter();
            let mut own = sessions.filter(|session| session.attributes.get("window") == Some(&own));
            own.any(|session| session.state == SessionState::Live)
        };
        ensure!(live(), "it has no session");
        charts.page.activate()?;
        hand::close()?;
        let gone = || self.desktop.app.get_webview_window(&mashup_label(charts.window)).is_none();
        until("the mashup's window to go", || Ok(gone().then_some(())))?;
        self.none_opened(charts)?;
        until("the session to end", || Ok((!live()).then_some(())))?;
        Ok("both went, and the session".to_owned())
    }

    /// The window that the mashup opens, or has opened.
    fn pop_up(&self, charts: &Charts<'_>) -> Result<Page> {
        if self.opened(charts).is_none() {
            charts.page.click("#open-popup")?;
        }
        let pop_up = self.desktop.pop_up(charts.window)?;
        is_ready(&pop_up).context("the opened window")?;
        Ok(pop_up)
    }

    fn opened(&self, charts: &Charts<'_>) -> Option<String> {
        let own = mashup_label(charts.window);
        let mut labels = self.desktop.app.webview_windows().into_keys();
        labels.find(|label| label.starts_with(&own) && *label != own)
    }

    fn none_opened(&self, charts: &Charts<'_>) -> Result<()> {
        until("what it opened to go", || Ok(self.opened(charts).is_none().then_some(())))
    }
}
