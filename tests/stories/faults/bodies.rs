//! Answers that are not what they should be: noise, a web page, no end, a
//! depth without bottom, the wrong types, members that are missing.

use anyhow::{Result, ensure};
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use serde_json::{Value, json};

use super::stage::Becomes::{Opens, Words};
use super::stage::{CATALOG, REDEEM, Stage};
use crate::report::Report;

/// A name that does not exist (RFC 6761).
pub(super) const NOWHERE: &str = "https://portal.invalid";
/// More than any JSON reader should follow.
const DEPTH: usize = 200_000;

pub(super) fn play(stage: &Stage, report: &mut Report) {
    let types = r#"{"redeem_url": 7, "mashup_url": [], "session_cookie": null, "expires_in": "soon"}"#;
    for (name, fault) in of(201, types, r#"{"expires_in": 60}"#) {
        stage.opening(report, &format!("ticket_answer.{name}"), Words("website_garbage"), |app| {
            stage.strike(Side::Website, &format!("/mashups/{}/tickets", app.mashup), fault);
            Ok(())
        });
    }
    // The session is in the answer's header; its body is nobody's business.
    for (name, fault) in [("endless", Fault::Endless), ("cut", Fault::CutMidBody)] {
        let becomes = if name == "cut" { Opens } else { Words("redeem_no_cookie") };
        stage.opening(report, &format!("redeem_answer.{name}"), becomes, |_| {
            stage.strike(Side::Proxy, REDEEM, fault);
            Ok(())
        });
    }
    for (name, fault) in of(200, r#"{"mashups": "all"}"#, "{}") {
        stage.fault(report, &format!("catalog.{name}"), |_| catalog(stage, fault));
    }
    stage.fault(report, "catalog.entry", |_| one_bad_entry(stage));
}

/// Each kind of a wrong body; what is of the wrong type or misses a member is
/// wrong for one call only.
pub(super) fn of(status: u16, types: &str, missing: &str) -> Vec<(&'static str, Fault)> {
    let body = |content_type: &str, body: &[u8]| Fault::Body {
        status,
        content_type: content_type.to_owned(),
        body: body.to_owned(),
    };
    let noise: Vec<u8> = (0..4096_u32).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    vec![
        ("garbage", body("application/json", &noise)),
        ("html", body("text/html; charset=utf-8", b"<!doctype html><h1>Welcome</h1>")),
        ("endless", Fault::Endless),
        ("deep", body("application/json", "[".repeat(DEPTH).as_bytes())),
        ("types", body("application/json", types.as_bytes())),
        ("missing", body("application/json", missing.as_bytes())),
    ]
}

/// The last good list stays, and says that it is an older one.
fn catalog(stage: &Stage, fault: Fault) -> Result<String> {
    stage.strike(Side::Website, "/api/v1/mashups", fault);
    let launcher = stage.desktop.launcher()?;
    launcher.click("button.refresh")?;
    let read = stage.launcher_says(CATALOG, "website_garbage")?;
    let listed = launcher.look("document.querySelectorAll('[data-testid=mashup-row]').length > 0")?;
    ensure!(listed == true, "the list is gone");
    stage.lab.faults.clear();
    launcher.click("button.refresh")?;
    launcher.until(
        "the list to be good again",
        &format!("!document.querySelector('{CATALOG} [data-testid=problem]')"),
    )?;
    Ok(read)
}

/// An entry that cannot be read is no reason to close its window.
fn one_bad_entry(stage: &Stage) -> Result<String> {
    let entries: Vec<Value> = stage
        .lab
        .apps
        .iter()
        .map(|app| match app.id == *stage.good_app() {
            true => json!({"id": app.mashup}),
            false => json!({"id": app.mashup, "title": app.title}),
        })
        .collect();
    let body = json!({ "mashups": entries }).to_string().into_bytes();
    let fault = Fault::Body { status: 200, content_type: "application/json".to_owned(), body };
    let struck = stage.strike(Side::Website, "/api/v1/mashups", fault);
    let launcher = stage.desktop.launcher()?;
    launcher.click("button.refresh")?;
    stage.struck(&struck)?;
    launcher.until("the catalog to be there", "!document.querySelector('button.refresh.turning')")?;
    stage.lab.faults.clear();
    launcher.click("button.refresh")?;
    Ok("Nothing to read: the entry stayed in the list, and its window open.".to_owned())
}
