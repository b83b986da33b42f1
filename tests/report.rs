//! What a story checked, told line by line.

use std::process::ExitCode;

use anyhow::Result;

/// The checks of one story.
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
            println!("{}", serde_json::json!({"check": name, "ok": ok, "detail": detail}));
        } else {
            println!("{} {name}: {detail}", if ok { "ok    " } else { "NOT OK" });
        }
    }

    /// Tells the sum.
    pub(crate) fn end(self) -> ExitCode {
        self.end_with(|passed, failed| format!("{passed} passed, {failed} failed"))
    }

    /// Tells the sum in other words.
    pub(crate) fn end_with(self, sum: impl FnOnce(usize, usize) -> String) -> ExitCode {
        let sum = sum(self.passed, self.failed);
        let ok = self.failed == 0 && self.passed > 0;
        if self.json {
            println!("{}", serde_json::json!({"sum": sum, "ok": ok}));
        } else {
            println!("\n{sum}");
        }
        if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
