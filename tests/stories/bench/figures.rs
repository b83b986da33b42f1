//! What a benchmark measured: each figure a ratio of medians, beside what it must
//! reach.

use std::process::ExitCode;

use anyhow::{Context, Result};

/// The figures of one run.
pub(super) struct Figures {
    json: bool,
    pub(super) all: Vec<Figure>,
    pub(super) plots: Vec<Plot>,
    pub(super) notes: Vec<(String, String)>,
}

/// One figure, and of what it is made.
pub(super) struct Figure {
    pub(super) name: String,
    /// Nothing, where it could not be measured.
    pub(super) value: Option<f64>,
    pub(super) limit: f64,
    pub(super) detail: String,
}

impl Figure {
    pub(super) fn is_reached(&self) -> bool {
        self.value.is_some_and(|value| value <= self.limit)
    }
}

/// Measures of one kind, to be drawn side by side.
pub(super) struct Plot {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) bars: Vec<Bar>,
}

pub(super) struct Bar {
    pub(super) group: String,
    pub(super) label: String,
    pub(super) rounds: Rounds,
}

/// One measure over the rounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Rounds(Vec<f64>);

impl Rounds {
    pub(super) fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(super) fn median(&self) -> Result<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => None,
            even if even % 2 == 0 => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
            _ => Some(sorted[middle]),
        }
        .context("no round")
    }

    /// The least and the most.
    pub(super) fn spread(&self) -> (f64, f64) {
        self.0.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &value| {
            (least.min(value), most.max(value))
        })
    }

    /// The median and, in brackets, the least and the most.
    pub(super) fn told(&self, unit: &str) -> Result<String> {
        let (least, most) = self.spread();
        Ok(format!("{:.0} {unit} [{least:.0}–{most:.0}]", self.median()?))
    }
}

impl Figures {
    pub(super) fn new(json: bool) -> Self {
        Self { json, all: Vec::new(), plots: Vec::new(), notes: Vec::new() }
    }

    /// Tells a figure, and of what it is made.
    pub(super) fn tell(&mut self, name: &str, value: Result<f64>, limit: f64, detail: &str) {
        let (value, detail) = match value {
            Ok(value) => (Some((value * 1000.0).round() / 1000.0), detail.to_owned()),
            Err(error) => (None, format!("{error:#}")),
        };
        let figure = Figure { name: name.to_owned(), value, limit, detail };
        let ok = figure.is_reached();
        if self.json {
            let line = serde_json::json!({
                "check": name, "value": value, "limit": limit, "ok": ok, "detail": figure.detail,
            });
            println!("{line}");
        } else {
            let value = value.map_or("—".to_owned(), |value| format!("{value:.3}"));
            let mark = if ok { "ok    " } else { "NOT OK" };
            println!("{mark} {name}: {value} (at most {limit}); {}", figure.detail);
        }
        self.all.push(figure);
    }

    /// Tells what one measure is to another.
    pub(super) fn ratio(&mut self, name: &str, ours: &Rounds, theirs: &Rounds, limit: f64, unit: &str) {
        let told = || Ok(format!("{} to {}", ours.told(unit)?, theirs.told(unit)?));
        let detail = told().unwrap_or_else(|error: anyhow::Error| error.to_string());
        let value = ours.median().and_then(|ours| Ok(ours / theirs.median()?));
        self.tell(name, value, limit, &detail);
    }

    /// Draws measures beside each other, below those that are there under that name.
    pub(super) fn draw(
        &mut self,
        plot: &'static str,
        unit: &'static str,
        group: &str,
        bars: &[(&str, &Rounds)],
    ) {
        let bars = bars.iter().map(|(label, rounds)| Bar {
            group: group.to_owned(),
            label: (*label).to_owned(),
            rounds: (*rounds).clone(),
        });
        match self.plots.iter_mut().find(|known| known.name == plot) {
            Some(known) => known.bars.extend(bars),
            None => self.plots.push(Plot { name: plot, unit, bars: bars.collect() }),
        }
    }

    /// Notes what is no figure and worth knowing.
    pub(super) fn note(&mut self, what: &str, told: Result<String>) {
        let told = told.unwrap_or_else(|error| format!("not measured: {error:#}"));
        if !self.json {
            println!("       {what}: {told}");
        }
        self.notes.push((what.to_owned(), told));
    }

    pub(super) fn end(&self) -> ExitCode {
        let reached = self.all.iter().filter(|figure| figure.is_reached()).count();
        let missed = self.all.len() - reached;
        let sum = format!("{reached} reached, {missed} missed");
        let ok = missed == 0 && reached > 0;
        if self.json {
            println!("{}", serde_json::json!({"sum": sum, "ok": ok}));
        } else {
            println!("\n{sum}");
        }
        if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
