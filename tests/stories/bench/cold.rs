//! From a cold start: so many mashups at once, until the last one is painted, and
//! the memory that they take then.

use std::collections::BTreeMap;

use anyhow::Result;

use super::figures::{Figures, Rounds};
use super::peers::{Browsers, Peer};
use super::{Bench, now};
use crate::child::Computer;
use crate::processes;

/// What Chromium needed for ten windows.
#[derive(Default)]
pub(super) struct Beside {
    /// In MiB.
    pub(super) memory: Rounds,
}

/// One cold start.
struct Cold {
    /// Milliseconds.
    took: f64,
    /// MiB.
    held: f64,
    /// Seconds that processes have computed, by their names.
    computed: BTreeMap<String, f64>,
}

pub(super) fn measure(bench: &mut Bench, figures: &mut Figures) -> Result<Beside> {
    let mut beside = Beside::default();
    for count in [1, 5, 10] {
        let (mut own, mut mini, mut chromium) = (Rounds::default(), Rounds::default(), Rounds::default());
        let (mut own_memory, mut mini_memory, mut memory) =
            (Rounds::default(), Rounds::default(), Rounds::default());
        let mashups = bench.mashups(0, count);
        let (mut profile, mut mini_profile) = (String::new(), String::new());
        let mut plain = Rounds::default();
        for _ in 0..bench.rounds {
            let cold = mashdesk(bench, &mashups)?;
            own.add(cold.took);
            own_memory.add(cold.held);
            profile = shares(&cold.computed);
            let cold = peer(bench, Peer::MiniBrowser, &mashups)?;
            mini.add(cold.took);
            mini_memory.add(cold.held);
            mini_profile = shares(&cold.computed);
            plain.add(peer(bench, Peer::MiniBrowserWithoutOpenGl, &mashups)?.took);
            let cold = peer(bench, Peer::Chromium, &mashups)?;
            chromium.add(cold.took);
            memory.add(cold.held);
        }
        let what = format!("processor time of {count} from a cold start, in one round");
        figures.note(&what, Ok(format!("Mashdesk {profile}; MiniBrowser {mini_profile}")));
        let ratio = || Ok(format!("{:.3} of {}", own.median()? / plain.median()?, plain.told("ms")?));
        figures.note(&format!("{count} from a cold start, to a MiniBrowser without OpenGL"), ratio());
        let group = if count == 1 { "1 window".to_owned() } else { format!("{count} windows") };
        let beside_it = [("Mashdesk", &own), ("MiniBrowser", &mini), ("Chromium", &chromium)];
        figures.draw("opening", "ms", &group, &beside_it);
        // One window says nothing about side by side.
        if count > 1 {
            figures.ratio(&format!("open{count}.minibrowser"), &own, &mini, 0.80, "ms");
            figures.ratio(&format!("open{count}.chromium"), &own, &chromium, 0.65, "ms");
        }
        if count == 10 {
            figures.ratio("memory10.chromium", &own_memory, &memory, 0.75, "MiB");
            let both = [("Mashdesk", &own_memory), ("MiniBrowser", &mini_memory), ("Chromium", &memory)];
            figures.draw("memory", "MiB", "10 windows", &both);
            beside.memory = memory;
        }
    }
    Ok(beside)
}

fn mashdesk(bench: &mut Bench, mashups: &[String]) -> Result<Cold> {
    let computer = Computer::for_website(&bench.lab.website)?;
    let mut arguments = vec!["open"];
    arguments.extend(mashups.iter().map(String::as_str));
    let began = now();
    let app = computer.start(&arguments)?;
    let painted = bench.painted(mashups)?;
    let (held, computed) = (processes::memory_of(app.pid())?, processes::computed(app.pid())?);
    app.quit()?;
    Ok(Cold { took: painted - began, held: mib(held), computed })
}

fn peer(bench: &mut Bench, peer: Peer, mashups: &[String]) -> Result<Cold> {
    let entries = bench.counter.entries(mashups)?;
    let began = now();
    let browsers = Browsers::open(peer, &bench.door, &entries)?;
    let painted = bench.painted(mashups)?;
    Ok(Cold { took: painted - began, held: mib(browsers.memory()?), computed: browsers.computed()? })
}

/// `WebKitWebProces 12.3 s, mashdesk 1.2 s`, the most first.
fn shares(computed: &BTreeMap<String, f64>) -> String {
    let mut all: Vec<_> = computed.iter().collect();
    all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let told: Vec<String> = all.iter().map(|(name, seconds)| format!("{name} {seconds:.1} s")).collect();
    told.join(", ")
}

pub(super) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
