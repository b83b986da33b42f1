//! `cargo xtask audit`: what the app is made of, and whether all of it may be in
//! there. The rules are in .cargo/deny.toml, the reasons in docs/dependencies.md.

#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::command::{cargo, program, say, shown, top};
use crate::{bill_of_materials, front_end, system, tools};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Asks the databases of known vulnerabilities too; they are on the network
    #[arg(long)]
    advisories: bool,
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
}

pub(crate) fn audit(arguments: &Arguments) -> Result<ExitCode> {
    system::node()?;
    let deny = tools::cargo_deny()?.display().to_string();
    let deny = |what: &str| {
        program(&deny, &["--locked", "--config", ".cargo/deny.toml", "check", "--hide-inclusion-graph", what])
    };
    let mut report = Report { json: arguments.json, failed: 0, passed: 0 };
    for what in ["licenses", "bans", "sources"] {
        report.check(&format!("crates.{what}"), || said(&mut deny(what)));
    }
    report.check("crates.lock", || {
        said(cargo(&["metadata", "--locked", "--format-version", "1"]).stdout(std::process::Stdio::null()))?;
        Ok("Cargo.lock is what the manifests ask for".to_owned())
    });
    for project in [front_end::LAUNCHER, front_end::LAB_PAGES, front_end::LAB_CLIENTS] {
        report.check(&format!("npm.lock {project}"), || {
            said(&mut npm(project, &["ci", "--dry-run", "--ignore-scripts", "--no-audit"]))?;
            Ok("package-lock.json is what package.json asks for".to_owned())
        });
    }
    if arguments.advisories {
        report.check("crates.advisories", || said(&mut deny("advisories")));
        report.check("npm.advisories", || said(&mut npm(front_end::LAUNCHER, &["audit", "--omit", "dev"])));
    } else {
        say("Advisories are not looked at: their databases are on the network; --advisories asks them");
    }
    report.check("bill_of_materials", || {
        let bills = bill_of_materials::write(&top().join("target/bill-of-materials"))?;
        let told = bills.map(|bill| {
            let file = bill.file.strip_prefix(top()).unwrap_or(&bill.file).display().to_string();
            format!("{file}: {} components", bill.components)
        });
        Ok(told.join(", "))
    });
    Ok(report.end())
}

fn npm(project: &str, arguments: &[&str]) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(top().join(project));
    command
}

/// Runs a program that must succeed; answers its last line.
fn said(command: &mut Command) -> Result<String> {
    say(&shown(command));
    let output = command.output().with_context(|| shown(command))?;
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{}", text.trim());
    }
    Ok(text.trim().lines().last().unwrap_or_default().to_owned())
}

struct Report {
    json: bool,
    passed: usize,
    failed: usize,
}

impl Report {
    fn check(&mut self, name: &str, check: impl FnOnce() -> Result<String>) {
        let (ok, detail) = match check() {
            Ok(detail) => (true, detail),
            Err(error) => (false, format!("{error:#}")),
        };
        *(if ok { &mut self.passed } else { &mut self.failed }) += 1;
        if self.json {
            println!("{}", json!({"check": name, "ok": ok, "detail": detail}));
        } else {
            println!("{} {name}: {detail}", if ok { "ok    " } else { "NOT OK" });
        }
    }

    fn end(self) -> ExitCode {
        let (sum, ok) = (format!("{} passed, {} failed", self.passed, self.failed), self.failed == 0);
        if self.json {
            println!("{}", json!({"sum": sum, "ok": ok}));
        } else {
            println!("\n{sum}");
        }
        if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
