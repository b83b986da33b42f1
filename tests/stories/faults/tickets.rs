//! Tickets that are no good when they arrive, and sessions without the cookie
//! that the website named.

use anyhow::ensure;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
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
}
