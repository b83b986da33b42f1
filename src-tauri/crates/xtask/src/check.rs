//! `cargo xtask check`: whether the app's code for Windows or macOS compiles,
//! seen from a Debian. Types only: nothing is linked and nothing runs.
//!
//! Debian's Rust has the source of the standard library in a package, so that
//! it can be compiled for a system that no Rust is installed for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::command::{a_cargo, program, run, say, top};
use crate::{front_end, system};

/// Debian's Rust, not the one that rustup may have put before it.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
pub(crate) const RUST_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// Clang with the C headers of macOS; on PyPI.
const ZIG: &str = "ziglang==0.17.1";
/// Takes the target as Rust's crates give it, which zig calls otherwise. The
/// headers that Objective-C needs are Apple's alone; nothing is linked, so an
/// empty object stands for it.
const ZIG_AS_CC: &str = r#"#!/bin/sh
left=$#
while [ "$left" -gt 0 ]; do
    case $1 in
    -arch) shift; left=$((left - 1)) ;;
    --target=*) ;;
    *.m) set -- "$@" -x c /dev/null ;;
    *) set -- "$@" "$1" ;;
    esac
    shift
    left=$((left - 1))
done
exec "${0%/*}/bin/python" -m ziglang cc -target aarch64-macos "$@"
"#;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which system's code
    #[arg(long)]
    target: Target,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Target {
    Windows,
    Macos,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Macos => "macOS",
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::Macos => "aarch64-apple-darwin",
        }
    }

    /// What its C compiler needs: a few crates have sources in C.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Windows => &["gcc-mingw-w64-x86-64"],
            Self::Macos => &["python3-venv"],
        }
    }
}

pub(crate) fn types(arguments: &Arguments) -> Result<ExitCode> {
    let target = arguments.target;
    ensure!(cfg!(target_os = "linux"), "only a Debian can check for another system");
    say(&format!("Checks the types of the app's code for {}", target.name()));
    system::node()?;
    system::packages(&[RUST_PACKAGES, target.packages()].concat())?;
    front_end::build(front_end::LAUNCHER)?;
    let mut check = check(target);
    if let Target::Macos = target {
        check.env("CC_aarch64_apple_darwin", zig()?);
    }
    run(&mut check)?;
    say(&format!("The code for {} compiles, without a warning", target.name()));
    Ok(ExitCode::SUCCESS)
}

fn check(target: Target) -> Command {
    let mut check = debian("check", target.triple(), "target/check");
    // Of our own code only; what the libraries say is theirs.
    check.args(["--lib", "-Zwarnings", "--config", "build.warnings='deny'"]);
    check
}

/// Debian's cargo, about to compile the app for another system.
pub(crate) fn debian(task: &str, triple: &str, folder: &str) -> Command {
    let mut cargo = a_cargo(CARGO, &[task, "--package", "mashdesk", "--bins", "--locked"]);
    cargo
        .args(["--target", triple, "-Zbuild-std=std,panic_abort"])
        // Another compiler's output does not belong among ours.
        .arg("--target-dir")
        .arg(top().join(folder))
        .env("RUSTC", RUSTC)
        // Compiling the standard library is no stable feature yet.
        .env("RUSTC_BOOTSTRAP", "1");
    cargo
}

/// A C compiler for macOS, installed unless it is there.
fn zig() -> Result<PathBuf> {
    let folder = top().join("target/zig");
    let compiler = folder.join("cc");
    let stamp = folder.join("installed");
    if !fs::read_to_string(&stamp).is_ok_and(|installed| installed == ZIG) {
        run(program("python3", &["-m", "venv", "--clear"]).arg(&folder))?;
        let python = folder.join("bin/python").display().to_string();
        run(&mut program(&python, &["-m", "pip", "install", "--quiet", ZIG]))?;
        write(&stamp, ZIG)?;
    }
    write(&compiler, ZIG_AS_CC)?;
    run(program("chmod", &["+x"]).arg(&compiler))?;
    Ok(compiler)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| file.display().to_string())
}
