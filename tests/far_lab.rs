//! A lab in a process of its own, so that what it remembers of its day does not
//! count as the app's.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use tokio::runtime::Runtime;
use url::Url;

const PERSON: &str = "ana";

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
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--story", "lab"])
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
pub(crate) fn serve() -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { cool_down: 0, ..Options::default() }))?;
    println!("{}\n{}", lab.website.url(), lab.website.app_token(PERSON).context("a token")?);
    for question in std::io::stdin().lines() {
        question?;
        println!("{}", lab.qlik.sessions().len());
    }
    Ok(ExitCode::SUCCESS)
}
