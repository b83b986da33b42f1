//! Qlik's proxy, the website, or the event stream goes, and comes back.

use anyhow::{Context, Result, ensure};
use mashdesk_core::{MashupId, WindowId};
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::website::{Rule, SubjectKind};

use super::stage::{PERSON, Stage};
use crate::desktop::until;
use crate::report::Report;

/// Windows that are open when the proxy restarts.
const TEN: usize = 10;

pub(super) fn play(stage: &Stage, report: &mut Report) {
    stage.fault(report, "proxy.restart_ten_windows", |_| {
        let windows = (1..TEN).map(|_| opened(stage)).collect::<Result<Vec<_>>>()?;
        let tickets = stage.lab.qlik.tickets().len();
        stage.runtime.block_on(stage.lab.qlik.go_away());
        stage.lab.qlik.restart_proxy();
        stage.qlik_comes_back()?;
        for (window, app) in &windows {
            stage.is_open(*window, app)?;
            until("one new session", || Ok((stage.sessions_of(*window).len() == 1).then_some(())))?;
        }
        stage.good_is_back()?;
        let asked = stage.lab.qlik.tickets().len() - tickets;
        ensure!(asked == TEN, "{asked} tickets for {TEN} windows");
        Ok(format!("Nothing to read: {TEN} windows, {asked} tickets, all back by themselves."))
    });
    stage.fault(report, "qlik.away", |app| {
        let session = stage.good_session();
        stage.runtime.block_on(stage.lab.qlik.go_away());
        let window = stage.open(app)?;
        let read = stage.waits(window, "website_busy")?;
        stage.qlik_comes_back()?;
        stage.is_open(window, app)?;
        stage.good_is_back()?;
        ensure!(stage.good_session() == session, "the good window did not keep its session");
        Ok(format!("{read} It came back by itself; the window that was open kept its session."))
    });
    stage.fault(report, "website.restart", |app| {
        stage.runtime.block_on(stage.lab.website.go_away());
        let window = stage.open(app)?;
        let read = stage.waits(window, "website_unreachable")?;
        stage.lab.website.forget_visits();
        stage.website_comes_back()?;
        stage.is_open(window, app)?;
        Ok(format!("{read} It came back by itself."))
    });
    stage.fault(report, "website.500_while_closing", |app| {
        let window = stage.open(app)?;
        stage.is_open(window, app)?;
        let refused =
            stage.lab.faults.strike(Side::Website, &format!("/sessions/{window}"), 1, Fault::Status(500));
        stage.desktop.desk.close(window)?;
        stage.struck(&refused)?;
        until("the session to be given back", || Ok(stage.sessions_of(window).is_empty().then_some(())))?;
        Ok("Nothing to read: its session was given back at the next try.".to_owned())
    });
    stage.fault(report, "events.cut", |app| {
        let window = stage.open(app)?;
        stage.is_open(window, app)?;
        let streams = streams(stage);
        stage.lab.website.cut_events();
        let rule = Rule::new(SubjectKind::User, PERSON, &app.mashup);
        ensure!(stage.lab.website.permissions().revoke(&rule)?, "Ana had no access");
        let read = stage.fails(window, "revoked");
        let resumed =
            until("the stream to be resumed", || Ok((self::streams(stage) > streams).then_some(())));
        stage.lab.website.permissions().grant(rule)?;
        resumed?;
        let read = read?;
        listed(stage, app)?;
        Ok(format!("What was withdrawn while the stream was cut: {read}"))
    });
}

fn opened(stage: &Stage) -> Result<(WindowId, &App)> {
    let app = stage.next_app()?;
    let window = stage.open(app)?;
    stage.is_open(window, app)?;
    Ok((window, app))
}

fn streams(stage: &Stage) -> usize {
    let entries = stage.lab.journal.entries();
    entries.iter().filter(|entry| entry.side == Side::Website && entry.uri.ends_with("/events")).count()
}

/// Waits until the catalog has an app.
fn listed(stage: &Stage, app: &App) -> Result<()> {
    let mashup = MashupId::parse(&app.mashup)?;
    until("the catalog to follow", || {
        let listed = match stage.desktop.desk.catalog() {
            mashdesk_core::Catalog::Ready(mashups, _) => mashups.iter().any(|entry| entry.id == mashup),
            _ => false,
        };
        Ok(listed.then_some(()))
    })
    .context("after the stream was resumed")
}
