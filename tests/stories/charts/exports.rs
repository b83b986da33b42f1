//! Everything that can become of an export: followed, stopped, refused, cut,
//! asked for twice, too large for the disk. The mashup stays where it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mashdesk_core::MashupId;
use mashdesk_core::exports::{Export, ExportState};
use mashdesk_core::sessions::State;
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use serde_json::json;

use super::{Charts, Story, is_ready, row};
use crate::desktop::{Page, until};
use crate::hand;
use crate::report::Report;

/// Long enough to be followed while it trickles.
const LONG: usize = 1 << 20;

pub(super) fn play(story: &Story, report: &mut Report, charts: &Charts<'_>, other: &App) -> Result<()> {
    let page = &charts.page;
    let mut check = |name: &str, tried: &dyn Fn() -> Result<String>| {
        report.check(name, tried);
        story.mend();
    };
    check("export.progress", &|| story.progress(page));
    check("export.cancel", &|| story.cancel(page));
    check("export.serve_once", &|| story.serve_once(page));
    check("export.double_click", &|| story.double_click(page));
    check("export.disk_full", &|| story.disk_full(page));
    check("export.cut", &|| story.cut(page));
    check("export.asks", &|| story.asks(page));
    check("export.blob", &|| story.own_files(charts));
    check("export.renews", &|| story.renews(other));
    check("export.names_legal", &|| story.names_legal(other));
    let launcher = story.desktop.launcher()?;
    story.desktop.picture(&launcher, "exports.png")
}

impl Story {
    /// After a check that has failed half-way, the next one finds all as usual.
    fn mend(&self) {
        self.lab.faults.clear();
        self.lab.qlik.pad_exports(0);
    }

    /// An export that takes as long as the story wants.
    fn trickles(&self, page: &Page) -> Result<Export> {
        self.lab.qlik.pad_exports(LONG);
        self.lab.faults.strike(Side::Proxy, "/tempcontent/", usize::MAX, Fault::Trickle);
        let id = self.desktop.begin_export(page, "#export-csv")?;
        self.desktop.desk.exports().into_iter().find(|export| export.id == id).context("no export")
    }

    fn progress(&self, page: &Page) -> Result<String> {
        let export = self.trickles(page)?;
        let launcher = self.desktop.launcher()?;
        let bar = format!("document.querySelector('{} progress')", row(&export));
        let seen = |more_than: f64| {
            let far = format!("{bar}?.max > {LONG} && {bar}.value > {more_than} && {bar}.value");
            launcher.until("progress", &far)?.as_f64().context("a number")
        };
        let first = seen(0.0)?;
        let second = seen(first)?;
        let words = launcher.text(&format!("{} .entry-state", row(&export)))?;
        self.desktop.picture(&launcher, "exports-progress.png")?;
        self.lab.faults.clear();
        let file = self.desktop.saved(&self.desktop.ended(export.id)?)?;
        let size = fs::metadata(&file)?.len();
        ensure!(second < size as f64 && size > LONG as u64, "{second} of {size} bytes");
        Ok(format!("{first}, then {second} of {size} bytes ({words}), then saved"))
    }

    fn cancel(&self, page: &Page) -> Result<String> {
        // One of the same second may have the same name.
        let before = fs::read_dir(&self.downloads)?.count();
        let export = self.trickles(page)?;
        until("a part file", || Ok((!parts(&self.downloads)?.is_empty()).then_some(())))?;
        self.press(&export)?;
        let ended = self.desktop.ended(export.id)?;
        ensure!(ended.state == ExportState::Cancelled, "it is {:?}", ended.state);
        let launcher = self.desktop.launcher()?;
        let stopped = format!("document.querySelector('{}[data-state=cancelled]')", row(&export));
        launcher.until("the launcher to say so", &stopped)?;
        until("the part file to go", || Ok(parts(&self.downloads)?.is_empty().then_some(())))?;
        ensure!(fs::read_dir(&self.downloads)?.count() == before, "there is a file");

        self.mend();
        self.press(&export)?;
        let file = self.retried(&export)?;
        Ok(format!("no file and no part of one; tried again, {} was saved", name(&file)))
    }

    /// What Qlik hands out once is asked for once, and a person who tries again
    /// reads what helps.
    fn serve_once(&self, page: &Page) -> Result<String> {
        let before = self.asked();
        let struck = self.lab.faults.strike(Side::Proxy, "/tempcontent/", 1, Fault::CutMidBody);
        let cut = self.desktop.ended(self.desktop.begin_export(page, "#export-once")?)?;
        ensure!(struck.count() == 1 && matches!(cut.state, ExportState::Failed(_)), "it is {:?}", cut.state);
        self.words(&cut, "export_cut")?;
        ensure!(self.asked() == before + 1, "it was asked for {} times", self.asked() - before);

        self.press(&cut)?;
        let words = self.words(&cut, "export_gone")?;
        ensure!(self.asked() == before + 2, "it was asked for {} times", self.asked() - before);
        let again = format!("document.querySelector('{} .entry-actions button')", row(&cut));
        ensure!(self.desktop.launcher()?.look(&again)?.is_null(), "it can be tried again in vain");
        let file = self.desktop.export(page, "#export-once")?;
        is_ready(page)?;
        Ok(format!("cut, never asked for by itself again; by hand: {words} Then {}", name(&file)))
    }

