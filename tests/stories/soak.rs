//! All day long: windows are opened, used and closed again and again in one
//! process, and nothing of them is left.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use mashdesk::store::Stores;
use mashdesk_core::MashupId;
use mashdesk_core::sessions::State;
use tauri::Manager;

use crate::desktop::{self, Desktop, Start, until, until_within};
use crate::far_lab::FarLab;
use crate::hand;
use crate::processes;
use crate::report::Report;

/// Mashups that take turns; one of them is hosted on Qlik.
const MASHUPS: [&str; 4] = ["m001", "m002", "m003", "m007"];
/// Growth of the memory that is no leak, in per cent: the list of exports and
/// what the lab remembers grow as they must.
const GROWTH_MAX: f64 = 10.0;
/// File handles more than at the start that are no leak: connections and threads
/// that are kept for the next window. A leak of one a window is many times as many.
const HANDLES_MORE: usize = 8;
/// What a receive queue's handle is among all.
const EVENTS: &str = "anon_inode";
/// Receive queues more than at the start, for each window opened: WebKit itself
/// forgets to end some (docs/decisions/0018). Each window has two.
const QUEUES_MORE: f64 = 0.15;
/// Takes frames away, upon which WebKit collects a page's garbage soon: what
/// JavaScriptCore has not come to yet is no leak.
const FRAMES: &str = "(() => {
    for (let count = 0; count < 50; count++) {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        frame.contentWindow.taken = frame;
        frame.remove();
    }
    return true;
})()";
/// How often it is made to: the least memory that is seen meanwhile is what is held.
const COLLECTIONS: u32 = 3;
/// Looks at the memory after each.
const LOOKS: u32 = 80;
/// A file that WebKit keeps open once it has looked at the system's memory.
const MEMORY: &str = "/proc/meminfo";
/// Longest that the processes of a closed window take to end.
const LEAVING: Duration = Duration::from_secs(30);

pub(crate) fn play(
    report: Report,
    stores: Arc<dyn Stores>,
    screenshots: &Path,
    cycles: u32,
) -> Result<ExitCode> {
    let lab = FarLab::start()?;
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(&lab.website), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| Story { lab, desktop }.tell(report, cycles))
}

struct Story {
    lab: FarLab,
    desktop: Desktop,
}

/// What the app holds at one moment.
#[derive(Debug)]
struct Held {
    /// The windows that the system shows.
    windows: usize,
    webviews: usize,
    /// By name: those that draw pages, those that fetch them.
    processes: BTreeMap<String, usize>,
    /// By kind, without those of WebKit's receive queues.
    handles: BTreeMap<String, usize>,
    receive_queues: usize,
    /// In bytes, by process, without the launcher's garbage; what they share is
    /// counted once.
    memory: BTreeMap<String, u64>,
}

impl Story {
    fn tell(mut self, mut report: Report, cycles: u32) -> Result<ExitCode> {
        self.desktop.sign_in(&self.lab.token)?;
        self.spare()?;
        until("WebKit's first look at the system's memory", || {
            Ok(processes::handles()?.iter().any(|handle| handle == MEMORY).then_some(()))
        })?;
        let start = self.held()?;

        let began = Instant::now();
        let warm = (cycles / 4).max(1);
        let mut at_warm = None;
        for (cycle, mashup) in (1..=cycles).zip(MASHUPS.into_iter().cycle()) {
            self.cycle(mashup).with_context(|| format!("cycle {cycle}, {mashup}"))?;
            if cycle == warm {
                at_warm = Some(self.settled(&start)?);
            }
        }
        let took = began.elapsed();
        let at_warm = at_warm.context("no cycle")?;
        let end = self.settled(&start)?;

        report.check("cycles", || Ok(format!("{cycles} in {} s", took.as_secs())));
        report.check("sessions", || {
            let left = self.lab.sessions()?;
            ensure!(left == 0, "{left} are left on Qlik");
            Ok("0 are left on Qlik".to_owned())
        });
        report.check("windows", || same("windows", start.windows, end.windows));
        report.check("webviews", || same("webviews", start.webviews, end.webviews));
        report.check("processes", || {
            ensure!(end.processes == start.processes, "{:?} became {:?}", start.processes, end.processes);
            Ok(format!("{:?}, as at the start", end.processes))
        });
        report.check("handles", || {
            let told = format!(
                "{} at the start, {} after {warm} cycles, {} after {cycles}{}",
                count(&start.handles),
                count(&at_warm.handles),
                count(&end.handles),
                more(&start.handles, &end.handles)
            );
            ensure!(count(&end.handles) <= count(&start.handles) + HANDLES_MORE, "{told}");
            Ok(told)
        });
        report.check("receive_queues", || {
            let left = end.receive_queues.saturating_sub(start.receive_queues);
            let told = format!("{left} of {} are left by WebKit", 2 * cycles);
            ensure!(left as f64 <= f64::from(cycles) * QUEUES_MORE, "{told}");
            Ok(told)
        });
        report.check("memory", || {
            let growth = (whole(&end.memory) as f64 / whole(&at_warm.memory) as f64 - 1.0) * 100.0;
            let told = format!(
                "{} at the start, {} after {warm} cycles, {} after {cycles}: {growth:+.1} %",
                mib(&start.memory),
                mib(&at_warm.memory),
                mib(&end.memory)
            );
            ensure!(growth < GROWTH_MAX, "{told}");
            Ok(told)
        });
        Ok(report.end())
    }

