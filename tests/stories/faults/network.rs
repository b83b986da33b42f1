//! Connections that are refused, reset, cut or stalled, names that do not
//! resolve, certificates that nobody trusts.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::Result;
use mashdesk_core::WindowId;
use mashdesk_core::exports::ExportState;
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use serde_json::json;

use super::bodies::NOWHERE;
use super::stage::Becomes::{Waits, Words};
use super::stage::{CATALOG, REDEEM, Stage};
use crate::desktop::until_within;
use crate::report::Report;

/// Longest that the app waits for the website, and a little more.
const STALLED: Duration = Duration::from_secs(40);

pub(super) fn play(stage: &Stage, report: &mut Report) {
    let tickets = |app: &App| format!("/mashups/{}/tickets", app.mashup);
    for (name, fault) in [("reset", Fault::Reset), ("cut", Fault::CutMidBody)] {
        stage.opening(report, &format!("website.{name}"), Waits("website_unreachable"), |app| {
            stage.strike(Side::Website, &tickets(app), fault);
            Ok(())
        });
    }
    stage.opening(report, "proxy.reset", Waits("redeem_unreachable"), |_| {
        stage.strike(Side::Proxy, REDEEM, Fault::Reset);
        Ok(())
    });
    stage.opening(report, "proxy.refused", Waits("redeem_unreachable"), |app| {
        stage.strike(Side::Website, &tickets(app), ticket_for(&nobody_listens()?));
        Ok(())
    });
    stage.opening(report, "proxy.dns", Waits("redeem_unreachable"), |app| {
        stage.strike(Side::Website, &tickets(app), ticket_for(NOWHERE));
        Ok(())
    });
    stage.opening(report, "proxy.untrusted", Words("redeem_tls"), |app| {
        let untrusted = stage.untrusted.qlik.proxy_url().as_str();
        stage.strike(Side::Website, &tickets(app), ticket_for(untrusted));
        Ok(())
    });
    pages(stage, report);
    let stalled = ["proxy.stalled", "website.stalled", "catalog.stalled", "export.stalled"];
    stage.at_once(report, stalled, || read_stalled(stage));
}

/// The mashup's own page.
fn pages(stage: &Stage, report: &mut Report) {
    let page = |app: &App| format!("GET /mashups/{}/", app.mashup);
    let dead = format!("{NOWHERE}/");
    let untrusted = stage.untrusted.website.url().to_string();
    for (name, fault, code) in [
        ("reset", Fault::Reset, "page_failed"),
        // Wherever the website has not said that the mashup goes, nobody asks.
        ("dns", Fault::Redirect(dead), "page_sent_away"),
        ("untrusted", Fault::Redirect(untrusted), "page_sent_away"),
    ] {
        stage.opening(report, &format!("page.{name}"), Words(code), |app| {
            stage.strike(Side::Website, &page(app), fault);
            Ok(())
        });
    }
}

/// Nobody answers for as long as the app waits.
fn read_stalled(stage: &Stage) -> Result<[String; 4]> {
    let [waits_for_qlik, waits_for_website, exports] =
        [stage.next_app()?, stage.next_app()?, stage.next_app()?];
    let strike = |at: Side, path: &str| stage.strike(at, path, Fault::Stall);
    let exporting = stage.open(exports)?;
    let page = stage.is_open(exporting, exports)?;
    strike(Side::Proxy, "/tempcontent/");
    let before = stage.desktop.desk.exports().len();
    page.click("#export-link")?;
    // Tickets are asked for below the catalog's address.
    let catalog = stage.lab.faults.strike(Side::Website, "/api/v1/mashups", 1, Fault::Stall);
    stage.desktop.launcher()?.click("button.refresh")?;
    stage.struck(&catalog)?;
    let redeem = strike(Side::Proxy, REDEEM);
    let qlik = stage.open(waits_for_qlik)?;
    stage.struck(&redeem)?;
    strike(Side::Website, &format!("/mashups/{}/tickets", waits_for_website.mashup));
    let website = stage.open(waits_for_website)?;

    let read = |window: WindowId, code: &str| -> Result<String> {
        let row = format!("[data-testid=window-row][data-window=\"{window}\"][data-state=waiting]");
        let launcher = stage.desktop.launcher()?;
        until_within(STALLED, code, || {
            let waits = launcher.look(&format!("document.querySelector('{row}') !== null"))?;
            Ok((waits == true).then_some(()))
        })?;
        stage.says_that_it_waits(window, code)
    };
    let of_qlik = read(qlik, "redeem_timeout")?;
    let of_website = read(website, "website_timeout")?;
    let of_catalog = stage.launcher_says(CATALOG, "website_timeout")?;
    until_within(STALLED, "the export to fail", || {
        let export = stage.desktop.desk.exports().into_iter().nth(before);
        Ok(export.filter(|export| matches!(export.state, ExportState::Failed(_))))
    })?;
    let of_export = stage.launcher_says("[data-testid=export-row]", "export_cut")?;
    stage.lab.faults.clear();
    stage.desktop.launcher()?.click("button.refresh")?;
    stage.is_open(qlik, waits_for_qlik)?;
    stage.is_open(website, waits_for_website)?;
    let back = |read: String| format!("{read} It came back by itself.");
    Ok([back(of_qlik), back(of_website), of_catalog, of_export])
}

/// A sound ticket, but for where it is redeemed.
fn ticket_for(qlik: &str) -> Fault {
    let qlik = qlik.trim_end_matches('/');
    let ticket = json!({
        "redeem_url": format!("{qlik}/ticket/resources/autogenerated/qlik-styles.css?qlikTicket=AAAAAAAAAAAAAAAA"),
        "mashup_url": "https://portal.example/",
        "session_cookie": "X-Qlik-Session",
        "expires_in": 60,
    });
    Fault::Body { status: 201, content_type: "application/json".to_owned(), body: ticket.to_string().into() }
}

/// An address where nobody listens.
pub(super) fn nobody_listens() -> Result<String> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    Ok(format!("https://127.0.0.1:{port}"))
}
