//! What was checked, told line by line.

use std::process::ExitCode;

use anyhow::Result;

/// The checks of one run.
pub(crate) struct Report {
    json: bool,
    passed: usize,
    failed: usize,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, passed: 0, failed: 0 }
    }

    /// Makes a check and tells how it went: the detail is what was seen, or
    /// why it is not right.
    pub(crate) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<String>) {
        let (ok, detail) = match check() {
            Ok(detail) => (true, detail),
            Err(error) => (false, format!("{error:#}")),
        };
        if ok {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        if self.json {
            say(&serde_json::json!({"check": name, "ok": ok, "detail": detail}).to_string());
        } else {
            say(&format!("{} {name}: {detail}", if ok { "ok    " } else { "NOT OK" }));
        }
    }

    /// Tells the sum.
    pub(crate) fn end(self) -> ExitCode {
        let sum = format!("{} passed, {} failed", self.passed, self.failed);
        let ok = self.failed == 0 && self.passed > 0;
        if self.json {
            say(&serde_json::json!({"sum": sum, "ok": ok}).to_string());
        } else {
            say(&format!("\n{sum}"));
        }
        if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[expect(clippy::print_stdout, reason = "a report belongs on standard output")]
fn say(line: &str) {
    println!("{line}");
}
