//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use mashdesk_core::{Error, MashupId, Policy, parse_link};

use crate::sign_in_command::{Deed, SignInCommand};
use crate::{Keyring, Launch, conformance, store};

/// How a link to Mashdesk begins, whatever follows.
const SCHEME: &str = "mashdesk:";

/// Opens each Qlik Sense mashup in a window with a session of its own.
#[derive(Parser)]
#[command(name = "mashdesk", version)]
struct Arguments {
    /// The company's website, for this run
    #[arg(long, value_name = "URL", global = true)]
    website: Option<String>,
    /// A link to a mashup, as the system hands it over: mashdesk://open/MASHUP
    #[arg(value_name = "LINK", value_parser = link)]
    link: Option<Asked>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Opens mashups by their ids in the catalog
    Open {
        #[arg(required = true, value_name = "MASHUP", value_parser = MashupId::parse)]
        mashups: Vec<MashupId>,
    },
    /// Signs in with a token, which it reads as one line of standard input
    SignIn,
    /// Forgets the sign-in, here and where it came from
    SignOut,
    /// Checks a website against the contract, and opens no window
    Conformance(Box<conformance::Arguments>),
}

/// What the command line asks for.
pub(crate) enum Task {
    Launch(Box<Launch>),
    Account(SignInCommand),
    Conformance(Box<conformance::Arguments>),
}

/// A mashup to open, or why a link says none.
type Asked = Result<MashupId, Error>;

/// Reads the process's arguments; the error is the code to end with, its words
/// have been said.
pub(crate) fn read() -> Result<Task, ExitCode> {
    let arguments = Arguments::read_from(std::env::args_os()).map_err(|error| {
        // Nobody reads where nothing can be written.
        let _ = error.print();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })?;
    Ok(match arguments {
        Arguments { command: Some(Command::SignIn), website, .. } => {
            Task::Account(SignInCommand { deed: Deed::SignIn, website })
        }
        Arguments { command: Some(Command::SignOut), website, .. } => {
            Task::Account(SignInCommand { deed: Deed::SignOut, website })
        }
        Arguments { command: Some(Command::Conformance(arguments)), .. } => Task::Conformance(arguments),
        arguments => Task::Launch(Box::new(Launch {
            website: arguments.website.clone(),
            open: arguments.asked(),
            single_instance: true,
            settings_file: None,
            download_folder: None,
            tokens: Arc::new(Keyring),
            policy: Policy::default(),
            stores: Arc::new(store::Isolated::new()),
        })),
    })
}

/// What another start of the app was asked to open.
pub(crate) fn of_another_start(arguments: Vec<String>) -> Vec<Asked> {
    // That start has told its own errors before it handed over.
    Arguments::read_from(arguments).map(Arguments::asked).unwrap_or_default()
}

impl Arguments {
    fn read_from(arguments: impl IntoIterator<Item: Into<OsString> + Clone>) -> clap::error::Result<Self> {
        let arguments = Self::try_parse_from(arguments)?;
        // Where the system quotes badly, a web page could write more than a
        // link: whose website this is must not be its choice.
        let more = arguments.website.is_some() || arguments.command.is_some();
        if arguments.link.is_some() && more {
            let words = "a link to a mashup stands alone";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, words));
        }
        Ok(arguments)
    }

    fn asked(self) -> Vec<Asked> {
        let opened = match self.command {
            Some(Command::Open { mashups }) => mashups,
            _ => Vec::new(),
        };
        self.link.into_iter().chain(opened.into_iter().map(Ok)).collect()
    }
}

/// A bad link is told in the launcher, where the person is; anything else that
/// is no link is a slip on the command line.
fn link(text: &str) -> Result<Asked, &'static str> {
    if text.starts_with(SCHEME) { Ok(parse_link(text)) } else { Err("not a link to a mashup") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    use clap_complete::Shell;

    use super::*;

    fn asked(arguments: &[&str]) -> Vec<Asked> {
        of_another_start(["mashdesk"].iter().chain(arguments).map(ToString::to_string).collect())
    }

    fn refused(arguments: &[&str]) -> bool {
        Arguments::read_from(["mashdesk"].iter().chain(arguments)).is_err()
    }

    fn ids(arguments: &[&str]) -> Vec<String> {
        asked(arguments).into_iter().map(|id| id.expect("an id").to_string()).collect()
    }

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
        assert_eq!(ids(&["open", "m1", "m2", "--website", "https://portal.example"]), ["m1", "m2"]);
        assert_eq!(ids(&["--website", "https://portal.example", "open", "m1"]), ["m1"]);
        assert_eq!(ids(&["mashdesk://open/m1"]), ["m1"]);
        for slip in [&["opne", "m1"] as &[_], &["opne"], &["open"], &["open", "../m1"], &["m1"]] {
            assert!(refused(slip), "{slip:?}");
            assert!(asked(slip).is_empty(), "{slip:?}");
        }
    }

    /// The man pages and the shells' completions are made from the command line;
    /// with `MASHDESK_WRITE_BINDINGS=1` this test writes them.
    #[test]
    fn the_manual_is_current() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/packaging/linux");
        let fresh = tempfile::tempdir().expect("a folder");
        let fresh = fresh.path();
        for folder in ["man", "completions"] {
            fs::create_dir(fresh.join(folder)).expect("a folder");
        }
        let mut command = Arguments::command().disable_help_subcommand(true);
        clap_mangen::generate_to(command.clone(), fresh.join("man")).expect("man pages");
        for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
            clap_complete::generate_to(shell, &mut command, "mashdesk", fresh.join("completions"))
                .expect("completions");
        }
        let files = |folder: &Path| -> BTreeMap<PathBuf, String> {
            ["man", "completions"]
                .iter()
                .flat_map(|room| fs::read_dir(folder.join(room)).into_iter().flatten().flatten())
                .map(|file| {
                    let text = fs::read_to_string(file.path()).expect("read");
                    (file.path().strip_prefix(folder).expect("inside").to_owned(), text)
                })
                .collect()
        };
        let fresh = files(fresh);
        if std::env::var_os("MASHDESK_WRITE_BINDINGS").is_some() {
            for room in ["man", "completions"] {
                // Not there is as good.
                let _ = fs::remove_dir_all(committed.join(room));
                fs::create_dir_all(committed.join(room)).expect("a folder");
            }
            for (file, text) in &fresh {
                fs::write(committed.join(file), text).expect("written");
            }
        }
        assert!(files(&committed) == fresh, "the man pages are stale: run `cargo xtask bindings`");
    }

    #[test]
    fn a_bad_link_is_told_and_smuggles_nothing_in() {
        let long = format!("mashdesk://open/{}", "a".repeat(10_000));
        for bad in ["mashdesk://open/a\u{1b}[31m", "mashdesk://evil/m1", "mashdesk:open", &long] {
            assert!(matches!(asked(&[bad])[..], [Err(Error::LinkInvalid { .. })]), "{bad}");
        }
        for more in [
            &["--website", "https://evil.example"] as &[_],
            &["open", "m2"],
            &["open", "m2", "--website", "https://evil.example"],
        ] {
            let smuggling = [&["mashdesk://open/m1"], more].concat();
            assert!(refused(&smuggling) && asked(&smuggling).is_empty(), "{more:?}");
        }
    }
}
