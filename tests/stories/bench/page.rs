//! docs/performance.md and its plots, made of what one run has measured.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::figures::Figures;
use super::plot;

const HEAD: &str = "# Performance

Made by `cargo xtask bench`, which writes this page and its plots; do not edit it.

";

const HOW_TO_READ: &str = "
## How to read them

All was measured in one run, side by side, on one machine that nothing else used, and that
was quiet again before each measure; each comes after each in turn, as the memory that ten
closed browsers give back costs whoever comes next. Each figure is a ratio of medians; the
brackets and the thin lines go from the least to the most of all rounds. Compare ratios, not
milliseconds: those are of this machine.

- The page is the same for all: 4.5 MB of scripts (stardust, sn-bar-chart, sn-line-chart,
  sn-table, enigma.js), a bar chart and an image that only the app's own identity may
  read. It tells the time when all of that was painted. Mashdesk is asked for the mashups as
  it starts, so its launcher's page comes after them, minimised. A run in which a page did not
  paint, or showed another app, or a browser did not open all its windows, measures
  nothing and fails.
- *Mashdesk* is the release build. What it is timed for begins with the start of its
  process or with the click, and holds the ticket and its redemption. *Chromium* is
  Debian's, a fresh profile and an `--app` window for each mashup; *MiniBrowser* is
  WebKitGTK's own, `--private`. They have their tickets before the clock starts.
- Where there is no graphics card, Mashdesk has pages drawn without OpenGL (decision 19)
  and MiniBrowser, as it comes, does not: what it takes when it is told to is told above.
- A round has three clicks of each kind, as a click varies by a fifth from one to the next, and
  two starts of five windows, which vary as much.
- A click is on a mashup that the app has not opened before, as Chromium's profile is a
  fresh one. What was opened before is told beside it. Such a mashup has its window built
  when the search has found it; the half second until the click, in which the machine has
  to be quiet, is enough for that. Whoever clicks sooner waits for the rest.
- The memory of ten windows is taken when they have been there for fifteen seconds, and
  with eight of them asleep a minute later: after a page was painted, each engine gives
  back what only its loading needed, Chromium for five seconds and WebKit for forty. The
  window built ahead and the launcher's page are there by then and count. What was held
  when the last page was painted, without those two, is told above.
- *The limit* is a webview that is there already, with its cookie, and has nothing else
  to do: no shell around the same engine could be faster.
- *The shell's own share* is what is left of a click without the limit and without the
  network's part, a ticket and its redemption.
- Memory is the proportional share (PSS) of the whole tree of processes.
- The *link* of the second opens is a forwarder of the benchmark's own: 40 ms there and
  back, 20 Mbit/s. The scripts are asked for again each time and answered by `304`, as the
  lab's website wants it.
";

/// Writes both into a folder.
pub(super) fn write(figures: &Figures, rounds: usize, folder: &Path) -> Result<()> {
    let mut page = format!("{HEAD}Median of {rounds} rounds. {}\n\n", machine()?);
    page.push_str("| figure | measured | at most | | of what |\n| --- | --- | --- | --- | --- |\n");
    for figure in &figures.all {
        let value = figure.value.map_or("—".to_owned(), |value| format!("{value:.3}"));
        let mark = if figure.is_reached() { "reached" } else { "**missed**" };
        writeln!(page, "| `{}` | {value} | {} | {mark} | {} |", figure.name, figure.limit, figure.detail)?;
    }
    if !figures.notes.is_empty() {
        page.push_str("\nAlso measured:\n\n");
        for (what, told) in &figures.notes {
            writeln!(page, "- {what}: {told}")?;
        }
    }
    let drawings = folder.join("performance");
    fs::create_dir_all(&drawings)?;
    page.push('\n');
    for plot in &figures.plots {
        fs::write(drawings.join(format!("{}.svg", plot.name)), plot::svg(plot)?)?;
        writeln!(page, "![{0}, in {1}](performance/{0}.svg)\n", plot.name, plot.unit)?;
    }
    page.push_str(HOW_TO_READ.trim_start());
    fs::write(folder.join("performance.md"), page).context("docs/performance.md")
}

/// The machine, in one sentence.
fn machine() -> Result<String> {
    let field = |file: &str, name: &str| -> Result<String> {
        let text = fs::read_to_string(file)?;
        let line = text.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
        let (_, value) = line.split_once([':', '=']).context("a line without a value")?;
        Ok(value.trim().trim_matches('"').to_owned())
    };
    let memory = field("/proc/meminfo", "MemTotal")?;
    let memory: f64 = memory.trim_end_matches("kB").trim().parse()?;
    let said = |program: &str, arguments: &[&str]| {
        let said = Command::new(program).args(arguments).output().map(|said| said.stdout).unwrap_or_default();
        String::from_utf8_lossy(&said).trim().to_owned()
    };
    let webkit = tauri::webview_version().unwrap_or_default();
    Ok(format!(
        "{} cores of {}, {:.0} GiB, {}, Linux {}, WebKitGTK {webkit}, {}, under Xvfb; {}.",
        std::thread::available_parallelism()?,
        field("/proc/cpuinfo", "model name").unwrap_or_else(|_| "an unnamed processor".to_owned()),
        memory / f64::from(1 << 20),
        field("/etc/os-release", "PRETTY_NAME")?,
        said("uname", &["-r"]),
        said("chromium", &["--version"]),
        said("date", &["-u", "+%F"]),
    ))
}
