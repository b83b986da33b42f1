//! Faults in the middle of something: a renewal that meets the session limit or
//! a website in trouble, access that is withdrawn while a window opens, time
//! that jumps.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use mashdesk_core::WindowId;
use mashdesk_core::sessions::{Signal, State, Step};
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::website::{Rule, SubjectKind};

use super::stage::{PERSON, REDEEM, Stage};
use crate::desktop::{Page, until};
use crate::report::Report;

/// Longer than a session lives that nobody uses.
const AN_HOUR: Duration = Duration::from_secs(3600);
/// Longer than a ticket lives.
const A_MINUTE_AND_MORE: Duration = Duration::from_secs(61);

pub(super) fn play(stage: &Stage, report: &mut Report) {
    stage.fault(report, "renewal.session_limit", |app| {
        let (window, page) = opened(stage, app)?;
        let session = only_session(stage, window)?;
        ensure!(stage.lab.qlik.time_out_session(&session), "the session did not time out");
        // Somebody else was faster.
        let taken = stage.lab.qlik.fill_quota(&stage.identity(app));
        let read = stays_and_waits(stage, window, &page)?;
        ensure!(stage.lab.qlik.end_session(&taken[0]), "nobody gave a session back");
        comes_back(stage, window, app)?;
        for other in &taken[1..] {
            stage.lab.qlik.end_session(other);
        }
        Ok(read)
    });
    for (name, fault) in [
        ("website_500", Fault::Status(500)),
        ("website_503", Fault::Busy { status: 503, retry_after: 2 }),
        ("website_reset", Fault::Reset),
    ] {
        stage.fault(report, &format!("renewal.{name}"), |app| {
            let (window, page) = opened(stage, app)?;
            let session = only_session(stage, window)?;
            stage.strike(Side::Website, &format!("/mashups/{}/tickets", app.mashup), fault);
            ensure!(stage.lab.qlik.time_out_session(&session), "the session did not time out");
            let read = stays_and_waits(stage, window, &page)?;
            stage.lab.faults.clear();
            comes_back(stage, window, app)?;
            Ok(read)
        });
    }
    for (name, fault) in [
        ("500", Fault::Status(500)),
        ("503", Fault::Busy { status: 503, retry_after: 1 }),
        ("reset", Fault::Reset),
    ] {
        stage.fault(report, &format!("probe.{name}"), |app| {
            let (window, page) = opened(stage, app)?;
            let session = only_session(stage, window)?;
            stage.strike(Side::Proxy, "/qps/user", fault);
            stage.desktop.desk.signal(window, Signal::Resumed);
            let read = stays_and_waits(stage, window, &page)?;
            stage.lab.faults.clear();
            comes_back(stage, window, app)?;
            ensure!(only_session(stage, window)? == session, "a living session cost a ticket");
            Ok(read)
        });
    }
    stage.fault(report, "probe.html", |app| {
        let (window, _) = opened(stage, app)?;
        let session = only_session(stage, window)?;
        let html = b"<h1>Hi</h1>".to_vec();
        let html = Fault::Body { status: 200, content_type: "text/html".to_owned(), body: html };
        stage.strike(Side::Proxy, "/qps/user", html);
        stage.desktop.desk.signal(window, Signal::Resumed);
        comes_back(stage, window, app)?;
        ensure!(only_session(stage, window)? != session, "nonsense was taken for a living session");
        Ok("Nothing to read: where the probe says nothing, a new session does, and the old one ends."
            .to_owned())
    });
    stage.fault(report, "revoked.opening", |app| revoked(stage, app));
    stage.fault(report, "clock.ticket", |app| {
        let redeem = stage.strike(Side::Proxy, REDEEM, Fault::Stall);
        let window = stage.open(app)?;
        stage.struck(&redeem)?;
        stage.lab.qlik.advance(A_MINUTE_AND_MORE);
        stage.lab.faults.clear();
        stage.is_open(window, app)?;
        let refused =
            stage.lab.qlik.tickets().iter().rev().take(2).filter(|ticket| ticket.refused > 0).count();
        ensure!(refused == 1, "{refused} tickets were refused");
        Ok("Nothing to read: Qlik's clock was ahead of the ticket, and a second one opened the mashup."
            .to_owned())
    });
    stage.fault(report, "clock.forward", |app| {
        let (window, _) = opened(stage, app)?;
        let before = only_session(stage, window)?;
        // The machine's own clock is not ours to set: Qlik's is, and the app is
        // told what its look at the clock would have found.
        stage.lab.qlik.advance(AN_HOUR);
        stage.desktop.desk.woke();
        until("a new session", || {
            let sessions = stage.sessions_of(window);
            Ok(sessions.iter().any(|session| session.id != before).then_some(()))
        })?;
        comes_back(stage, window, app)?;
        stage.good_is_back()?;
        Ok("Nothing to read: an hour later by Qlik's clock (the app was told by `woke`), every window had a new session.".to_owned())
    });
}

/// Access is withdrawn when the website has let the person in, and Qlik has not
/// yet.
fn revoked(stage: &Stage, app: &App) -> Result<String> {
    let rule = Rule::new(SubjectKind::User, PERSON, &app.mashup);
    let redeem = stage.strike(Side::Proxy, REDEEM, Fault::Stall);
    let window = stage.open(app)?;
    stage.struck(&redeem)?;
    ensure!(stage.lab.website.permissions().revoke(&rule)?, "Ana had no access");
    let read = stage.fails(window, "revoked");
    stage.lab.faults.clear();
    stage.lab.website.permissions().grant(rule)?;
    let read = read?;
    // The ticket was good: what it brought must not stay.
    until("the ticket to be redeemed", || {
        let tickets = stage.lab.qlik.tickets();
        Ok((tickets.last().context("no ticket")?.redeemed > 0).then_some(()))
    })?;
    until("its session to end", || Ok(stage.sessions_of(window).is_empty().then_some(())))?;
    ensure!(matches!(stage.state(window)?, State::Failed(_)), "the window is open all the same");
    Ok(read)
}

fn opened(stage: &Stage, app: &App) -> Result<(WindowId, Page)> {
    let window = stage.open(app)?;
    Ok((window, stage.is_open(window, app)?))
}

pub(super) fn only_session(stage: &Stage, window: WindowId) -> Result<String> {
    let sessions = stage.sessions_of(window);
    ensure!(sessions.len() == 1, "it has {} sessions", sessions.len());
    Ok(sessions[0].id.clone())
}

/// A renewal waits: the mashup stays on the screen, the launcher says so.
fn stays_and_waits(stage: &Stage, window: WindowId, page: &Page) -> Result<String> {
    until("the renewal to wait", || {
        Ok(matches!(stage.state(window)?, State::Renewing(Step::Away(_))).then_some(()))
    })?;
    stage.desktop.shown_as(window, "waiting")?;
    let there = page.look("document.querySelector('#total') !== null")?;
    ensure!(there == true, "the mashup is gone from the screen");
    let row = format!("[data-testid=window-row][data-window=\"{window}\"] .entry-state time");
    let said = stage.desktop.launcher()?.text(&row)?;
    Ok(format!("The mashup stayed on the screen; the launcher said: {said}. It came back by itself."))
}

fn comes_back(stage: &Stage, window: WindowId, app: &App) -> Result<()> {
    stage.is_open(window, app)?;
    until("its websocket", || {
        Ok(stage.sessions_of(window).iter().any(|session| session.sockets > 0).then_some(()))
    })
}
