//! In the running app: one click, many windows, windows that sleep, a search.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use mashdesk_core::{MashupId, WindowId};
use tauri::webview::{Cookie, PageLoadEvent};
use tauri::{WebviewUrl, WebviewWindowBuilder};
use webkit2gtk::{UserContentManagerExt, WebViewExt};

use super::cold::{self, Beside, in_mib, mib, shares};
use super::figures::{Figures, Rounds};
use super::peers::Peer;
use super::tickets::Entry;
use super::{Bench, Part, Wishes, now, order, page, revisit};
use crate::desktop::{Desktop, Page, until};
use crate::far_lab::FarLab;
use crate::kept_pages::KeptPages;
use crate::processes;

/// How many clicks a round has: they are short, and vary by a fifth.
const CLICKS: usize = 3;
/// Windows that are open when a click is measured again.
const MANY: usize = 29;
/// How long the others have slept when memory is taken: the two that are awake give
/// back for half a minute what only their loading needed.
const SLEPT: Duration = Duration::from_secs(60);
/// What is in the search.
const TYPED: &str = "document.querySelector('[data-testid=search]').value";
/// Notes when the frame has been drawn that shows what is there now.
const DRAW: &str = "(() => {
    window.drawn = false;
    requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true; }));
    return true;
})()";
/// Types one word after the other into the search and sees the list change.
const SEARCH: &str = "(() => {
    const field = document.querySelector('[data-testid=search]');
    const type = async (text) => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
        document.body.getBoundingClientRect();
    };
    window.searched = null;
    (async () => {
        const began = performance.now();
        for (let round = 0; round < 20; round += 1) {
            for (const text of ['s', 'sa', 'sal', 'sale', 'sales', '', 'north', 'iberia', 'zzz', '']) await type(text);
        }
        window.searched = performance.now() - began;
    })();
    return true;
})()";

pub(super) fn measure(
    mut bench: Bench,
    desktop: &Desktop,
    mut figures: Figures,
    beside: &Beside,
    wishes: &Wishes,
) -> Result<ExitCode> {
    // The cold starts have left the token in the keyring.
    desktop.launcher()?.until("the catalog", "document.querySelector('[data-testid=mashup-row]')")?;
    // First: what many windows leave in the launcher and the shell is not theirs.
    if wishes.wants(&[Part::Sleep]) {
        asleep(&mut bench, desktop, &mut figures, beside)?;
    }
    if wishes.wants(&[Part::Click, Part::Many]) {
        let clicks = clicks(&mut bench, desktop, &mut figures)?;
        if wishes.wants(&[Part::Many]) {
            many(&mut bench, desktop, &mut figures, &clicks)?;
        }
    }
    if wishes.wants(&[Part::Search]) {
        search(&bench, desktop, &mut figures)?;
    }
    if wishes.wants(&[Part::Revisit]) {
        revisit::measure(&bench, desktop, &mut figures)?;
    }
    if let Some(package) = &wishes.deb {
        sizes(&mut figures, package)?;
    }
    if let Some(folder) = &wishes.page {
        page::write(&figures, bench.rounds, folder)?;
    }
    Ok(figures.end())
}

/// What people download, and what they run.
fn sizes(figures: &mut Figures, package: &Path) -> Result<()> {
    let megabytes = |file: &Path| Ok(fs::metadata(file)?.len() as f64 / 1e6);
    let binary = megabytes(Path::new(env!("CARGO_BIN_EXE_mashdesk")))?;
    figures.tell("deb.megabytes", megabytes(package), 6.0, &format!("the binary in it has {binary:.1} MB"));
    Ok(())
}

/// One click beside a browser started for it, and beside a webview that is
/// already there and has nothing else to do.
fn clicks(bench: &mut Bench, desktop: &Desktop, figures: &mut Figures) -> Result<Rounds> {
    let (mut own, mut limit, mut network, mut chromium) =
        (Rounds::default(), Rounds::default(), Rounds::default(), Rounds::default());
    let mut again = Rounds::default();
    let kept = KeptPages::of(desktop)?;
    let rounds = bench.rounds * CLICKS;
    for round in 0..rounds {
        let mashup = bench.unopened(1)?.remove(0);
        for place in order::<3>(round) {
            match place {
                1 => {
                    let clicked = click(bench, desktop, &mashup)?;
                    kept.close(desktop, clicked.window)?;
                    own.add(clicked.took);
                    if round + 1 == rounds {
                        clicked.note(figures, "one click");
                    }
                    let clicked = click(bench, desktop, &mashup)?;
                    kept.close(desktop, clicked.window)?;
                    again.add(clicked.took);
                }
                2 => {
                    let asked = Instant::now();
                    let mut entry = bench.counter.entry_with_cookies(&mashup)?;
                    entry.mashup_cookies.push(bench.counter.redeem(&entry)?);
                    network.add(asked.elapsed().as_secs_f64() * 1000.0);
                    limit.add(bare(bench, desktop, &mashup, &entry)?);
                }
                _ => {
                    let mashups = std::slice::from_ref(&mashup);
                    chromium.add(cold::peer(bench, Peer::Chromium, mashups, Duration::ZERO)?.took);
                }
            }
        }
    }
    figures.ratio("click.chromium", &own, &chromium, 0.60, "ms");
    figures.ratio("click.limit", &own, &limit, 1.15, "ms");
    let share = || Ok((own.median()? - limit.median()? - network.median()?).max(0.0) / own.median()?);
    let told =
        format!("{} less {} and {}", own.told("ms")?, limit.told("ms")?, network.told("ms of network")?);
    figures.tell("click.shell_share", share(), 0.05, &told);
    let beside = [("Mashdesk", &own), ("the limit", &limit), ("a fresh Chromium", &chromium)];
    figures.draw("click", "ms", "one click", &beside);
    figures.draw("click", "ms", "opened before", &[("Mashdesk", &again)]);
    figures.note("one click on a mashup that was opened before, without a link", again.told("ms"));
    Ok(own)
}

