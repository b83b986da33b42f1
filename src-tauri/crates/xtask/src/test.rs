//! `cargo xtask test`: everything that must hold before a change lands.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::command::{cargo, run};
use crate::display::Headless;
use crate::{front_end, fuzz, lab, system};

/// The integration tests that need no display.
const INTEGRATION: &[&str] = &["--test", "core", "--test", "qlik", "--test", "website"];

pub(crate) fn all() -> Result<ExitCode> {
    system::set_up()?;
    system::packages(system::BROWSER)?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    fuzz::honour_lock()?;
    front_end::build(front_end::LAUNCHER)?;
    front_end::build(front_end::LAB_PAGES)?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    run(&mut cargo(&[&["test", "--workspace", "--locked", "--lib", "--bins"], INTEGRATION].concat()))?;
    run(&mut front_end::script(front_end::LAUNCHER, "check"))?;
    run(&mut front_end::script(front_end::LAUNCHER, "test"))?;
    clients()?;
    stories()?;
    Ok(ExitCode::SUCCESS)
}

/// Writes what is made of the Rust types: the launcher's TypeScript, the man
/// pages and completions, the policy's templates.
pub(crate) fn write_bindings() -> Result<ExitCode> {
    system::set_up()?;
    front_end::build(front_end::LAUNCHER)?;
    let mut test = cargo(&["test", "--package", "mashdesk", "--lib", "--locked", "current"]);
    run(test.env("MASHDESK_WRITE_BINDINGS", "1"))?;
    let mut test =
        cargo(&["test", "--package", "mashdesk-core", "--lib", "--locked", "policy_templates_are_current"]);
    run(test.env("MASHDESK_WRITE_POLICY", "1"))?;
    Ok(ExitCode::SUCCESS)
}

/// The lab, tried by clients that we did not write.
fn clients() -> Result<()> {
    // The lab's own tests have built its binary.
    front_end::install(front_end::LAB_CLIENTS)?;
    run(front_end::script(front_end::LAB_CLIENTS, "test").env("MASHDESK_LAB", lab::binary()))
}

/// The real app in real windows.
fn stories() -> Result<()> {
    run(&mut cargo(&["build", "--workspace", "--test", "stories", "--locked"]))?;
    let display = Headless::start()?;
    let stories =
        display.status(&cargo(&["test", "--workspace", "--quiet", "--test", "stories", "--locked"]))?;
    ensure!(stories.success(), "a story did not go well");
    Ok(())
}
