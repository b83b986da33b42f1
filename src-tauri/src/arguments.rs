//! The command line.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use mashdesk_core::MashupId;

use crate::{Keyring, Launch, conformance, store};

/// Opens each Qlik Sense mashup in a window with a session of its own.
#[derive(Parser)]
#[command(name = "mashdesk", version)]
struct Arguments {
    /// The company's website, for this run
    #[arg(long, value_name = "URL", global = true)]
    website: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Opens mashups by their ids in the catalog
    Open {
        #[arg(required = true, value_name = "MASHUP", value_parser = mashup)]
        mashups: Vec<MashupId>,
    },
    /// Checks a website against the contract, and opens no window
    Conformance(Box<conformance::Arguments>),
}

/// Reads the process's arguments; the error is the code to end with, its words
/// have been said.
pub(crate) fn read() -> Result<Launch, ExitCode> {
    let arguments = Arguments::try_parse().map_err(|error| {
        // Nobody reads where nothing can be written.
        let _ = error.print();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })?;
    if let Some(Command::Conformance(arguments)) = arguments.command {
        return Err(conformance::main(*arguments));
    }
    Ok(Launch {
        website: arguments.website,
        open: mashups(arguments.command),
        single_instance: true,
        settings_file: None,
        download_folder: None,
        tokens: Arc::new(Keyring),
        stores: Arc::new(store::Isolated::new()),
    })
}

/// The mashups that another start of the app was asked to open.
pub(crate) fn mashups_of(arguments: Vec<String>) -> Vec<MashupId> {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => mashups(arguments.command),
        Err(error) => {
            tracing::warn!(%error, "another start had arguments that say nothing");
            Vec::new()
        }
    }
}

fn mashups(command: Option<Command>) -> Vec<MashupId> {
    match command {
        Some(Command::Open { mashups }) => mashups,
        Some(Command::Conformance(_)) | None => Vec::new(),
    }
}

fn mashup(text: &str) -> Result<MashupId, mashdesk_core::Error> {
    MashupId::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
        let arguments = ["mashdesk", "open", "m1", "m2", "--website", "https://portal.example"];
        let ids = mashups_of(arguments.map(String::from).to_vec());
        assert_eq!(ids.iter().map(MashupId::as_str).collect::<Vec<_>>(), ["m1", "m2"]);
        assert!(mashups_of(vec!["mashdesk".into(), "open".into(), "../m1".into()]).is_empty());
    }
}
