//! Refusals and troubles by status: from the website, from Qlik's proxy, and
//! from QPS, of which the app hears through the website only.

use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::stage::Becomes::{Waits, Words};
use super::stage::{REDEEM, Stage};
use crate::report::Report;

/// Where the website asks QPS for a ticket.
const QPS_TICKET: &str = "/ticket?Xrfkey=";

pub(super) fn play(stage: &Stage, report: &mut Report) {
    for (status, website, proxy) in [
        (302, Words("website_redirected"), Words("ticket_refused")),
        (400, Words("website_error"), Words("redeem_unexpected")),
        (403, Words("website_error"), Words("redeem_forbidden")),
        (404, Words("website_error"), Words("redeem_unexpected")),
        (500, Waits("website_error"), Waits("redeem_unexpected")),
        (503, Waits("website_busy"), Waits("redeem_unexpected")),
    ] {
        stage.opening(report, &format!("website.{status}"), website, |app| {
            stage.strike(Side::Website, &format!("/mashups/{}/tickets", app.mashup), fault(status));
            Ok(())
        });
        stage.opening(report, &format!("proxy.{status}"), proxy, |_| {
            stage.strike(Side::Proxy, REDEEM, fault(status));
            Ok(())
        });
        stage.opening(report, &format!("qps.{status}"), Waits("website_busy"), |_| {
            stage.strike(Side::Qps, QPS_TICKET, fault(status));
            Ok(())
        });
    }
}

fn fault(status: u16) -> Fault {
    match status {
        302 => Fault::Redirect("/login".to_owned()),
        503 => Fault::Busy { status, retry_after: 2 },
        other => Fault::Status(other),
    }
}
