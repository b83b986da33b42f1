//! Processes that die or stop: the one that draws a page, and the app itself
//! (the real `mashdesk`, on a computer of its own) in the middle of opening,
//! exporting and renewing.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::renewals::only_session;
use super::stage::{PERSON, Stage};
use crate::child::{Computer, Running};
use crate::desktop::until;
use crate::hand;
use crate::processes;
use crate::report::Report;

/// Longer than any busy machine keeps the app waiting.
const NAP: Duration = Duration::from_secs(11);
/// So large that it can be interrupted.
const LARGE_EXPORT: usize = 4 << 20;

pub(super) fn play(stage: &Stage, report: &mut Report) {
    stage.fault(report, "renderer.killed", |app| renderer(stage, app));
    stage.fault(report, "app.killed_opening", |app| {
        let computer = Computer::of(&stage.lab, PERSON)?;
        // The session is there, the mashup is not yet.
        let page = stage.strike(Side::Website, &format!("GET /mashups/{}/", app.mashup), Fault::Stall);
        let running = computer.start(&["open", &app.mashup])?;
        stage.struck(&page)?;
        let left = one_session(stage, app)?;
        running.kill()?;
        stage.lab.faults.clear();
        starts_again(stage, &computer, app, &left)
    });
    stage.fault(report, "app.killed_renewing", |app| {
        let computer = Computer::of(&stage.lab, PERSON)?;
        let running = computer.start(&["open", &app.mashup])?;
        let before = on_screen(stage, app)?;
        let page = stage.strike(Side::Website, &format!("/mashups/{}/open", app.mashup), Fault::Stall);
        ensure!(stage.lab.qlik.time_out_session(&before), "the session did not time out");
        stage.struck(&page)?;
        let left = one_session(stage, app)?;
        running.kill()?;
        stage.lab.faults.clear();
        starts_again(stage, &computer, app, &left)
    });
    stage.fault(report, "app.killed_exporting", |app| {
        let computer = Computer::of(&stage.lab, PERSON)?;
        let running = exporting(stage, &computer, app)?;
        let left = one_session(stage, app)?;
        running.kill()?;
        stage.lab.faults.clear();
        stage.lab.qlik.pad_exports(0);
        ensure!(!files(&computer)?.is_empty(), "nothing was half-written");
        let told = starts_again(stage, &computer, app, &left)?;
        let files = files(&computer)?;
        ensure!(files.is_empty(), "half-written exports are left: {files:?}");
        Ok(format!("{told} The half-written export was gone."))
    });
    stage.fault(report, "app.quit_exporting", |app| {
        let computer = Computer::of(&stage.lab, PERSON)?;
        let running = exporting(stage, &computer, app)?;
        running.quit()?;
        stage.lab.faults.clear();
        stage.lab.qlik.pad_exports(0);
        let files = files(&computer)?;
        ensure!(files.is_empty(), "half-written exports are left: {files:?}");
        Ok("Nothing to read: the half-written export was gone, and the session given back.".to_owned())
    });
    stage.fault(report, "app.asleep", |app| {
        let computer = Computer::of(&stage.lab, PERSON)?;
        let running = computer.start(&["open", &app.mashup])?;
        let before = on_screen(stage, app)?;
        let tickets = stage.lab.qlik.tickets().len();
        running.stop()?;
        ensure!(stage.lab.qlik.time_out_session(&before), "the session did not time out");
        pass(NAP);
        running.go_on()?;
        let after = on_screen(stage, app)?;
        ensure!(after != before, "the session is the old one");
        let asked = stage.lab.qlik.tickets().len() - tickets;
        ensure!(asked == 1, "{asked} tickets for one window");
        running.quit()?;
        Ok(format!("Nothing to read: after {} s asleep one ticket brought it back.", NAP.as_secs()))
    });
}

