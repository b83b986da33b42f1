//! The benchmark: Mashdesk beside what people use instead, in one run, the same
//! page for all. A figure counts only where every page was really painted, with
//! its own app in it.

mod cold;
mod figures;
pub(crate) mod launcher;
mod link;
mod page;
mod peers;
mod plot;
mod revisit;
mod running;
mod tickets;

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use mashdesk::Keyring;
use mashdesk::store::Stores;
use mashdesk_core::{Secret, TokenStore};
use url::Url;

use crate::desktop::{self, Start, until};
use crate::far_lab::{FarLab, Painted};
use cold::Beside;
use figures::Figures;
use tickets::Counter;

/// Coloured pixels that a bar chart has at least.
const PIXELS_MIN: u64 = 1_000;
/// How long the machine is watched before anything is measured.
const WATCH: Duration = Duration::from_secs(3);
/// How long it is watched between two measures.
const SLICE: Duration = Duration::from_millis(500);
/// Share of the processors that something else may use meanwhile.
const BUSY_MAX: f64 = 0.15;

/// What every measure needs.
struct Bench {
    lab: FarLab,
    counter: Counter,
    /// By their ids.
    titles: BTreeMap<String, String>,
    door: Url,
    rounds: usize,
    /// How many mashups the running app has been given.
    given: usize,
    even_if_busy: bool,
}

/// What a run of the benchmark is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Wishes {
    /// How often the benchmark measures each
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Measures although something else uses the machine
    #[arg(long)]
    even_if_busy: bool,
    /// Measures only that part
    #[arg(long)]
    part: Option<Part>,
    /// The folder of the page that is made of what was measured
    #[arg(long)]
    page: Option<PathBuf>,
    /// The package whose size counts
    #[arg(long)]
    deb: Option<PathBuf>,
}

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// From a cold start
    Cold,
    /// The launcher's start
    Launcher,
    /// One click
    Click,
    /// Windows that sleep; needs what the cold starts have measured
    Sleep,
    /// Many windows; needs what the clicks have measured
    Many,
    /// A search
    Search,
    /// The second open
    Revisit,
}

impl Wishes {
    /// Whether a part is measured, alone or with another that needs it.
    fn wants(&self, parts: &[Part]) -> bool {
        self.part.is_none_or(|part| parts.contains(&part))
    }
}

pub(crate) fn play(
    json: bool,
    stores: Arc<dyn Stores>,
    screenshots: &Path,
    wishes: Wishes,
) -> Result<ExitCode> {
    if !wishes.even_if_busy {
        idle()?;
    }
    let rounds = wishes.rounds;
    let lab = FarLab::start_with(&["--front-page", "bench.html", "--session-limit", "1000"])?;
    let counter = Counter::of(&lab)?;
    let titles = counter.titles()?;
    let mut bench = Bench {
        counter,
        titles,
        door: peers::door(Ipv4Addr::LOCALHOST)?,
        rounds,
        given: 0,
        even_if_busy: wishes.even_if_busy,
        lab,
    };
    let mut figures = Figures::new(json);
    Keyring.save(bench.lab.website.as_str(), &Secret::new(bench.lab.token.clone()))?;
    let mut beside = Beside::default();
    if wishes.wants(&[Part::Cold, Part::Sleep]) {
        beside = cold::measure(&mut bench, &mut figures)?;
    }
    if wishes.wants(&[Part::Launcher]) {
        launcher::measure(&bench, &mut figures)?;
    }
    if matches!(wishes.part, Some(Part::Cold | Part::Launcher)) {
        return Ok(figures.end());
    }
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(&bench.lab.website.clone()), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| running::measure(bench, &desktop, figures, &beside, &wishes))
}

impl Bench {
    /// Mashups that the running app has not opened yet: those that it has opened wait
    /// for a process of their own, beside what they have kept.
    fn unopened(&mut self, count: usize) -> Result<Vec<String>> {
        let mashups = self.mashups(self.given, count);
        ensure!(mashups.len() == count, "too few mashups");
        self.given += count;
        Ok(mashups)
    }

    /// Mashups that the website hosts, from one on.
    fn mashups(&self, from: usize, count: usize) -> Vec<String> {
        // Every seventh is hosted on Qlik, with another page.
        (1..=self.titles.len())
            .filter(|number| number % 7 != 0)
            .skip(from)
            .take(count)
            .map(|number| format!("m{number:03}"))
            .collect()
    }

    /// Waits until what was measured before has gone: browsers that were ended give
    /// gigabytes back for seconds, at the cost of whoever is measured next.
    fn settle(&self) -> Result<()> {
        if self.even_if_busy {
            return Ok(());
        }
        until("a quiet machine", || Ok((busy_for(SLICE)? <= BUSY_MAX).then_some(())))
    }

    /// Waits until those mashups, and no others, are painted; answers when the
    /// last one was, in milliseconds since the epoch.
    fn painted(&mut self, mashups: &[String]) -> Result<f64> {
        let mut painted = self.lab.painted(mashups.len())?;
        painted.sort_by(|one, other| one.mashup.cmp(&other.mashup));
        let mut wanted = mashups.to_vec();
        wanted.sort();
        let ids: Vec<&str> = painted.iter().map(|painted| painted.mashup.as_str()).collect();
        ensure!(ids == wanted, "{ids:?} are painted, not {wanted:?}");
        for Painted { mashup, title, pixels, .. } in &painted {
            let own = self.titles.get(mashup).context("an unknown mashup")?;
            ensure!(title == own, "{mashup} shows {title}, not {own}: a cookie was shared");
            ensure!(*pixels >= PIXELS_MIN, "{mashup} has painted {pixels} pixels");
        }
        Ok(painted.iter().map(|painted| painted.at).fold(0.0, f64::max))
    }
}

/// The places of those that are measured beside each other, in the order of one round:
/// each comes after each, as what a browser leaves when it ends (memory that the system
/// takes back) costs whoever comes next. It is E. J. Williams' design for carry-over.
fn order<const PLACES: usize>(round: usize) -> [usize; PLACES] {
    let mut order = std::array::from_fn(|at| {
        let step = if at % 2 == 1 { at.div_ceil(2) } else { PLACES - at / 2 };
        (step + round) % PLACES
    });
    // Of an odd number each comes after each only there and back.
    if PLACES % 2 == 1 && round % 2 == 1 {
        order.reverse();
    }
    order
}

/// Milliseconds since the epoch, as a page's clock has it.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
}

/// Whether nothing else uses the machine.
fn idle() -> Result<()> {
    let share = busy_for(WATCH)?;
    ensure!(
        share <= BUSY_MAX,
        "something else uses {:.0} % of this machine: nothing was measured",
        share * 100.0
    );
    Ok(())
}

/// The share of the processors that is used meanwhile.
fn busy_for(time: Duration) -> Result<f64> {
    let (busy_before, all_before) = processor_time()?;
    thread::sleep(time);
    let (busy, all) = processor_time()?;
    Ok((busy - busy_before) / (all - all_before))
}

/// How long the processors have worked, and how long in all.
fn processor_time() -> Result<(f64, f64)> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().and_then(|line| line.strip_prefix("cpu ")).context("/proc/stat")?;
    let times: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let all: f64 = times.iter().sum();
    // The fourth and fifth are idle, and waiting for a disk.
    let idle: f64 = times.iter().skip(3).take(2).sum();
    Ok((all - idle, all))
}