    /// Opens a mashup, works with it, closes it.
    fn cycle(&mut self, mashup: &str) -> Result<()> {
        let window = self.desktop.desk.open(&MashupId::parse(mashup)?)?;
        until("the window to be live", || {
            let state = self.desktop.desk.window(window).context("the window is gone")?.state;
            Ok((state == State::Live).then_some(()))
        })?;
        let page = self.desktop.mashup(window)?;
        page.until("the engine", "document.documentElement.dataset.state === 'ready'")?;
        page.click("#list button.value")?;
        page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
        page.click("#load-image")?;
        page.until("the image", "document.querySelector('#image').dataset.state === 'loaded'")?;
        self.desktop.export(&page, "#export-link")?;
        self.desktop.desk.close(window)?;
        until("its session to end", || Ok((self.lab.sessions()? == 0).then_some(())))?;
        until("its window to go", || Ok(self.desktop.mashup(window).err()))?;
        Ok(())
    }

    /// What is held when the processes of closed windows have ended; where they
    /// do not, what is held then.
    fn settled(&self, start: &Held) -> Result<Held> {
        self.spare()?;
        let ended = until_within(LEAVING, "processes to end, and threads", || {
            let now =
                by_name(processes::below(Some(self.lab.pid()))?.into_iter().map(|process| process.name));
            let (handles, _) = handles()?;
            Ok((now == start.processes && count(&handles) <= count(&start.handles)).then_some(()))
        });
        if let Err(error) = ended {
            eprintln!("{error:#}");
        }
        self.held()
    }

    /// Waits for the window that is built ahead: it is held as well.
    fn spare(&self) -> Result<()> {
        until("a window built ahead", || Ok(self.desktop.desk.spare().map(drop)))
    }

    /// The memory, by process, once the launcher has collected its garbage; the
    /// windows' went with them.
    fn memory(&self) -> Result<BTreeMap<String, u64>> {
        let launcher = self.desktop.launcher()?;
        let mut least = processes::memory(Some(self.lab.pid()))?;
        for _ in 0..COLLECTIONS {
            launcher.look(FRAMES)?;
            let mut looks = 0;
            until("garbage to be collected", || {
                let now = processes::memory(Some(self.lab.pid()))?;
                if whole(&now) < whole(&least) {
                    least = now;
                }
                looks += 1;
                Ok((looks == LOOKS).then_some(()))
            })?;
        }
        Ok(least)
    }

    fn held(&self) -> Result<Held> {
        let (handles, receive_queues) = handles()?;
        Ok(Held {
            windows: hand::windows()?,
            webviews: self.desktop.app.webview_windows().len(),
            processes: by_name(
                processes::below(Some(self.lab.pid()))?.into_iter().map(|process| process.name),
            ),
            handles,
            receive_queues,
            memory: self.memory()?,
        })
    }
}

/// The handles by kind, without those of the receive queues, and how many those are.
fn handles() -> Result<(BTreeMap<String, usize>, usize)> {
    let (mut handles, queues) = (by_name(processes::handles()?), processes::receive_queues()?);
    if let Some(events) = handles.get_mut(EVENTS) {
        *events = events.saturating_sub(queues);
    }
    Ok((handles, queues))
}

fn by_name(names: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

fn count(handles: &BTreeMap<String, usize>) -> usize {
    handles.values().sum()
}

fn whole(memory: &BTreeMap<String, u64>) -> u64 {
    memory.values().sum()
}

fn same(what: &str, start: usize, end: usize) -> Result<String> {
    ensure!(end == start, "{start} {what} at the start, {end} at the end");
    Ok(format!("{end}, as at the start"))
}

/// The whole, and of which process.
fn mib(memory: &BTreeMap<String, u64>) -> String {
    let parts: Vec<String> = memory.iter().map(|(name, bytes)| format!("{name} {}", bytes >> 20)).collect();
    format!("{} MiB ({})", whole(memory) >> 20, parts.join(", "))
}

/// What there is more of.
fn more(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> String {
    let grown = after.iter().filter_map(|(name, count)| {
        let more = count.checked_sub(before.get(name).copied().unwrap_or(0)).filter(|more| *more > 0)?;
        Some(format!("{name} +{more}"))
    });
    let grown: Vec<String> = grown.collect();
    if grown.is_empty() { String::new() } else { format!("; {}", grown.join(", ")) }
}
