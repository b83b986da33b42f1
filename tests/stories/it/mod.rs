//! What IT does with the app: settles it, asks it which wire is cut, takes what
//! support needs from it, and reaches the network as the company does.

mod bundle;
mod conformance;
mod cuts;
mod doctor;
mod policy;
mod proxy;
mod squid;
mod updates;

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Output};
use std::sync::Arc;

use anyhow::{Context, Result};
use mashdesk::store::Stores;
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::hand;
use crate::report::Report;

const PERSON: &str = "ana";

pub(crate) fn play(mut report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    if updates::is_a_deb() {
        return updates::play(report, stores, screenshots);
    }
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(options()))?;
    let story = Story { lab, runtime, screenshots: screenshots.to_owned() };
    policy::play(&story, &mut report);
    doctor::play(&story, &mut report);
    bundle::play(&story, &mut report);
    proxy::play(&story, &mut report);
    conformance::play(&story, &mut report);
    updates::play_as_a_deb(&mut report, screenshots)?;
    Ok(report.end())
}

struct Story {
    lab: Lab,
    runtime: Runtime,
    screenshots: PathBuf,
}

/// A lab where ended sessions free their slots at once.
fn options() -> Options {
    Options { cool_down: 0, ..Options::default() }
}

impl Story {
    fn token(&self) -> Result<String> {
        self.lab.website.app_token(PERSON).context("a token")
    }

    fn picture(&self, name: &str) -> Result<()> {
        hand::picture_of_all(&self.screenshots.join(name))
    }
}

/// The lines of JSON that a command has printed.
fn lines(output: &Output) -> Result<Vec<Value>> {
    let said = String::from_utf8(output.stdout.clone())?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
    lines.with_context(|| format!("{said}\n{complaint}"))
}

fn words(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned());
    format!("{out}{err}")
}