/// A click in the launcher, until the page is painted.
pub(super) struct Click {
    /// Milliseconds.
    pub(super) took: f64,
    pub(super) window: WindowId,
    /// Seconds that all processes have computed meanwhile, by their names; the
    /// lab's is among them.
    computed: BTreeMap<String, f64>,
}

impl Click {
    /// Notes what was computed, and how much of the time nothing had to be.
    pub(super) fn note(&self, figures: &mut Figures, what: &str) {
        let told = format!("{} of {:.2} s", shares(&self.computed, "s", 2), self.took / 1000.0);
        figures.note(&format!("processor time of {what}, in one round"), Ok(told));
    }
}

/// Finds a mashup in the launcher and clicks it.
pub(super) fn click(bench: &mut Bench, desktop: &Desktop, mashup: &str) -> Result<Click> {
    let title = bench.titles.get(mashup).context("no such mashup")?;
    // People do not click the moment the last window has come.
    until("a window built ahead", || Ok(desktop.desk.spare()))?;
    let launcher = desktop.launcher()?;
    launcher.clear("[data-testid=search]")?;
    crate::hand::write(title)?;
    // They click what they see: the search has ended, and its result is drawn.
    let row = format!("[data-testid=mashup-row][data-mashup=\"{mashup}\"]");
    let found = format!("{TYPED} === {title:?} && document.querySelector('{row}[aria-selected=true]')");
    launcher.until(title, &found)?;
    launcher.look(DRAW)?;
    launcher.until("it to be drawn", "window.drawn")?;
    bench.settle()?;
    let before = processes::computed(process::id())?;
    let began = now();
    launcher.look(&format!("document.querySelector('{row}').click()"))?;
    let painted = bench.painted(&[mashup.to_owned()])?;
    let mut computed = processes::computed(process::id())?;
    for (name, seconds) in &mut computed {
        *seconds -= before.get(name).unwrap_or(&0.0);
    }
    let id = MashupId::parse(mashup)?;
    let opened = desktop.desk.windows().into_iter().rev().find(|(_, session)| session.mashup == id);
    Ok(Click { took: painted - began, window: opened.context("no window")?.0, computed })
}

/// Milliseconds in a webview that has its cookies already, from its first step to
/// the painted page.
fn bare(bench: &mut Bench, desktop: &Desktop, mashup: &str, entry: &Entry) -> Result<f64> {
    // A page of the same site: its process is the one that the mashup comes to.
    let before = bench.lab.website.clone();
    let window =
        WebviewWindowBuilder::new(&desktop.app, format!("bare-{mashup}"), WebviewUrl::External(before))
            .incognito(true)
            .visible(false)
            .inner_size(1180.0, 820.0)
            .on_page_load(|window, load| {
                if load.event() == PageLoadEvent::Finished && load.url().path().starts_with("/mashups/") {
                    // A window that is gone needs no showing.
                    let _ = window.show();
                }
            })
            .build()?;
    // Bare of Tauri's scripts as well: they freeze what the page's scripts change.
    window.with_webview(|webview| {
        if let Some(content) = webview.inner().user_content_manager() {
            content.remove_all_scripts();
        }
    })?;
    let bare = Page { window };
    bare.until("the bare webview", "document.readyState === 'complete' && location.port")?;
    let host = entry.mashup_url.host_str().context("no host")?;
    for line in &entry.mashup_cookies {
        let mut cookie = Cookie::parse(line.clone())?;
        cookie.set_domain(host.to_owned());
        bare.window.set_cookie(cookie)?;
    }
    bench.settle()?;
    let began = now();
    bare.window.navigate(entry.mashup_url.clone())?;
    let painted = bench.painted(&[mashup.to_owned()])?;
    bare.window.destroy()?;
    Ok(painted - began)
}

