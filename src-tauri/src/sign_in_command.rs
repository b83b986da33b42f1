//! `mashdesk sign-in` and `mashdesk sign-out`, for scripted desktops: without a
//! screen, and in words.

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use mashdesk_core::{Error, Policy, Settings, TokenStore, account};

use crate::commands::Problem;
use crate::words::Language;
use crate::{Keyring, context};

/// Longest line that is read as a token, in bytes.
const TOKEN_MAX: u64 = 64 << 10;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    SignIn,
    SignOut,
}

/// What to do, and where.
#[derive(Debug)]
pub(crate) struct SignInCommand {
    pub(crate) deed: Deed,
    /// The website, as typed; otherwise the one in the settings.
    pub(crate) website: Option<String>,
}

impl SignInCommand {
    /// Does it, and says how it went.
    pub(crate) fn run(self, policy: &Policy) -> ExitCode {
        let settings = settings();
        let language = Language::chosen(settings.as_ref().map(|known| known.language).unwrap_or_default());
        let done = settings.and_then(|settings| {
            let settled = policy.website.as_ref().map(ToString::to_string);
            let website = settled.or(self.website).or_else(|| settings.website.map(String::from));
            let website = website.ok_or(Error::WebsiteUnset)?;
            let keyring: Arc<dyn TokenStore> = Arc::new(Keyring);
            tauri::async_runtime::block_on(async {
                match self.deed {
                    Deed::SignIn => {
                        let name = account::sign_in(&website, &token(), &keyring, policy).await?;
                        Ok(language.message("command.signed_in").replace("{name}", &name))
                    }
                    Deed::SignOut => {
                        account::sign_out(&website, &keyring, policy).await?;
                        Ok(language.message("command.signed_out").to_owned())
                    }
                }
            })
        });
        // Nobody reads where nothing can be written.
        match done {
            Ok(words) => {
                let _ = writeln!(io::stdout(), "{words}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                let words = language.problem(&Problem::from(&error));
                let _ = writeln!(io::stderr(), "{}\n{}", words.title, words.advice);
                ExitCode::FAILURE
            }
        }
    }
}

/// The settings that the app keeps, found without starting it.
pub(crate) fn settings() -> Result<Settings, Error> {
    match dirs::config_dir() {
        Some(folder) => Settings::load(&folder.join(&context().config().identifier).join("settings.json")),
        None => Ok(Settings::default()),
    }
}

/// One line of standard input; without one, no website takes it.
fn token() -> String {
    let mut line = String::new();
    let read = io::stdin().lock().take(TOKEN_MAX).read_line(&mut line);
    if read.is_err() { String::new() } else { line }
}
