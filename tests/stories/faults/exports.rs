//! Exports that Qlik does not hand out, or not whole: told in the launcher,
//! with nothing half-written, and the mashup stays where it is.

use anyhow::{Result, ensure};
use mashdesk_core::exports::ExportState;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::stage::Stage;
use crate::desktop::until;
use crate::report::Report;

pub(super) fn play(stage: &Stage, report: &mut Report) {
    let page = Fault::Body {
        status: 200,
        content_type: "text/html; charset=utf-8".to_owned(),
        body: b"<!doctype html><title>Sign in</title>".to_vec(),
    };
    for (name, fault, code) in [
        ("302", Fault::Redirect("/internal_forms_authentication/".to_owned()), "export_refused"),
        ("400", Fault::Status(400), "export_refused"),
        ("403", Fault::Status(403), "export_refused"),
        ("404", Fault::Status(404), "export_gone"),
        ("500", Fault::Status(500), "export_refused"),
        ("503", Fault::Busy { status: 503, retry_after: 2 }, "export_refused"),
        ("reset", Fault::Reset, "export_unreachable"),
        ("cut", Fault::CutMidBody, "export_cut"),
        ("html", page, "export_refused"),
    ] {
        stage.fault(report, &format!("export.{name}"), |app| {
            let window = stage.open(app)?;
            let page = stage.is_open(window, app)?;
            let tickets = stage.lab.qlik.tickets().len();
            stage.strike(Side::Proxy, "/tempcontent/", fault);
            let before = stage.desktop.desk.exports().len();
            page.click("#export-link")?;
            let state = until("the export to end", || {
                let export = stage.desktop.desk.exports().into_iter().nth(before);
                Ok(export
                    .map(|export| export.state)
                    .filter(|state| !matches!(state, ExportState::Running(..))))
            })?;
            ensure!(matches!(state, ExportState::Failed(_)), "it is {state:?}");
            let read = newest(stage, before + 1, code)?;
            stage.is_open(window, app)?;
            let asked = stage.lab.qlik.tickets().len() - tickets;
            ensure!(asked == 0, "{asked} tickets for a session that lives");
            Ok(read)
        });
    }
}

/// The words of the newest of so many exports.
fn newest(stage: &Stage, exports: usize, code: &str) -> Result<String> {
    stage.desktop.launcher()?.until(
        "the export in the launcher",
        &format!("document.querySelectorAll('[data-testid=export-row]').length === {exports}"),
    )?;
    stage.launcher_says("[data-testid=export-row]:first-child", code)
}