    fn double_click(&self, page: &Page) -> Result<String> {
        let (asked, listed) = (self.asked(), self.desktop.desk.exports().len());
        let files = fs::read_dir(&self.downloads)?.count();
        page.double_click("#export-csv")?;
        // Qlik has made two files by then, one for each click.
        until("the second click", || {
            Ok(self.log.text().contains("a double click exports once").then_some(()))
        })?;
        let export = self.desktop.desk.exports().pop().context("no export")?;
        let file = self.desktop.saved(&self.desktop.ended(export.id)?)?;
        let exports = self.desktop.desk.exports().len() - listed;
        let (asked, files) = (self.asked() - asked, fs::read_dir(&self.downloads)?.count() - files);
        ensure!((exports, asked, files) == (1, 1, 1), "{exports} exports, {asked} requests, {files} files");
        Ok(format!("{}, once", name(&file)))
    }

    fn disk_full(&self, page: &Page) -> Result<String> {
        let full = self.folder.join("full");
        fs::create_dir_all(&full)?;
        let _small = Mounted::at(&full)?;
        self.desktop.desk.set_download_folder(Some(full.clone()))?;
        self.lab.qlik.pad_exports(4 * LONG);
        let failed = self.desktop.begin_export(page, "#export-csv").and_then(|id| self.desktop.ended(id));
        self.desktop.desk.set_download_folder(None)?;
        let failed = failed?;
        ensure!(matches!(failed.state, ExportState::Failed(_)), "it is {:?}", failed.state);
        let words = self.words(&failed, "export_folder")?;
        let left = fs::read_dir(&full)?.count();
        ensure!(left == 0, "{left} files are left");
        is_ready(page)?;

        self.press(&failed)?;
        let file = self.retried(&failed)?;
        self.mend();
        Ok(format!("{words} Tried again with room: {}", name(&file)))
    }

    fn cut(&self, page: &Page) -> Result<String> {
        self.lab.faults.strike(Side::Proxy, "/tempcontent/", 1, Fault::CutMidBody);
        let cut = self.desktop.ended(self.desktop.begin_export(page, "#export-xlsx")?)?;
        ensure!(matches!(cut.state, ExportState::Failed(_)), "it is {:?}", cut.state);
        let words = self.words(&cut, "export_cut")?;
        ensure!(parts(&self.downloads)?.is_empty(), "a part file is left");
        is_ready(page)?;
        self.press(&cut)?;
        Ok(format!("{words} Tried again: {}", name(&self.retried(&cut)?)))
    }

    /// By the system's own dialog.
    fn asks(&self, page: &Page) -> Result<String> {
        self.desktop.desk.set_ask_where_to_save(true)?;
        let asked = (|| {
            let before = self.asked();
            let refused = self.desktop.begin_export(page, "#export-csv")?;
            dialog()?;
            hand::press("Escape")?;
            let refused = self.desktop.ended(refused)?;
            ensure!(refused.state == ExportState::Cancelled, "it is {:?}", refused.state);
            ensure!(self.asked() == before, "Qlik was asked all the same");

            let chosen = self.folder.join("chosen.csv");
            let export = self.desktop.begin_export(page, "#export-csv")?;
            dialog()?;
            hand::press("ctrl+a")?;
            hand::write(&chosen.display().to_string())?;
            hand::press("Return")?;
            let file = self.desktop.saved(&self.desktop.ended(export)?)?;
            ensure!(file == chosen && file.is_file(), "it is {}", file.display());
            Ok("not anywhere: nothing was fetched; somewhere: it is there".to_owned())
        })();
        self.desktop.desk.set_ask_where_to_save(false)?;
        asked
    }

    /// What the page itself has made: `blob:` and `data:`.
    fn own_files(&self, charts: &Charts<'_>) -> Result<String> {
        let mut told = Vec::new();
        for (button, ending, begins) in [
            ("#save-image", ".png", &b"\x89PNG"[..]),
            ("#save-text", ".txt", &b"Sales by region, as text"[..]),
        ] {
            let file = self.desktop.export(&charts.page, button)?;
            let name = name(&file);
            let wanted = format!("{} - Sales by region - 20", charts.app.title);
            ensure!(name.starts_with(&wanted) && name.ends_with(ending), "it is called {name}");
            ensure!(fs::read(&file)?.starts_with(begins), "{name} is something else");
            let export = self.desktop.desk.exports().pop().context("it is not listed")?;
            let listed = format!("document.querySelector('{}[data-state=saved]')", row(&export));
            self.desktop.launcher()?.until("the launcher to list it", &listed)?;
            told.push(name);
        }
        is_ready(&charts.page)?;
        Ok(told.join("; "))
    }

