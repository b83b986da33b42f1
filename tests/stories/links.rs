//! Links and second starts, with the real program: each start after the first
//! hands over to the one that runs.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::options::Options;
use tokio::runtime::Runtime;

use crate::child::Computer;
use crate::desktop::until;
use crate::hand;
use crate::report::Report;

const PERSON: &str = "ana";
const LAUNCHER: &str = "Mashdesk";

pub(crate) fn play(mut report: Report) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options::default()))?;
    let computer = Computer::of(&lab, PERSON)?;
    let _running = computer.start(&[])?;
    until("the launcher", || Ok(is_in_front(LAUNCHER)))?;
    until("the sign-in", || {
        Ok(lab.journal.entries().iter().any(|entry| entry.uri.ends_with("/events")).then_some(()))
    })?;
    let apps: Vec<&App> = lab.apps.iter().take(2).collect();
    let [first, second] = apps[..] else { bail!("the lab has too few apps") };

    report.check("deeplink.opens", || {
        computer.start_again(&[&format!("mashdesk://open/{}", first.mashup)])?;
        comes(&lab, first, 1)
    });
    report.check("open.opens", || {
        computer.start_again(&["open", &second.mashup])?;
        comes(&lab, second, 2)
    });
    report.check("second_instance.focuses", || {
        computer.start_again(&["open", &first.mashup])?;
        comes(&lab, first, 2)?;
        computer.start_again(&[&format!("mashdesk://open/{}", second.mashup)])?;
        comes(&lab, second, 2)?;
        computer.start_again(&[])?;
        until("the launcher", || Ok(is_in_front(LAUNCHER)))?;
        Ok("each came to the front, without another ticket".to_owned())
    });
    report.check("deeplink.hostile_refused", || hostile(&lab, &computer, first));
    Ok(report.end())
}

/// The launcher tells of each, and nothing opens.
fn hostile(lab: &Lab, computer: &Computer, open: &App) -> Result<String> {
    let long = format!("mashdesk://open/{}", "a".repeat(10_000));
    let links = [
        &long,
        "mashdesk://open/m001\u{1b}]0;x\u{7}",
        "mashdesk://open/\u{202e}100m",
        "mashdesk://evil.example/m003",
        "mashdesk://open/m003?website=https://evil.example",
        "mashdesk://open/../m003",
        "mashdesk:m003",
        // Well-formed, and in no catalog.
        "mashdesk://open/m999999",
    ];
    let asked = |lab: &Lab| lab.qlik.tickets().len();
    let before = asked(lab);
    for link in links {
        computer.start_again(&["open", &open.mashup])?;
        until("a mashup in front", || Ok(is_in_front(&title(open))))?;
        computer.start_again(&[link])?;
        until(&format!("the launcher after {link:.60}"), || Ok(is_in_front(LAUNCHER)))?;
    }
    ensure!(asked(lab) == before, "a ticket was asked for");
    Ok(format!("{} links brought the launcher with its notice, and opened nothing", links.len()))
}

fn comes(lab: &Lab, app: &App, tickets: usize) -> Result<String> {
    until(&app.title, || Ok(is_in_front(&title(app))))?;
    let asked = lab.qlik.tickets().len();
    ensure!(asked == tickets, "{asked} tickets were asked for");
    Ok(format!("{} is in front", title(app)))
}

fn title(app: &App) -> String {
    format!("{} — Acme Analytics", app.title)
}

fn is_in_front(title: &str) -> Option<()> {
    // Between two windows there may be none.
    (hand::active_title().unwrap_or_default() == title).then_some(())
}