/// An app that is in the middle of an export.
fn exporting(stage: &Stage, computer: &Computer, app: &App) -> Result<Running> {
    let button = place_of_export(stage, app)?;
    let running = computer.start(&["open", &app.mashup])?;
    on_screen(stage, app)?;
    stage.lab.qlik.pad_exports(LARGE_EXPORT);
    stage.strike(Side::Proxy, "/tempcontent/", Fault::Trickle);
    // A click may come before the page listens.
    until("a half-written export", || {
        if hand::active_title().unwrap_or_default().starts_with(&app.title) {
            hand::click(button.0, button.1)?;
        }
        Ok((!files(computer)?.is_empty()).then_some(()))
    })?;
    Ok(running)
}

/// The process that draws a window's page is killed.
fn renderer(stage: &Stage, app: &App) -> Result<String> {
    let window = stage.open(app)?;
    let page = stage.is_open(window, app)?;
    let session = only_session(stage, window)?;
    let drawn_by = processes::drawing(&page)?;
    let killed = Command::new("kill").args(["-s", "KILL", &drawn_by.to_string()]).status()?;
    ensure!(killed.success(), "kill: {killed}");
    let read = stage.fails(window, "page_crashed")?;
    let tickets = stage.lab.qlik.tickets().len();
    page.click("#retry")?;
    stage.is_open(window, app)?;
    ensure!(stage.lab.qlik.tickets().len() == tickets, "a ticket for a session that lives");
    ensure!(only_session(stage, window)? == session, "the session is another one");
    Ok(format!("{read} Then Try again, and the same session."))
}

/// The next start ends what the killed run has left, and opens its windows.
fn starts_again(stage: &Stage, computer: &Computer, app: &App, left: &str) -> Result<String> {
    ensure!(stage.sessions_on(app).iter().any(|session| session.id == left), "Qlik noticed by itself");
    let running = computer.start(&[])?;
    until("the session that was left to end", || {
        Ok((!stage.sessions_on(app).iter().any(|session| session.id == left)).then_some(()))
    })?;
    on_screen(stage, app)?;
    one_session(stage, app)?;
    running.quit()?;
    until("the last session to end", || Ok(stage.sessions_on(app).is_empty().then_some(())))?;
    Ok("Nothing to read: the next start ended the session that was left, and opened the mashup again."
        .to_owned())
}

/// The only session on an app.
fn one_session(stage: &Stage, app: &App) -> Result<String> {
    let sessions = stage.sessions_on(app);
    ensure!(sessions.len() == 1, "{} sessions", sessions.len());
    Ok(sessions[0].id.clone())
}

/// Waits until a mashup in another process is connected to its engine.
fn on_screen(stage: &Stage, app: &App) -> Result<String> {
    until(&format!("{} on the screen", app.title), || {
        let sessions = stage.sessions_on(app).into_iter();
        Ok(sessions.filter(|session| session.sockets > 0).map(|session| session.id).next())
    })
}

/// Where a mashup's window has the button that exports: nobody can look into
/// the page of another process.
fn place_of_export(stage: &Stage, app: &App) -> Result<(f64, f64)> {
    let window = stage.open(app)?;
    let page = stage.is_open(window, app)?;
    let place = page.look(
        "(() => {
            const box = document.querySelector('#export-link').getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        })()",
    )?;
    stage.desktop.desk.close(window)?;
    until("its session to end", || Ok(stage.sessions_on(app).is_empty().then_some(())))?;
    let at = |index: usize| place[index].as_f64().context("a place");
    Ok((at(0)?, at(1)?))
}

fn files(computer: &Computer) -> Result<Vec<String>> {
    let listed = fs::read_dir(computer.downloads()).into_iter().flatten();
    listed.map(|file| Ok(file?.file_name().to_string_lossy().into_owned())).collect()
}

/// Lets time pass, where time itself is what is waited for.
fn pass(time: Duration) {
    let then = Instant::now() + time;
    while let Some(left) = then.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}
