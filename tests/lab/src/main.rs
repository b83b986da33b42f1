//! `mashdesk-lab`: runs the lab until it is stopped, and says where everything is.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser;
use mashdesk_lab::{Lab, LabError, description::Description, options::Options};

/// A simulated Qlik Sense Enterprise and a reference website, on loopback.
#[derive(Debug, Parser)]
#[command(version)]
struct Line {
    #[command(flatten)]
    options: Options,
    /// Print the end points, files and people as one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, thiserror::Error)]
enum MainError {
    #[error(transparent)]
    Lab(#[from] LabError),
    #[error("cannot write the description: {0}")]
    Json(#[from] serde_json::Error),
    #[error("cannot print the description or wait for a signal: {0}")]
    Io(#[from] io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    match run(Line::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(?error);
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "mashdesk-lab: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Line { options, json }: Line) -> Result<(), MainError> {
    let lab = Lab::start(options).await?;
    let description = lab.description();
    let text = if json { serde_json::to_string(&description)? } else { for_people(&description) };
    writeln!(io::stdout(), "{text}")?;
    io::stdout().flush()?;
    stopped().await?;
    Ok(())
}

fn for_people(description: &Description) -> String {
    let Description { qlik, website, certificates, people, mashups } = description;
    let mut text = format!(
        "The lab is running; Ctrl+C stops it.\n\n\
         website   {}\n\
         proxy     {} (virtual proxy `{}`)\n\
         QPS       {} ({}, {}, {})\n\n\
         people:\n",
        website.url,
        qlik.proxy,
        qlik.virtual_proxy,
        qlik.qps,
        certificates.client.display(),
        certificates.client_key.display(),
        certificates.root.display(),
    );
    // Writing into a string cannot fail.
    for person in people {
        let token = person.token.as_deref().unwrap_or("none");
        let _ = writeln!(text, "  {:<8} password {}  token {token}", person.name, person.password);
    }
    text.push_str("\nmashups:\n");
    for mashup in mashups {
        let _ = writeln!(text, "  {}  {:<24} app {}", mashup.id, mashup.title, mashup.app);
    }
    text
}

/// Returns on SIGINT or SIGTERM.
#[cfg(unix)]
async fn stopped() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Returns on Ctrl+C.
#[cfg(not(unix))]
async fn stopped() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
