//! What support needs to see: versions, the policy, what the doctor found, and
//! the logs, read over for secrets. Nobody gets it but by the person's hand.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use mashdesk_core::doctor::{Finding, Person, Setup};
use mashdesk_core::{Policy, Secret, TokenStore, redacted};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::words::Language;
use crate::{Keyring, conformance, doctor, logs, policy, sign_in_command};

/// Most of one log file that goes into it: its end, in bytes.
const LOG_MAX: u64 = 2 << 20;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to write, as support.zip; without it, everything is shown and
    /// nothing is written
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// A file with a person's token, for the doctor; `-` reads it from standard
    /// input. Otherwise whoever is signed in
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// Texts by their names.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    pub(crate) files: Vec<(String, String)>,
}

impl Bundle {
    /// Gathers everything that there is.
    pub(crate) fn gather(findings: &[Finding], secrets: &[Secret]) -> Self {
        let language = Language::chosen(mashdesk_core::Language::English);
        let lines = findings.iter().map(|finding| doctor::Line::of(finding, language).in_words(language));
        let settled = match policy::read() {
            Ok(settled) => policy::lines(&settled).iter().map(policy::in_words).collect(),
            Err(error) => vec![format!("broken: {error}")],
        };
        let mut files = vec![
            ("versions.txt".to_owned(), versions()),
            ("policy.txt".to_owned(), settled.join("\n")),
            ("doctor.txt".to_owned(), lines.collect::<Vec<_>>().join("\n")),
        ];
        files.extend(log_files().into_iter().map(|(name, text)| (format!("logs/{name}"), text)));
        let home = dirs::home_dir();
        for (_, text) in &mut files {
            *text = redacted(text, secrets, home.as_deref());
        }
        Self { files }
    }

    /// Writes it whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, text) in &self.files {
            zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
            zip.write_all(text.as_bytes())?;
        }
        fs::write(path, zip.finish().map_err(io::Error::other)?.into_inner())
    }
}

/// Gathers, and writes or shows.
pub(crate) fn main(arguments: Arguments, website: Option<String>, policy: Policy) -> ExitCode {
    let token = match arguments.token_file.map(conformance::token).transpose() {
        Ok(token) => token,
        Err(error) => return failed(&error),
    };
    let settings = sign_in_command::settings().unwrap_or_default();
    let website = website.or_else(|| settings.website.map(String::from));
    let address = policy.website.as_ref().map(ToString::to_string).or_else(|| website.clone());
    let mut secrets: Vec<Secret> = token.iter().cloned().collect();
    // What rests in the keyring is in no file; read, so that it stays so.
    secrets.extend(address.and_then(|address| Keyring.load(&address).ok().flatten()));
    let person = token.map_or(Person::Keyring, Person::Token);
    let setup = Setup { policy, website, person, tokens: Arc::new(Keyring), mashup: None };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let mut findings = Vec::new();
    if let Err(error) = runtime.block_on(doctor::everything(setup, |finding| findings.push(finding))) {
        return failed(&error);
    }
    let bundle = Bundle::gather(&findings, &secrets);
    let told = match &arguments.file {
        None => {
            bundle.files.iter().try_for_each(|(name, text)| writeln!(io::stdout(), "== {name}\n{text}\n"))
        }
        Some(file) => bundle.write(file).and_then(|()| {
            bundle
                .files
                .iter()
                .try_for_each(|(name, text)| writeln!(io::stdout(), "{:>9}  {name}", text.len()))
        }),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    // Nobody reads where nothing can be written.
    let _ = writeln!(io::stderr(), "mashdesk bundle: {error}");
    ExitCode::FAILURE
}

fn versions() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or(os);
    let webview = tauri::webview_version().unwrap_or_else(|error| error.to_string());
    let locale = sys_locale::get_locale().unwrap_or_default();
    format!(
        "Mashdesk {}\nsystem {} ({arch})\nwebview {webview}\nlocale {locale}\n",
        env!("CARGO_PKG_VERSION"),
        system.trim_matches('"')
    )
}

/// The log files, oldest first.
fn log_files() -> Vec<(String, String)> {
    let folder = logs::folder().unwrap_or_default();
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, end_of(&entry.path()).ok()?)))
        .collect();
    found.sort();
    found
}

fn end_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_MAX)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
