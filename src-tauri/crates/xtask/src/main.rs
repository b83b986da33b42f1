//! `cargo xtask …`: everything that a contributor types.

mod audit;
mod bench;
mod bill_of_materials;
mod check;
mod command;
mod demo;
mod display;
mod dist;
mod faults;
mod front_end;
mod fuzz;
mod installers;
mod lab;
mod soak;
mod story;
mod system;
mod test;
#[cfg(test)]
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a contributor types.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets up, builds, and opens the app on a simulated Qlik Sense and a reference website
    Demo(demo::Arguments),
    /// Sets up and runs everything: format, lints, unit, UI and end-to-end tests
    Test,
    /// Plays everything that can go wrong, and says what the analyst read
    Faults(faults::Arguments),
    /// Opens, uses and closes windows again and again, and looks for leaks
    Soak(soak::Arguments),
    /// Measures Mashdesk beside what people use instead
    Bench(bench::Arguments),
    /// Judges what the app is made of, and writes the bill of materials
    Audit(audit::Arguments),
    /// Feeds what libFuzzer makes up to everything that comes from outside
    Fuzz(fuzz::Arguments),
    /// Checks that the app's code for Windows or macOS compiles, on a Debian
    Check(check::Arguments),
    /// Serves the simulated Qlik Sense and the reference website until stopped
    Lab(lab::Arguments),
    /// Makes what people install, in target/dist
    Dist(dist::Arguments),
    /// Installs, uses, upgrades and removes what `dist` makes, on a Debian
    Installers(installers::Arguments),
    /// Writes what is made of the Rust types: the launcher's TypeScript, man pages, policy templates
    Bindings,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo(arguments) => demo::start(&arguments),
        Task::Test => test::all(),
        Task::Faults(arguments) => faults::play(&arguments),
        Task::Soak(arguments) => soak::play(&arguments),
        Task::Bench(arguments) => bench::measure(&arguments),
        Task::Audit(arguments) => audit::audit(&arguments),
        Task::Fuzz(arguments) => fuzz::play(&arguments),
        Task::Check(arguments) => check::types(&arguments),
        Task::Lab(arguments) => lab::serve(&arguments),
        Task::Dist(arguments) => dist::make(&arguments),
        Task::Installers(arguments) => installers::check(&arguments),
        Task::Bindings => test::write_bindings(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
