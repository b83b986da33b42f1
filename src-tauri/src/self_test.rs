//! `mashdesk self-test`: whether windows are kept apart on this computer, in
//! words, without a website and without a window to be seen.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use mashdesk_core::http_cache::Slot;
use mashdesk_core::isolation::{Finding, Kind, Verdict, check};
use mashdesk_core::{Error, Instance};
use serde_json::json;
use tauri::RunEvent;

use crate::windows::Screen;
use crate::{context, display, guard, store};

#[derive(Args)]
pub(crate) struct Arguments {
    /// One JSON object a line: each check, then the sum
    #[arg(long)]
    json: bool,
}

/// Looks, and says what it saw; the process ends with 0 where windows share
/// nothing, and with 1 otherwise.
pub(crate) fn main(arguments: &Arguments) -> ExitCode {
    let findings = display::check().map_err(unproven).and_then(|()| findings());
    let told = match &findings {
        Ok(findings) => tell(findings, arguments.json),
        Err(error) => tell_failure(error, arguments.json),
    };
    let fine = findings.is_ok_and(|findings| findings.iter().all(|(_, verdict)| verdict.is_fine()));
    if told.is_ok() && fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The app without its launcher: two hidden windows, and then it ends.
fn findings() -> Result<Vec<Finding>, Error> {
    let app = tauri::Builder::default().build(context()).map_err(unproven)?;
    let screen = Screen::new(app.handle(), Arc::new(store::Isolated::new()), Arc::new(guard::Guarded));
    // Mashups' windows keep what they load, where the webview can: so do these.
    let scratch = std::env::temp_dir().join(format!("mashdesk-self-test-{}", Instance::new()));
    let slot = |name: &str| Slot {
        cache: scratch.join(name).join("cache"),
        storages: scratch.join(name).join("storages"),
    };
    let slots = store::cache_roots(app.handle()).map(|_| [slot("first"), slot("second")]);
    let (tell, told) = std::sync::mpsc::channel();
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        // The other end waits in this very process.
        let _ = tell.send(check(&screen, Kind::ALL, slots).await);
        handle.exit(0);
    });
    app.run_return(|_, event| {
        // The windows go before it has been told what they saw.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
    // Where nothing was written there is nothing to remove.
    let _ = std::fs::remove_dir_all(scratch);
    told.recv().map_err(|_| unproven("it ended before it was done"))?
}

fn tell(findings: &[Finding], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (kind, verdict) in findings {
        if json {
            let (ok, detail) = (verdict.is_fine(), in_words(verdict));
            writeln!(out, "{}", json!({"check": kind.name(), "ok": ok, "detail": detail}))?;
        } else {
            let mark = if verdict.is_fine() { "ok" } else { "FAIL" };
            writeln!(out, "{mark:<5} {:<17} {}", kind.title(), in_words(verdict))?;
        }
    }
    let passed = findings.iter().filter(|(_, verdict)| verdict.is_fine()).count();
    let sum = format!("{passed} passed, {} failed", findings.len() - passed);
    if json {
        writeln!(out, "{}", json!({"sum": sum, "ok": passed == findings.len()}))
    } else {
        writeln!(out, "{sum}")
    }
}

fn tell_failure(error: &Error, json: bool) -> io::Result<()> {
    if json {
        writeln!(io::stdout(), "{}", json!({"sum": error.to_string(), "ok": false}))
    } else {
        writeln!(io::stderr(), "mashdesk self-test: {error}")
    }
}

fn unproven(reason: impl std::fmt::Display) -> Error {
    Error::IsolationUnproven { reason: reason.to_string() }
}

fn in_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Apart => "each window has its own".to_owned(),
        Verdict::Shared => "two windows share one: no mashup opens on this computer".to_owned(),
        Verdict::Absent => "this webview has none to share".to_owned(),
        Verdict::Unproven(reason) => format!("it could not be told: {reason}"),
    }
}
