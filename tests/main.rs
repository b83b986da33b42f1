//! End-to-end tests: the real app in real windows, one module a story.
//!
//! One process plays one story, since a process has one main loop: called with
//! `--story` it plays that one and prints its checks; without, as `cargo test`
//! does, it plays each in a process of its own and judges them. It needs a
//! display and a window manager; `cargo xtask test` and
//! `cargo xtask demo --headless` bring them.

#![expect(clippy::print_stdout, reason = "a test binary reports on standard output")]

mod child;
mod desktop;
mod driven;
mod far_lab;
mod hand;
mod kept_pages;
mod log;
mod notifications;
mod processes;
mod report;
mod shared_store;
mod stories;
mod unguarded;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use serde_json::Value;
use url::Url;

use report::Report;

#[derive(Parser)]
struct Arguments {
    /// Plays one story in this process
    #[arg(long)]
    story: Option<Story>,
    /// Of a long table, those whose names begin with this
    #[arg(long)]
    only: Option<String>,
    /// How often the soak opens, uses and closes a window
    #[arg(long, default_value_t = 200)]
    cycles: u32,
    #[command(flatten)]
    bench: stories::bench::Wishes,
    /// All windows in one cookie store, as in a browser's tabs
    #[arg(long)]
    shared_store: bool,
    /// Pages that nothing holds back, in one store: what the adversary could do
    #[arg(long)]
    unprotected: bool,
    /// Where the launcher is signed in whose first frame counts; otherwise a bare window's does
    #[arg(long, hide = true)]
    website: Option<Url>,
    /// One JSON object a check on standard output
    #[arg(long)]
    json: bool,
    /// The options of the lab alone
    #[arg(last = true, hide = true)]
    lab: Vec<String>,
    /// Where screenshots go
    #[arg(long, default_value = "target/stories")]
    screenshots: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Story {
    /// Two mashups, two sessions
    Main,
    /// Bad input: each has its own words, and nothing else is lost
    BadInput,
    /// Qlik's own charts draw, select and export
    Charts,
    /// A session ends, comes back, is given back
    Session,
    /// The keys of a mashup's window, and none that its page uses
    Keys,
    /// The fault table: each fault has its words, or passes by itself
    Faults,
    /// Signing in and out, links, a second start, the switcher
    Signin,
    /// Policy, the doctor, the support bundle, proxies, conformance
    It,
    /// A window redeems its ticket itself; a part of the charts' story
    #[value(hide = true)]
    Redemption,
    /// A hostile mashup tries everything, and gets nothing
    Adversary,
    /// Planted secrets are looked for wherever others could
    Secrets,
    /// Windows are seen to be kept apart, or no mashup opens
    SelfTest,
    /// Windows are opened, used and closed again and again
    Soak,
    /// Mashdesk beside what people use instead; in a release build
    Bench,
    /// A window until it can be used, for the benchmark
    #[value(hide = true)]
    FirstFrame,
    /// The lab alone, for the soak and the benchmark
    #[value(hide = true)]
    Lab,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match arguments.story {
        Some(story) => play(story, &arguments),
        None => judge_all(),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

/// Plays one story: the app has the main thread, the story another.
fn play(story: Story, arguments: &Arguments) -> Result<ExitCode> {
    // As the app's own `main` does; a bare window is without.
    if !(matches!(story, Story::FirstFrame) && arguments.website.is_none()) {
        mashdesk::environment::settle();
    }
    let stores: Arc<dyn mashdesk::store::Stores> = if arguments.shared_store {
        Arc::new(shared_store::SharedStore)
    } else {
        Arc::new(mashdesk::store::Isolated::new())
    };
    std::fs::create_dir_all(&arguments.screenshots).context("the screenshots' folder")?;
    let report = Report::new(arguments.json);
    match story {
        Story::Main => stories::main_job::play(report, stores, &arguments.screenshots),
        Story::Charts => stories::charts::play(report, stores, &arguments.screenshots),
        Story::Redemption => stories::charts::redemption::play(report, stores, &arguments.screenshots),
        Story::Session => stories::session::play(report, stores, &arguments.screenshots),
        Story::Keys => stories::window_keys::play(report, stores, &arguments.screenshots),
        Story::Faults => {
            stories::faults::play(report, stores, &arguments.screenshots, arguments.only.clone())
        }
        Story::Signin => stories::signin::play(report, &arguments.screenshots),
        Story::FirstFrame => stories::bench::launcher::first_frame(arguments.website.as_ref()),
        Story::Lab => far_lab::serve(&arguments.lab),
        Story::It => stories::it::play(report.only(arguments.only.clone()), stores, &arguments.screenshots),
        Story::Adversary => stories::adversary::play(
            report.only(arguments.only.clone()),
            &arguments.screenshots,
            arguments.unprotected,
        ),
        Story::Secrets => stories::signin::play_secrets(report, &arguments.screenshots),
        Story::SelfTest => stories::self_test::play(report, &arguments.screenshots),
        Story::Soak => stories::soak::play(report, stores, &arguments.screenshots, arguments.cycles),
        Story::Bench => {
            stories::bench::play(arguments.json, stores, &arguments.screenshots, arguments.bench.clone())
        }
        Story::BadInput => stories::bad_input::play(report, stores, &arguments.screenshots),
    }
}

fn judge_all() -> Result<ExitCode> {
    let judged = [
        ("main: two mashups, two sessions", judge_passes("main")),
        ("a session ends, comes back, is given back", judge_passes("session")),
        ("Qlik's own charts draw, select and export", judge_passes("charts")),
        ("bad input has its own words", judge_passes("bad-input")),
        ("three ways to sign in, and what is asked from outside", judge_passes("signin")),
        ("keys do what the page leaves to them", judge_passes("keys")),
        ("each fault has its words, or passes by itself", judge_passes("faults")),
        ("what is secret stays where it belongs", judge_passes("secrets")),
        ("IT settles it, and finds the wire that is cut", judge_passes("it")),
        ("windows are seen to be kept apart, or no mashup opens", judge_passes("self-test")),
        ("one shared store fails as the company saw it", judge_shared_store()),
        ("a hostile mashup gets nothing", judge_adversary()),
        ("what holds it back is what it takes", judge_unprotected()),
    ];
    judge(&judged)
}

fn judge(judged: &[(&str, Result<()>)]) -> Result<ExitCode> {
    let mut failed = 0;
    for (name, result) in judged {
        match result {
            Ok(()) => println!("test {name} ... ok"),
            Err(error) => {
                failed += 1;
                println!("test {name} ... FAILED\n{error:#}");
            }
        }
    }
    println!("\n{} passed, {failed} failed", judged.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn judge_passes(story: &str) -> Result<()> {
    let (checks, code) = played(&["--story", story])?;
    let failed: Vec<String> =
        checks.iter().filter(|check| check["ok"] != true).map(Value::to_string).collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    ensure!(code == Some(0) && !checks.is_empty(), "{} checks, exit code {code:?}", checks.len());
    Ok(())
}

/// The lab must bite: in one store the later session takes over the earlier
/// window's requests, and its websocket alone lives on.
fn judge_shared_store() -> Result<()> {
    let (checks, code) = played(&["--story", "main", "--shared-store"])?;
    let check = |name: &str| -> Result<&Value> {
        checks.iter().find(|check| check["check"] == name).with_context(|| format!("no check {name}"))
    };
    for fine in ["a1.opens", "a2.opens", "a1.selects", "a2.selects", "a2.image", "a2.export.window_open"] {
        ensure!(check(fine)?["ok"] == true, "{}", check(fine)?);
    }
    for broken in ["a1.image", "a1.export.window_open", "a1.export.link", "a1.export.location"] {
        let check = check(broken)?;
        let refused = check["detail"].as_str().is_some_and(|detail| detail.contains("403"));
        ensure!(check["ok"] == false && refused, "{check}");
    }
    ensure!(check("stores.distinct")?["ok"] == false, "{}", check("stores.distinct")?);
    ensure!(code == Some(1), "exit code {code:?}");
    Ok(())
}

fn judge_adversary() -> Result<()> {
    let (checks, _) = played(&["--story", "adversary"])?;
    let through: Vec<String> =
        checks.iter().filter(|check| check["ok"] != true).map(Value::to_string).collect();
    ensure!(through.is_empty(), "{}", through.join("\n"));
    ensure!(checks.len() >= 60, "only {} attacks were made", checks.len());
    Ok(())
}

/// Each attack that can be let through gets through, so its check can fail.
fn judge_unprotected() -> Result<()> {
    let (checks, _) = played(&["--story", "adversary", "--unprotected"])?;
    let through = |name: &str| {
        checks.iter().any(|check| {
            let detail = check["detail"].as_str().unwrap_or_default();
            check["check"] == name && check["ok"] == false && detail.starts_with("got through")
        })
    };
    let names = stories::adversary::OPENED_UP.iter().flat_map(|(role, attacks)| {
        let prefix = if role.is_empty() { String::new() } else { format!("{role}.") };
        attacks.iter().map(move |attack| format!("{prefix}{attack}"))
    });
    let held: Vec<String> = names.filter(|name| !through(name)).collect();
    ensure!(held.is_empty(), "held back all the same: {}", held.join(", "));
    Ok(())
}

/// Plays a story in a process of its own: its checks, and how it ended.
fn played(arguments: &[&str]) -> Result<(Vec<Value>, Option<i32>)> {
    let played = Command::new(std::env::current_exe()?)
        .args(arguments)
        .arg("--json")
        .stderr(Stdio::inherit())
        .output()
        .context("a story could not be started")?;
    let said = String::from_utf8(played.stdout)?;
    let lines: Vec<Value> =
        said.lines().map(serde_json::from_str).collect::<Result<_, _>>().context(said.clone())?;
    let checks = lines.into_iter().filter(|line| line["check"].is_string()).collect();
    Ok((checks, played.status.code()))
}
