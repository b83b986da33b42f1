//! Refusals and troubles by status: from the website, from Qlik's proxy, and
//! from QPS, of which the app hears through the website only.

use anyhow::Result;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::stage::Becomes::{Waits, Words};
use super::stage::{REDEEM, Stage};
use crate::report::Report;

const STATUSES: [u16; 6] = [302, 400, 403, 404, 500, 503];
/// Where the website asks QPS for a ticket.
const QPS_TICKET: &str = "/ticket?Xrfkey=";

pub(super) fn play(stage: &Stage, report: &mut Report) {
    for (status, website, proxy) in [
        (302, Words("website_redirected"), Words("ticket_refused")),
        (400, Words("website_error"), Words("redeem_unexpected")),
        (403, Words("website_error"), Words("redeem_forbidden")),
        (404, Words("website_error"), Words("redeem_unexpected")),
        (500, Waits("website_error"), Waits("redeem_unexpected")),
        (503, Waits("website_busy"), Waits("redeem_busy")),
    ] {
        stage.opening(report, &format!("website.{status}"), website, |app| {
            stage.strike(Side::Website, &format!("/mashups/{}/tickets", app.mashup), fault(status));
            Ok(())
        });
        stage.opening(report, &format!("proxy.{status}"), proxy, |_| {
            stage.strike(Side::Proxy, REDEEM, fault(status));
            Ok(())
        });
    }
    stage.at_once(
        report,
        STATUSES.map(|status| format!("qps.{status}")).each_ref().map(String::as_str),
        || qps(stage),
    );
}

/// The app hears of QPS through the website only, which asks it to wait.
fn qps(stage: &Stage) -> Result<[String; STATUSES.len()]> {
    let mut waiting = Vec::new();
    for status in STATUSES {
        let app = stage.next_app()?;
        let struck = stage.lab.faults.strike(Side::Qps, QPS_TICKET, 1, fault(status));
        let window = stage.open(app)?;
        stage.struck(&struck)?;
        waiting.push((app, window, stage.waits(window, "website_busy")?));
    }
    let mut read = [const { String::new() }; STATUSES.len()];
    for (read, (app, window, words)) in read.iter_mut().zip(waiting) {
        stage.is_open(window, app)?;
        *read = format!("{words} It came back by itself.");
    }
    Ok(read)
}

fn fault(status: u16) -> Fault {
    match status {
        302 => Fault::Redirect("/login".to_owned()),
        503 => Fault::Busy { status, retry_after: 2 },
        other => Fault::Status(other),
    }
}
