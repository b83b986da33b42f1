//! From the start of a process to the launcher that can be used, beside a bare
//! window of the same framework; each in a process of its own.

use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, ensure};
use mashdesk::environment;
use mashdesk::store::Isolated;
use tauri::http::header::CONTENT_TYPE;
use tauri::http::{HeaderValue, Response};
use tauri::{RunEvent, WebviewUrl, WebviewWindowBuilder};
use url::Url;

use super::figures::{Figures, Rounds};
use super::{Bench, now};
use crate::desktop::{self, Page, Start};

/// The simplest page that says something.
const BARE: &str = "<!doctype html><title>Bare</title><h1>Bare</h1>";
/// What a process says when its window can be used, before the time.
const USABLE: &str = "usable ";

pub(super) fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (mut ours, mut bare) = (Rounds::default(), Rounds::default());
    for _ in 0..bench.rounds {
        bench.settle()?;
        ours.add(started(&["--website", bench.lab.website.as_str()])?);
        bench.settle()?;
        bare.add(started(&[])?);
    }
    let told = || Ok(format!("{} beside {} of a bare window", ours.told("ms")?, bare.told("ms")?));
    figures.note("the launcher, from its start to the catalog in it", told());
    figures.draw("launcher", "ms", "from the start", &[("Mashdesk", &ours), ("a bare window", &bare)]);
    Ok(())
}

/// Milliseconds until a process of this binary says that its window can be used.
fn started(arguments: &[&str]) -> Result<f64> {
    let began = now();
    let mut start = Command::new(std::env::current_exe()?);
    environment::give_back(&mut start);
    let played = start.args(["--story", "first-frame"]).args(arguments).stderr(Stdio::null()).output()?;
    let said = String::from_utf8(played.stdout)?;
    ensure!(played.status.success(), "a start did not go well: {said}");
    let at: f64 = said.lines().find_map(|line| line.strip_prefix(USABLE)).context("no time")?.parse()?;
    Ok(at - began)
}

/// What such a process does: the launcher at a website, or a bare window.
pub(crate) fn first_frame(website: Option<&Url>) -> Result<ExitCode> {
    let Some(website) = website else { return bare() };
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(website), Arc::new(Isolated::new()), scratch.path(), scratch.path());
    desktop::run(start, |desktop| {
        desktop.launcher()?.until("the catalog", "document.querySelector('[data-testid=mashup-row]')")?;
        println!("{USABLE}{}", now());
        Ok(ExitCode::SUCCESS)
    })
}

fn bare() -> Result<ExitCode> {
    let app = tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_, _| {
            let mut page = Response::new(BARE.as_bytes());
            page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            page
        })
        .build(tauri::generate_context!("tauri.conf.json"))?;
    let page = WebviewUrl::CustomProtocol("bare://localhost/".parse()?);
    let window = WebviewWindowBuilder::new(&app, "bare", page).build()?;
    let handle = app.handle().clone();
    let watching = thread::spawn(move || {
        let seen = Page { window }.until("the page", "document.querySelector('h1')");
        println!("{USABLE}{}", now());
        handle.exit(0);
        seen.map(drop)
    });
    app.run_return(|_, event| {
        // The last window goes only when the page was seen.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
    watching.join().map_err(|_| anyhow::anyhow!("nobody watched"))??;
    Ok(ExitCode::SUCCESS)
}
