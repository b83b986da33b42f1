//! A lab in a process of its own, so that what it remembers of its day, and what
//! it computes, does not count as the app's.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use mashdesk_lab::Lab;
use mashdesk_lab::journal::Entry;
use mashdesk_lab::options::Options;
use tokio::runtime::Runtime;
use url::Url;

const PERSON: &str = "ana";
/// Longest wait for pages to paint.
const PATIENCE: Duration = Duration::from_secs(120);
/// How the path ends by which the benchmark's page tells what it painted.
const PAINTED: &str = "/painted?";

/// What a page of the benchmark has painted.
#[derive(Clone, Debug)]
pub(crate) struct Painted {
    /// Which mashup's.
    pub(crate) mashup: String,
    /// When, in milliseconds since the epoch.
    pub(crate) at: f64,
    /// The title of the app that the engine opened for it.
    pub(crate) title: String,
    /// How many pixels of its bar chart are painted.
    pub(crate) pixels: u64,
}

#[derive(Parser)]
struct Setting {
    #[command(flatten)]
    options: Options,
}

pub(crate) struct FarLab {
    pub(crate) website: Url,
    /// Signs a person in.
    pub(crate) token: String,
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl FarLab {
    pub(crate) fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// The same with some of the lab's options.
    pub(crate) fn start_with(options: &[&str]) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--story", "lab", "--"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the lab")?;
        let ask = process.stdin.take().context("the lab hears nothing")?;
        let mut answers = BufReader::new(process.stdout.take().context("the lab says nothing")?);
        let (website, token) = (line(&mut answers)?.parse()?, line(&mut answers)?);
        Ok(Self { website, token, process, ask, answers })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// How many sessions Qlik has.
    pub(crate) fn sessions(&mut self) -> Result<usize> {
        writeln!(self.ask, "sessions")?;
        Ok(line(&mut self.answers)?.parse()?)
    }

    /// What pages have painted since the last call; waits until so many have.
    pub(crate) fn painted(&mut self, count: usize) -> Result<Vec<Painted>> {
        writeln!(self.ask, "painted {count}")?;
        let told: Vec<String> = serde_json::from_str(&line(&mut self.answers)?)?;
        ensure!(told.len() == count, "{} of {count} pages have painted: {told:?}", told.len());
        told.iter().map(|uri| read(uri).with_context(|| uri.clone())).collect()
    }
}

/// `/mashups/m001/painted?at=…&title=…&pixels=…`
fn read(uri: &str) -> Result<Painted> {
    let url = Url::parse("http://lab").and_then(|lab| lab.join(uri))?;
    let mashup = url.path_segments().and_then(|mut path| path.nth(1)).context("no mashup")?.to_owned();
    let told: std::collections::BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let of = |name: &str| told.get(name).with_context(|| format!("no {name}"));
    Ok(Painted {
        mashup,
        at: of("at")?.parse()?,
        title: of("title")?.clone(),
        pixels: of("pixels")?.parse()?,
    })
}

fn line(answers: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

impl Drop for FarLab {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the other process does: says how to sign in where, then answers until
/// nobody asks any more.
pub(crate) fn serve(options: &[String]) -> Result<ExitCode> {
    let options = Setting::try_parse_from([&["lab".to_owned()], options].concat())?.options;
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { cool_down: 0, ..options }))?;
    println!("{}\n{}", lab.website.url(), lab.website.app_token(PERSON).context("a token")?);
    let mut told = 0;
    for question in std::io::stdin().lines() {
        let question = question?;
        match question.strip_prefix("painted ") {
            Some(count) => {
                let painted = runtime.block_on(painted(&lab, told, count.parse()?));
                told += painted.len();
                println!("{}", serde_json::to_string(&painted)?);
            }
            None => println!("{}", lab.qlik.sessions().len()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The requests by which pages have told what they painted, but for the first
/// ones.
async fn painted(lab: &Lab, told: usize, count: usize) -> Vec<String> {
    let tells = |entry: &Entry| entry.uri.contains(PAINTED);
    // Those that are there are told all the same.
    let _ = tokio::time::timeout(PATIENCE, lab.journal.wait_for_many(told + count, tells)).await;
    lab.journal.entries().into_iter().filter(tells).skip(told).map(|entry| entry.uri).collect()
}
