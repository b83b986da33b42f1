//! Tickets that are no good when they arrive, and sessions without the cookie
//! that the website named.

use anyhow::{Result, ensure};
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::{Entry, Side};
use mashdesk_lab::qlik::Spoil;

use super::stage::Becomes::Words;
use super::stage::{REDEEM, Stage};
use crate::desktop::until;
use crate::report::Report;

pub(super) fn play(stage: &Stage, report: &mut Report) {
    for (name, spoil) in
        [("expired", Spoil::ExpireAtOnce), ("used", Spoil::UseUpFirst), ("elsewhere", Spoil::Elsewhere)]
    {
        stage.fault(report, &format!("ticket.{name}"), |app| {
            let asked = stage.lab.qlik.tickets().len();
            stage.lab.qlik.spoil_tickets(spoil, 1);
            let window = stage.open(app)?;
            stage.is_open(window, app)?;
            let tickets = stage.lab.qlik.tickets();
            ensure!(tickets.len() == asked + 2, "{} tickets", tickets.len() - asked);
            ensure!(tickets[asked].refused == 1, "the spoilt ticket was not tried");
            Ok("Nothing to read: a second ticket opened the mashup.".to_owned())
        });
        stage.opening(report, &format!("ticket.{name}_twice"), Words("ticket_refused"), |_| {
            stage.lab.qlik.spoil_tickets(spoil, 2);
            Ok(())
        });
    }
    for (name, fault) in
        [("none", Fault::NoCookie), ("wrong", Fault::WrongCookie), ("foreign", Fault::ForeignCookie)]
    {
        stage.fault(report, &format!("cookie.{name}"), |app| {
            stage.strike(Side::Proxy, REDEEM, fault);
            let window = stage.open(app)?;
            let read = stage.fails(window, "redeem_no_cookie")?;
            // Who tries again and again must not use the quota up.
            until("the session to be given back", || Ok(stage.sessions_of(window).is_empty().then_some(())))?;
            Ok(read)
        });
    }
    stage.fault(report, "session.late", |app| page_waits(stage, app));
}

/// Qlik takes its time with a ticket: the mashup's page has been asked for, and
/// nothing of it runs.
fn page_waits(stage: &Stage, app: &App) -> Result<String> {
    let asked =
        |wanted: &dyn Fn(&Entry) -> bool| stage.lab.journal.entries().iter().filter(|e| wanted(e)).count();
    let own = format!("/mashups/{}/", app.mashup);
    let runs = |entry: &Entry| entry.referer.as_ref().is_some_and(|page| page.contains(&own));
    let redeem = stage.lab.faults.strike(Side::Proxy, REDEEM, 1, Fault::Stall);
    let window = stage.open(app)?;
    stage.struck(&redeem)?;
    until("its page to be asked for", || Ok((asked(&|entry| entry.uri == own) > 0).then_some(())))?;
    // Time enough for a page to run: another one does.
    let next = stage.next_app()?;
    stage.is_open(stage.open(next)?, next)?;
    ensure!(asked(&runs) == 0, "it ran before its session was there");
    stage.lab.faults.clear();
    stage.is_open(window, app)?;
    ensure!(asked(&runs) > 0, "nobody saw it run");
    ensure!(asked(&|entry| entry.uri == own) == 1, "it was asked for again");
    Ok("Nothing to read: the mashup opened when its session was there.".to_owned())
}