/// Ten windows, all but two of them asleep.
fn asleep(bench: &mut Bench, desktop: &Desktop, figures: &mut Figures, beside: &Beside) -> Result<()> {
    let mashups = bench.unopened(10)?;
    let mut windows = Vec::new();
    for mashup in &mashups {
        windows.push(desktop.desk.open(&MashupId::parse(mashup)?)?);
    }
    bench.painted(&mashups)?;
    desktop.launcher()?.activate()?;
    // It is built when pages have come to rest, and is a part of what is held.
    until("a window built ahead", || Ok(desktop.desk.spare()))?;
    let before = processes::renderers()?.len();
    for window in windows.iter().take(8) {
        until("a window to be live", || {
            Ok(tauri::async_runtime::block_on(desktop.desk.let_sleep(*window)).then_some(()))
        })?;
    }
    until("their processes to end", || Ok((processes::renderers()?.len() + 8 <= before).then_some(())))?;
    thread::sleep(SLEPT);
    let held = processes::memory(Some(bench.lab.pid()))?;
    let mut ours = Rounds::default();
    ours.add(mib(held.values().sum()));
    figures.ratio("memory10_asleep.chromium", &ours, &beside.memory, 0.30, "MiB");
    figures.note("memory of 10 windows, 8 asleep", Ok(shares(&in_mib(&held), "MiB", 0)));
    figures.draw("memory", "MiB", "10 windows, 8 asleep", &[("Mashdesk", &ours)]);
    for window in windows {
        desktop.desk.close(window)?;
    }
    Ok(())
}

/// A click when many windows are open.
fn many(bench: &mut Bench, desktop: &Desktop, figures: &mut Figures, first: &Rounds) -> Result<()> {
    let mashups = bench.unopened(MANY)?;
    let held =
        |bench: &Bench| Ok::<_, anyhow::Error>(mib(processes::memory(Some(bench.lab.pid()))?.values().sum()));
    let (none, mut ten) = (held(bench)?, 0.0);
    for (at, mashup) in mashups.iter().enumerate() {
        if at == 10 {
            ten = held(bench)?;
        }
        desktop.desk.open(&MashupId::parse(mashup)?)?;
        bench.painted(std::slice::from_ref(mashup))?;
    }
    let (early, later) = ((ten - none) / 10.0, (held(bench)? - ten) / (MANY - 10) as f64);
    let told = format!("{early:.0} MiB of the first ten, {later:.0} MiB of those up to the {MANY}th");
    figures.note("memory a window", Ok(told));
    ensure!(desktop.desk.windows().len() == MANY, "{} windows", desktop.desk.windows().len());
    let mut late = Rounds::default();
    let rounds = bench.rounds * CLICKS;
    for round in 0..rounds {
        let mashup = bench.unopened(1)?.remove(0);
        let click = click(bench, desktop, &mashup)?;
        desktop.desk.close(click.window)?;
        late.add(click.took);
        if round + 1 == rounds {
            click.note(figures, "one click with 30 windows open");
        }
    }
    figures.ratio("click30.first", &late, first, 1.25, "ms");
    figures.draw("click", "ms", "with 30 windows open", &[("Mashdesk", &late)]);
    tauri::async_runtime::block_on(desktop.desk.close_all());
    Ok(())
}

/// A search among 5,000 mashups beside one among 300.
fn search(bench: &Bench, desktop: &Desktop, figures: &mut Figures) -> Result<()> {
    let mut few = Rounds::default();
    let mut many = Rounds::default();
    let large = FarLab::start_with(&["--apps", "5000"])?;
    catalogs(bench, desktop, figures)?;
    for _ in 0..bench.rounds {
        few.add(searched(desktop, &bench.lab)?);
        many.add(searched(desktop, &large)?);
    }
    figures.ratio("search5000.300", &many, &few, 2.0, "ms");
    Ok(())
}

/// A catalog a hundred times as long.
fn catalogs(bench: &Bench, desktop: &Desktop, figures: &mut Figures) -> Result<()> {
    let huge = FarLab::start_with(&["--apps", "30000"])?;
    let (mut usual, mut long) = (Rounds::default(), Rounds::default());
    for _ in 0..bench.rounds {
        usual.add(signed_in(desktop, &bench.lab)?);
        long.add(signed_in(desktop, &huge)?);
    }
    let told = || Ok(format!("{} with 300 mashups, {} with 30,000", usual.told("ms")?, long.told("ms")?));
    figures.note("from signing in to the catalog", told());
    Ok(())
}

/// Milliseconds from signing in at a website to its catalog.
fn signed_in(desktop: &Desktop, lab: &FarLab) -> Result<f64> {
    let began = Instant::now();
    tauri::async_runtime::block_on(async {
        desktop.desk.set_website(lab.website.as_str()).await?;
        desktop.desk.sign_in(&lab.token).await
    })?;
    desktop.launcher()?.until("the catalog", "document.querySelector('[data-testid=mashup-row]')")?;
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}

/// Milliseconds for 200 searches in the launcher.
fn searched(desktop: &Desktop, lab: &FarLab) -> Result<f64> {
    signed_in(desktop, lab)?;
    let launcher = desktop.launcher()?;
    launcher.look(SEARCH)?;
    let took = launcher.until("the searches", "window.searched")?;
    took.as_f64().context("no time")
}
