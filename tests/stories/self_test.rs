//! Windows are kept apart, and Mashdesk sees to it on the person's own computer:
//! the real `mashdesk self-test`, and an app whose windows share a store, which
//! finds out and opens no mashup.

use std::path::Path;
use std::process::{Command, ExitCode, Output};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use mashdesk_core::isolation::Kind;
use mashdesk_lab::Lab;
use mashdesk_lab::journal::{Entry, Side};
use mashdesk_lab::options::Options;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::desktop::{self, Desktop, Start};
use crate::hand;
use crate::report::Report;
use crate::shared_store::SharedFromTheStart;

const PERSON: &str = "ana";
const MASHUP: &str = "m001";

pub(crate) fn play(mut report: Report, screenshots: &Path) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    report.check("good.passes", || passes(scratch.path()));
    report.check("good.words", || {
        let said = self_test(scratch.path(), &[], true)?;
        let words = String::from_utf8(said.stdout)?;
        ensure!(
            said.status.success()
                && words.contains("SharedWorker")
                && words.contains("each window has its own"),
            "{words}"
        );
        Ok(words.lines().last().unwrap_or_default().to_owned())
    });
    report.check("no_display.words", || {
        let said = self_test(scratch.path(), &[], false)?;
        let words = String::from_utf8(said.stderr)?;
        ensure!(said.status.code() == Some(1) && words.contains("no display"), "{}: {words}", said.status);
        Ok(words.trim().to_owned())
    });

    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options::default()))?;
    let start =
        Start::anew(Some(lab.website.url()), Arc::new(SharedFromTheStart), scratch.path(), screenshots);
    desktop::run(start, move |desktop| {
        let _runtime = runtime;
        shared(&mut report, &desktop, &lab)?;
        Ok(report.end())
    })
}

/// Runs `mashdesk self-test` on a computer on which the app has never run.
fn self_test(home: &Path, arguments: &[&str], display: bool) -> Result<Output> {
    let mut app = Command::new(env!("CARGO_BIN_EXE_mashdesk"));
    mashdesk::environment::give_back(&mut app);
    app.arg("self-test").args(arguments);
    for folder in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
        app.env(folder, home.join(folder));
    }
    if !display {
        app.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    }
    app.output().context("mashdesk")
}

fn passes(home: &Path) -> Result<String> {
    let said = self_test(home, &["--json"], true)?;
    let words = String::from_utf8(said.stdout)?;
    let lines: Vec<Value> = words.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let (sum, checks) = lines.split_last().context("it says nothing")?;
    ensure!(said.status.success() && sum["ok"] == true, "{}: {words}", said.status);
    let names: Vec<&str> = checks.iter().filter_map(|check| check["check"].as_str()).collect();
    ensure!(names == Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>(), "{words}");
    for check in checks {
        // Nothing passes here because it is not there.
        ensure!(check["ok"] == true && check["detail"] == "each window has its own", "{check}");
    }
    Ok(sum["sum"].as_str().unwrap_or_default().to_owned())
}

/// The app itself, with one store for all its windows.
fn shared(report: &mut Report, desktop: &Desktop, lab: &Lab) -> Result<()> {
    desktop.sign_in(&lab.website.app_token(PERSON).context("a token")?)?;
    let title = &lab.apps.by_mashup(MASHUP).context("no such mashup")?.title;
    let window = desktop.open(MASHUP, title)?;
    let launcher = desktop.launcher()?;
    report.check("shared.refuses", || {
        desktop.shown_as(window, "failed")?;
        let row = format!("[data-testid=window-row][data-window=\"{window}\"]");
        let words = launcher.text(&row)?;
        ensure!(words.contains("windows are not kept apart"), "{words}");
        let asked = |side, part: &str| {
            lab.journal.entries().iter().any(|entry| entry.side == side && entry.uri.contains(part))
        };
        ensure!(!asked(Side::Website, "/tickets"), "a ticket was asked for");
        ensure!(lab.qlik.sessions().is_empty(), "a session began");
        let page = |entry: &Entry| entry.side == Side::Website && entry.uri.starts_with("/mashups/");
        ensure!(!lab.journal.entries().iter().any(page), "a page was asked for");
        // Its window, which nothing was ever in, says the same.
        desktop
            .mashup(window)?
            .until("words", "document.querySelector('main[data-code=isolation_broken]')")?;
        Ok(words)
    });
    launcher.activate()?;
    hand::press("ctrl+comma")?;
    launcher.click("[data-testid=check-isolation]")?;
    report.check("shared.help", || {
        let words = launcher.text("[data-testid=isolation-sum]")?;
        ensure!(words.contains("not kept apart"), "{words}");
        Ok(words)
    });
    desktop.picture(&launcher, "self-test-shared.png")?;
    for kind in Kind::ALL {
        report.check(&format!("shared.finds.{}", kind.name()), || {
            let verdict = launcher.until(
                kind.title(),
                &format!(
                    "[...document.querySelectorAll('[data-verdict]')]
                        .find((row) => row.firstElementChild.textContent === '{}')?.dataset.verdict",
                    kind.title()
                ),
            )?;
            ensure!(verdict == "shared", "it is {verdict}");
            Ok("shared".to_owned())
        });
    }
    Ok(())
}
