//! `mashdesk conformance`: the contract's checks on the command line, without a
//! window.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args;
use mashdesk_core::conformance::{Finding, Setup, Verdict, Withdraw, run};
use mashdesk_core::website::parse_address;
use mashdesk_core::{HostError, MashupId, Policy, Secret};
use serde::Serialize;
use serde_json::json;
use url::Url;

use crate::environment;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The website's root
    #[arg(value_name = "WEBSITE", value_parser = parse_address)]
    address: Url,
    /// A file with a person's token; `-` reads it from standard input
    #[arg(long, value_name = "FILE", required_unless_present = "token", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// The token itself. Other users of this computer can read it in the list
    /// of processes; prefer `--token-file`
    #[arg(long)]
    token: Option<String>,
    /// A file with another person's token, who must not end the first one's
    /// sessions
    #[arg(long, value_name = "FILE")]
    other_token_file: Option<PathBuf>,
    /// The mashup to open; by default the first of the catalog
    #[arg(long, value_name = "ID", value_parser = MashupId::parse)]
    mashup: Option<MashupId>,
    /// A mashup that the person may not open
    #[arg(long, value_name = "ID", value_parser = MashupId::parse)]
    denied_mashup: Option<MashupId>,
    /// A program that takes the permission for the opened mashup from the
    /// person; it gets the mashup's id
    #[arg(long, value_name = "PROGRAM")]
    withdraw_command: Option<PathBuf>,
    /// Do not wait up to half a minute for a sign of life of the event stream
    #[arg(long)]
    quick: bool,
    /// One JSON object a line: each check, then the sum
    #[arg(long)]
    json: bool,
}

/// What came of it all.
#[derive(Default)]
struct Sum {
    kept: usize,
    broken: usize,
    skipped: usize,
}

/// Checks the website; the process ends with 0 where nothing is broken, 1 where
/// something is, and 2 where it could not begin.
pub(crate) fn main(arguments: Arguments, policy: Policy) -> ExitCode {
    match checked(arguments, policy) {
        Ok(Sum { broken: 0, .. }) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody reads where nothing can be written.
            let _ = writeln!(io::stderr(), "mashdesk conformance: {error}");
            ExitCode::from(2)
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Hindrance {
    #[error("cannot read the token in {path}: {source}")]
    Token { path: String, source: io::Error },
    #[error("the token in {0} is empty, or more than one line")]
    NoToken(String),
    #[error("cannot start: {0}")]
    Start(#[from] HostError),
    #[error("cannot write or wait: {0}")]
    Io(#[from] io::Error),
}

fn checked(arguments: Arguments, policy: Policy) -> Result<Sum, Hindrance> {
    let token = match (arguments.token, arguments.token_file) {
        (Some(token), _) => Secret::new(token),
        (None, Some(file)) => token(file)?,
        (None, None) => return Err(Hindrance::NoToken("no file".to_owned())),
    };
    let setup = Setup {
        website: arguments.address,
        token,
        other_token: arguments.other_token_file.map(self::token).transpose()?,
        mashup: arguments.mashup,
        denied_mashup: arguments.denied_mashup,
        withdraw: arguments.withdraw_command.map(withdraw),
        policy,
        quick: arguments.quick,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut sum, mut written) = (Sum::default(), Ok(()));
    runtime.block_on(run(setup, |finding| {
        sum.count(&finding.verdict);
        if written.is_ok() {
            written = write(&finding, arguments.json);
        }
    }))?;
    written?;
    let Sum { kept, broken, skipped } = sum;
    let line = if arguments.json {
        json!({"checks": kept + broken + skipped, "ok": kept, "failed": broken, "skipped": skipped})
            .to_string()
    } else {
        format!("{} checks: {kept} ok, {broken} failed, {skipped} skipped", kept + broken + skipped)
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(sum)
}

impl Sum {
    fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Kept(_) => self.kept += 1,
            Verdict::Broken(_) => self.broken += 1,
            Verdict::Skipped(_) => self.skipped += 1,
        }
    }
}

fn write(finding: &Finding, json: bool) -> io::Result<()> {
    let line = if json { as_json(finding)? } else { in_words(finding) };
    writeln!(io::stdout(), "{line}")
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    check: &'a str,
    /// Null where it could not be told.
    ok: Option<bool>,
    detail: &'a str,
    asks: &'a str,
}

fn as_json(Finding { check, verdict, asks }: &Finding) -> serde_json::Result<String> {
    let (ok, detail) = match verdict {
        Verdict::Kept(words) => (Some(true), words),
        Verdict::Broken(words) => (Some(false), words),
        Verdict::Skipped(words) => (None, words),
    };
    serde_json::to_string(&Line { check, ok, detail, asks })
}

fn in_words(Finding { check, verdict, asks }: &Finding) -> String {
    let line = |word: &str, words: &str| format!("{word:<5} {check:<24} {words}").trim_end().to_owned();
    match verdict {
        Verdict::Kept(words) => line("ok", words),
        Verdict::Broken(words) => format!("{}\n      asked is: {asks}", line("FAIL", words)),
        Verdict::Skipped(words) => line("skip", words),
    }
}

pub(crate) fn token(path: PathBuf) -> Result<Secret, Hindrance> {
    let shown = path.display().to_string();
    let mut text = String::new();
    let read = if shown == "-" {
        io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(&path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|source| Hindrance::Token { path: shown.clone(), source })?;
    match text.trim() {
        "" => Err(Hindrance::NoToken(shown)),
        token if token.contains(char::is_whitespace) => Err(Hindrance::NoToken(shown)),
        token => Ok(Secret::new(token)),
    }
}

fn withdraw(program: PathBuf) -> Withdraw {
    Box::new(move |mashup| {
        let mut command = Command::new(&program);
        environment::give_back(&mut command);
        match command.arg(mashup.as_str()).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(HostError(format!("{}: {status}", program.display()))),
            Err(error) => Err(HostError(format!("{}: {error}", program.display()))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_is_wrong_and_what_is_asked() {
        let finding = |verdict| Finding { check: "tickets.no_store", verdict, asks: "`no-store`" };
        let broken = finding(Verdict::Broken("it is `public`".to_owned()));
        assert_eq!(
            in_words(&broken),
            "FAIL  tickets.no_store         it is `public`\n      asked is: `no-store`"
        );
        let json = |verdict| as_json(&finding(verdict)).expect("JSON");
        assert_eq!(
            json(Verdict::Broken("it is `public`".to_owned())),
            r#"{"check":"tickets.no_store","ok":false,"detail":"it is `public`","asks":"`no-store`"}"#
        );
        assert!(json(Verdict::Kept(String::new())).contains(r#""ok":true"#));
        assert!(json(Verdict::Skipped(String::new())).contains(r#""ok":null"#));
    }

    #[test]
    fn a_token_is_one_word_of_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        for (text, good) in [("abc\n", true), ("", false), ("a b", false), ("a\nb\n", false)] {
            std::fs::write(&file, text).expect("written");
            assert_eq!(token(file.clone()).is_ok(), good, "{text:?}");
        }
        assert!(token(folder.path().join("none")).is_err());
    }
}
