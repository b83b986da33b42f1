//! `mashdesk doctor`, and what it knows of this computer that core cannot: which
//! wire is cut, and who can mend it.

mod computer;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use mashdesk_core::doctor::{Finding, Mender, Person, Setup, Verdict, examine};
use mashdesk_core::{HostError, MashupId, Policy};
use serde::Serialize;
use serde_json::json;

use crate::commands::Problem;
use crate::words::Language;
use crate::{Keyring, conformance, sign_in_command};

#[cfg(test)]
pub(crate) use computer::CHECKS as COMPUTER;

#[cfg(target_os = "linux")]
use self::linux as platform;
#[cfg(target_os = "macos")]
use self::macos as platform;
#[cfg(windows)]
use self::windows as platform;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A file with a person's token; `-` reads it from standard input. Otherwise
    /// whoever is signed in
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The mashup to try; by default the first of the catalog
    #[arg(long, value_name = "ID", value_parser = MashupId::parse)]
    mashup: Option<MashupId>,
    /// One JSON object a line: each check, then the sum
    #[arg(long)]
    json: bool,
}

/// A line of JSON.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    check: &'a str,
    /// Null where it could not be told.
    ok: Option<bool>,
    detail: String,
    /// What is wrong, in a word for programs, and in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<Mender>,
}

/// Examines everything; the process ends with 0 where nothing is wrong, 1 where
/// something is, and 2 where it could not begin.
pub(crate) fn main(arguments: Arguments, website: Option<String>, policy: Policy) -> ExitCode {
    let settings = sign_in_command::settings();
    let language = Language::chosen(settings.as_ref().map(|known| known.language).unwrap_or_default());
    let person = match arguments.token_file.map(conformance::token).transpose() {
        Ok(token) => token.map_or(Person::Keyring, Person::Token),
        Err(error) => return cannot_begin(&error),
    };
    let website = website.or_else(|| settings.ok()?.website.map(String::from));
    let setup = Setup { policy, website, person, tokens: Arc::new(Keyring), mashup: arguments.mashup };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cannot_begin(&error),
    };
    let (mut all, mut wrong) = (0, 0);
    let examined = runtime.block_on(everything(setup, |finding| {
        all += 1;
        wrong += usize::from(matches!(finding.verdict, Verdict::Wrong(..)));
        // Nobody reads where nothing can be written.
        let _ = writeln!(io::stdout(), "{}", written(&finding, language, arguments.json));
    }));
    if let Err(error) = examined {
        return cannot_begin(&error);
    }
    let sum = if arguments.json {
        json!({"checks": all, "failed": wrong}).to_string()
    } else {
        language
            .message(if wrong == 0 { "doctor.all_fine" } else { "doctor.some_wrong" })
            .replace("{count}", &wrong.to_string())
    };
    let _ = writeln!(io::stdout(), "{sum}");
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The network first, then this computer.
pub(crate) async fn everything(setup: Setup, mut report: impl FnMut(Finding)) -> Result<(), HostError> {
    let download_folder = setup.policy.download_folder.clone();
    examine(setup, &mut report).await?;
    computer::examine(download_folder, report);
    Ok(())
}

fn cannot_begin(error: &dyn std::error::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "mashdesk doctor: {error}");
    ExitCode::from(2)
}

fn written(finding: &Finding, language: &Language, json: bool) -> String {
    let line = Line::of(finding, language);
    if json { serde_json::to_string(&line).unwrap_or_default() } else { line.in_words(language) }
}

impl<'a> Line<'a> {
    pub(crate) fn of(finding: &'a Finding, language: &Language) -> Self {
        let mut line = Self {
            check: finding.check,
            ok: None,
            detail: String::new(),
            code: None,
            details: BTreeMap::new(),
            advice: None,
            who: None,
        };
        match &finding.verdict {
            Verdict::Fine(words) => {
                line.ok = Some(true);
                line.detail.clone_from(words);
            }
            Verdict::Skipped(words) => line.detail.clone_from(words),
            Verdict::Wrong(error, mender) => {
                let problem = Problem::from(&**error);
                let words = language.problem(&problem);
                line.ok = Some(false);
                line.detail = words.title;
                line.advice = Some(words.advice);
                line.code = Some(problem.code);
                line.details = problem.details;
                line.who = Some(*mender);
            }
        }
        line
    }

    pub(crate) fn in_words(&self, language: &Language) -> String {
        let word = match self.ok {
            Some(true) => "ok",
            Some(false) => "FAIL",
            None => "skip",
        };
        let first = format!("{word:<5} {:<15} {}", self.check, self.detail).trim_end().to_owned();
        let (Some(advice), Some(who)) = (&self.advice, self.who) else { return first };
        let reason =
            self.details.get("reason").map(|reason| format!("\n      ({reason})")).unwrap_or_default();
        format!("{first}{reason}\n      {advice}\n      → {}", language.message(mender(who)))
    }
}

/// The message that names who can mend it.
fn mender(who: Mender) -> &'static str {
    match who {
        Mender::You => "help.you",
        Mender::It => "help.it",
        Mender::Website => "help.website",
        Mender::Qlik => "help.qlik",
    }
}
