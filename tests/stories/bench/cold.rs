//! From a cold start: so many mashups at once, until the last one is painted, and
//! the memory that they take when they have come to rest.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::figures::{Figures, Rounds};
use super::peers::{Browsers, Peer};
use super::{Bench, now, order};
use crate::child::Computer;
use crate::processes;

/// How long windows have been there when their memory is taken: for seconds after a
/// page was painted, browsers give back what only its loading needed.
const REST: Duration = Duration::from_secs(15);

/// How many starts of so many windows a round has: five are soon there, and vary by a fifth.
const fn starts(windows: usize) -> usize {
    if windows == 5 { 2 } else { 1 }
}

/// What Chromium needed for ten windows.
#[derive(Default)]
pub(super) struct Beside {
    /// At rest, in MiB.
    pub(super) memory: Rounds,
}

/// One cold start.
pub(super) struct Cold {
    /// Milliseconds.
    pub(super) took: f64,
    /// MiB when the last page was painted.
    loaded: f64,
    /// Bytes after a rest, by the processes' names.
    held: BTreeMap<String, u64>,
    /// Seconds that processes have computed, by their names.
    computed: BTreeMap<String, f64>,
}

/// The same cold start, round after round.
#[derive(Default)]
struct Starts {
    /// Milliseconds.
    took: Rounds,
    /// MiB when the last page was painted, and after a rest.
    loaded: Rounds,
    held: Rounds,
    /// What the processes computed and held in the last one.
    computed: String,
    memory: String,
}

impl Starts {
    fn add(&mut self, cold: &Cold) {
        self.took.add(cold.took);
        self.loaded.add(cold.loaded);
        self.held.add(mib(cold.held.values().sum()));
        self.computed = shares(&cold.computed, "s", 1);
        self.memory = shares(&in_mib(&cold.held), "MiB", 0);
    }
}

pub(super) fn measure(bench: &mut Bench, figures: &mut Figures) -> Result<Beside> {
    let mut beside = Beside::default();
    for count in [1, 5, 10] {
        let (mut own, mut mini, mut chromium) = (Starts::default(), Starts::default(), Starts::default());
        let mut plain = Starts::default();
        let mashups = bench.mashups(0, count);
        let rest = if count == 10 { REST } else { Duration::ZERO };
        for round in 0..bench.rounds * starts(count) {
            for place in order::<4>(round) {
                match place {
                    0 => own.add(&mashdesk(bench, &mashups, rest)?),
                    1 => mini.add(&peer(bench, Peer::MiniBrowser, &mashups, rest)?),
                    2 => plain.add(&peer(bench, Peer::MiniBrowserWithoutOpenGl, &mashups, rest)?),
                    _ => chromium.add(&peer(bench, Peer::Chromium, &mashups, rest)?),
                }
            }
        }
        let beside_it = [("Mashdesk", &own), ("MiniBrowser", &mini), ("Chromium", &chromium)];
        let group = if count == 1 { "1 window".to_owned() } else { format!("{count} windows") };
        let what = format!("processor time of {group} from a cold start, in one round");
        figures.note(
            &what,
            Ok(beside_it.map(|(name, starts)| format!("{name} {}", starts.computed)).join("; ")),
        );
        let ratio =
            || Ok(format!("{:.3} of {}", own.took.median()? / plain.took.median()?, plain.took.told("ms")?));
        figures.note(&format!("{count} from a cold start, to a MiniBrowser without OpenGL"), ratio());
        figures.draw("opening", "ms", &group, &beside_it.map(|(name, starts)| (name, &starts.took)));
        // One window says nothing about side by side.
        if count > 1 {
            figures.ratio(&format!("open{count}.minibrowser"), &own.took, &mini.took, 0.80, "ms");
            figures.ratio(&format!("open{count}.chromium"), &own.took, &chromium.took, 0.65, "ms");
        }
        if count == 10 {
            figures.ratio("memory10.chromium", &own.held, &chromium.held, 0.75, "MiB");
            let memory = beside_it.map(|(name, starts)| format!("{name} {}", starts.memory));
            figures.note(&format!("memory of {group}, in one round"), Ok(memory.join("; ")));
            let (ours, theirs) = (&own.loaded, &chromium.loaded);
            let told = || {
                let ratio = ours.median()? / theirs.median()?;
                Ok(format!("{} to {}, {ratio:.3}", ours.told("MiB")?, theirs.told("MiB")?))
            };
            figures.note(&format!("memory of {group} when the last page was painted"), told());
            figures.draw("memory", "MiB", &group, &beside_it.map(|(name, starts)| (name, &starts.held)));
            beside.memory = chromium.held;
        }
    }
    Ok(beside)
}

fn mashdesk(bench: &mut Bench, mashups: &[String], rest: Duration) -> Result<Cold> {
    let computer = Computer::for_website(&bench.lab.website)?;
    let mut arguments = vec!["open"];
    arguments.extend(mashups.iter().map(String::as_str));
    bench.settle()?;
    let began = now();
    let app = computer.start(&arguments)?;
    let painted = bench.painted(mashups)?;
    let computed = processes::computed(app.pid())?;
    let loaded = mib(processes::memory_of(app.pid())?.values().sum());
    thread::sleep(rest);
    let held = processes::memory_of(app.pid())?;
    app.quit()?;
    Ok(Cold { took: painted - began, loaded, held, computed })
}

pub(super) fn peer(bench: &mut Bench, peer: Peer, mashups: &[String], rest: Duration) -> Result<Cold> {
    bench.settle()?;
    // After it, as tickets are good for a minute.
    let entries = bench.counter.entries(mashups)?;
    let began = now();
    let browsers = Browsers::open(peer, &bench.door, &entries)?;
    let painted = bench.painted(mashups)?;
    let computed = browsers.computed()?;
    let loaded = mib(browsers.memory()?.values().sum());
    thread::sleep(rest);
    Ok(Cold { took: painted - began, loaded, held: browsers.memory()?, computed })
}

/// `WebKitWebProces 12.3 s, mashdesk 1.2 s`, the most first, without what would be rounded to
/// nothing.
pub(super) fn shares(of: &BTreeMap<String, f64>, unit: &str, places: usize) -> String {
    let least = 0.5 / 10_f64.powi(places as i32);
    let mut all: Vec<_> = of.iter().filter(|(_, amount)| **amount >= least).collect();
    all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let told: Vec<String> =
        all.iter().map(|(name, amount)| format!("{name} {amount:.places$} {unit}")).collect();
    told.join(", ")
}

pub(super) fn in_mib(held: &BTreeMap<String, u64>) -> BTreeMap<String, f64> {
    held.iter().map(|(name, bytes)| (name.clone(), mib(*bytes))).collect()
}

pub(super) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