    /// The session ends between the click and Qlik's answer.
    fn renews(&self, app: &App) -> Result<String> {
        let (window, page) = self.open(app)?;
        let own = window.to_string();
        let sessions = self.lab.qlik.sessions();
        let session = sessions.iter().rev().find(|session| session.attributes.get("window") == Some(&own));
        let session = session.context("no session of this window")?;
        let (asked, tickets) = (self.asked(), self.lab.qlik.tickets().len());
        let stalled = self.lab.faults.strike(Side::Proxy, "/tempcontent/", 1, Fault::Stall);
        let export = self.desktop.begin_export(&page, "#export-link")?;
        until("the request", || Ok((stalled.count() > 0).then_some(())))?;
        ensure!(self.lab.qlik.time_out_session(&session.id), "the session could not end");
        until("a new session", || {
            let live = self.desktop.desk.window(window).is_some_and(|session| session.state == State::Live);
            Ok((live && self.lab.qlik.tickets().len() > tickets).then_some(()))
        })?;
        self.lab.faults.clear();
        let file = self.desktop.saved(&self.desktop.ended(export)?)?;
        ensure!(fs::read_to_string(&file)?.contains(&app.title), "{} is not of {}", name(&file), app.title);
        let (asked, tickets) = (self.asked() - asked, self.lab.qlik.tickets().len() - tickets);
        ensure!((asked, tickets) == (2, 1), "{asked} requests, {tickets} tickets");
        is_ready(&page)?;
        self.desktop.desk.close(window)?;
        Ok(format!("refused as nobody's, fetched with the next session: {}", name(&file)))
    }

    /// A mashup whose title no file system takes.
    fn names_legal(&self, app: &App) -> Result<String> {
        let title = "..\\CON: <Ventas> \"Año 1/2\"? * | ñandú\u{202e}.";
        let titled = |other: &App| if other.id == app.id { title.to_owned() } else { other.title.clone() };
        let mashups = self.lab.apps.iter().map(|app| json!({"id": app.mashup, "title": titled(app)}));
        let catalog = json!({"mashups": mashups.collect::<Vec<_>>()});
        let answer = Fault::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            body: catalog.to_string().into_bytes(),
        };
        self.lab.faults.strike(Side::Website, "/api/v1/mashups", 1, answer);
        self.runtime.block_on(self.desktop.desk.refresh_catalog())?;
        let window = self.desktop.desk.open(&MashupId::parse(&app.mashup)?)?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        is_ready(&page)?;
        // The person's way to a window with that title is not what is tried here.
        page.window.set_title("Names")?;
        let file = self.desktop.export(&page, "#export-window-open")?;
        let name = name(&file);
        let illegal = |c: char| c.is_control() || r#"<>:"/\|?*"#.contains(c) || c == '\u{202e}';
        ensure!(name.starts_with("CON Ventas Año 1 2 ñandú") && name.ends_with(".xlsx"), "{name}");
        ensure!(!name.contains(illegal) && name.len() <= 255, "{name}");
        ensure!(file.parent() == Some(&*self.downloads), "it is in {}", file.display());
        self.desktop.desk.close(window)?;
        self.runtime.block_on(self.desktop.desk.refresh_catalog())?;
        Ok(name)
    }

    /// The file of an export that was tried again.
    fn retried(&self, export: &Export) -> Result<PathBuf> {
        let saved = until("the export to be saved", || {
            let now = self.desktop.desk.exports().into_iter().find(|other| other.id == export.id);
            Ok(now.filter(|now| matches!(now.state, ExportState::Saved(_))))
        })?;
        self.desktop.saved(&saved)
    }
}

/// Waits for the system's dialog.
fn dialog() -> Result<()> {
    until("the dialog", || Ok((hand::active_title().unwrap_or_default() == "Save the export").then_some(())))
}

/// What is half-written.
fn parts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "part") {
            parts.push(path);
        }
    }
    Ok(parts)
}

pub(super) fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A disk with room for one megabyte, for as long as it is in use.
struct Mounted(PathBuf);

impl Mounted {
    fn at(folder: &Path) -> Result<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "mashdesk-story"])
            .arg(folder)
            .output()
            .context("mount")?;
        let complaint = String::from_utf8_lossy(&mounted.stderr).into_owned();
        ensure!(mounted.status.success(), "no small disk could be mounted, as root alone can: {complaint}");
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // One that is still there goes with the machine's next start.
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
