//! From a cold start: so many mashups at once, until the last one is painted, and
//! the memory that they take then.

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

pub(super) fn measure(bench: &mut Bench, figures: &mut Figures) -> Result<Beside> {
    let mut beside = Beside::default();
    for count in [1, 5, 10] {
        let (mut own, mut mini, mut chromium) = (Rounds::default(), Rounds::default(), Rounds::default());
        let (mut own_memory, mut mini_memory, mut memory) =
            (Rounds::default(), Rounds::default(), Rounds::default());
        let mashups = bench.mashups(0, count);
        for _ in 0..bench.rounds {
            let (took, held) = mashdesk(bench, &mashups)?;
            own.add(took);
            own_memory.add(held);
            let (took, held) = peer(bench, Peer::MiniBrowser, &mashups)?;
            mini.add(took);
            mini_memory.add(held);
            let (took, held) = peer(bench, Peer::Chromium, &mashups)?;
            chromium.add(took);
            memory.add(held);
        }
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

/// Milliseconds, MiB.
fn mashdesk(bench: &mut Bench, mashups: &[String]) -> Result<(f64, f64)> {
    let computer = Computer::for_website(&bench.lab.website)?;
    let mut arguments = vec!["open"];
    arguments.extend(mashups.iter().map(String::as_str));
    let began = now();
    let app = computer.start(&arguments)?;
    let painted = bench.painted(mashups)?;
    let held = processes::memory_of(app.pid())?;
    app.quit()?;
    Ok((painted - began, mib(held)))
}

/// Milliseconds, MiB.
fn peer(bench: &mut Bench, peer: Peer, mashups: &[String]) -> Result<(f64, f64)> {
    let entries = bench.counter.entries(mashups)?;
    let began = now();
    let browsers = Browsers::open(peer, &bench.door, &entries)?;
    let painted = bench.painted(mashups)?;
    Ok((painted - began, mib(browsers.memory()?)))
}

pub(super) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
