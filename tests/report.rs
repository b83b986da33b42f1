//! What a story checked, told line by line.

use std::process::ExitCode;

use anyhow::Result;

/// The checks of one story.
pub(crate) struct Report {
    json: bool,
    /// Makes those checks alone whose names begin with this.
    only: Option<String>,
    passed: usize,
    failed: usize,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, only: None, passed: 0, failed: 0 }
    }

    /// Makes some checks and no others.
    pub(crate) fn only(mut self, only: Option<String>) -> Self {
        self.only = only;
        self
    }

    /// Makes a check and tells how it went: the detail is what was seen, or
    /// why it is not right.
    pub(crate) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<String>) {
        if self.only.as_ref().is_some_and(|only| !name.starts_with(only)) {
            return;
        }
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
