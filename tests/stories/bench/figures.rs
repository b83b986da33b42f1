//! What a benchmark measured: each figure a ratio of medians, beside what it must
//! reach.

use std::process::ExitCode;

use anyhow::{Context, Result};

/// The figures of one run.
pub(super) struct Figures {
    json: bool,
    reached: usize,
    missed: usize,
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

    /// The median and, in brackets, the least and the most.
    pub(super) fn told(&self, unit: &str) -> Result<String> {
        let (least, most) =
            self.0.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &value| {
                (least.min(value), most.max(value))
            });
        Ok(format!("{:.0} {unit} [{least:.0}–{most:.0}]", self.median()?))
    }
}

impl Figures {
    pub(super) fn new(json: bool) -> Self {
        Self { json, reached: 0, missed: 0 }
    }

    /// Tells a figure, and of what it is made.
    pub(super) fn tell(&mut self, name: &str, value: Result<f64>, limit: f64, detail: &str) {
        let (value, detail) = match value {
            Ok(value) => (Some((value * 1000.0).round() / 1000.0), detail.to_owned()),
            Err(error) => (None, format!("{error:#}")),
        };
        let ok = value.is_some_and(|value| value <= limit);
        if ok {
            self.reached += 1;
        } else {
            self.missed += 1;
        }
        if self.json {
            let line = serde_json::json!({"check": name, "value": value, "limit": limit, "ok": ok, "detail": detail});
            println!("{line}");
        } else {
            let value = value.map_or("—".to_owned(), |value| format!("{value:.3}"));
            println!("{} {name}: {value} (at most {limit}); {detail}", if ok { "ok    " } else { "NOT OK" });
        }
    }

    /// Tells what one measure is to another.
    pub(super) fn ratio(&mut self, name: &str, ours: &Rounds, theirs: &Rounds, limit: f64, unit: &str) {
        let told = || Ok(format!("{} to {}", ours.told(unit)?, theirs.told(unit)?));
        let detail = told().unwrap_or_else(|error: anyhow::Error| error.to_string());
        let value = ours.median().and_then(|ours| Ok(ours / theirs.median()?));
        self.tell(name, value, limit, &detail);
    }

    pub(super) fn end(self) -> ExitCode {
        let sum = format!("{} reached, {} missed", self.reached, self.missed);
        let ok = self.missed == 0 && self.reached > 0;
        if self.json {
            println!("{}", serde_json::json!({"sum": sum, "ok": ok}));
        } else {
            println!("\n{sum}");
        }
        if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
