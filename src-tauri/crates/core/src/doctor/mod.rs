//! Which wire is cut: one line for each step from this computer to a mashup
//! and back, with what is wrong and who can mend it.
//!
//! Each check is a small function in the file of its part, listed in that
//! file's `CHECKS`; a check that needs what an earlier one did not get waits.

use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::{Account, Connection, Credentials, Desk, Error, HostError, MashupId, Policy, Secret, TokenStore};

/// One line of a table of checks.
macro_rules! check {
    ($name:literal, $function:path) => {
        $crate::doctor::Check { name: $name, function: |visit| Box::pin($function(visit)) }
    };
}

mod engine;
mod keyring;
mod network;
mod qlik;
mod signer;
mod visit;
mod website;

use visit::Visit;

/// What the examination starts with.
pub struct Setup {
    /// What IT has settled.
    pub policy: Policy,
    /// The website, as typed.
    pub website: Option<String>,
    /// Who is signed in.
    pub person: Person,
    /// Where a sign-in rests.
    pub tokens: Arc<dyn TokenStore>,
    /// The mashup to try; otherwise the first of the catalog.
    pub mashup: Option<MashupId>,
}

/// Who is signed in, for the calls that ask.
pub enum Person {
    /// Whoever the keyring knows.
    Keyring,
    /// Whoever has this token.
    Token(Secret),
    /// Whoever is signed in to the app that asks.
    SignedIn(Arc<Credentials>),
}

/// What one check has found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a check, with words that hold no secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is well; with what was seen.
    Fine(String),
    /// It is not, and who can mend it.
    Wrong(Box<Error>, Mender),
    /// It could not be told before another check is fine, or at all.
    Skipped(String),
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mender {
    /// The person at this computer.
    You,
    /// Who looks after the computer and its network.
    It,
    /// The team of the company's website.
    Website,
    /// Who administers Qlik Sense.
    Qlik,
}

/// Why a check is not fine.
#[derive(Debug)]
enum Trouble {
    Wrong(Error, Mender),
    Skipped(String),
}

/// What a check answers: a word about what it has seen, or the trouble.
type Outcome = Result<String, Trouble>;

struct Check {
    name: &'static str,
    function: for<'a> fn(&'a mut Visit) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>,
}

/// All checks, in their order: later ones build upon what earlier ones found.
const CHECKS: &[&[Check]] =
    &[network::CHECKS, website::CHECKS, qlik::CHECKS, engine::CHECKS, qlik::LAST, keyring::CHECKS];

/// The names of all checks, in their order.
pub fn checks() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().flat_map(|part| part.iter().map(|check| check.name))
}

/// Makes all checks, and reports each as it ends. A session that they opened is
/// given back.
///
/// # Errors
/// Where the operating system's trust store cannot be opened.
pub async fn examine(setup: Setup, mut report: impl FnMut(Finding)) -> Result<(), HostError> {
    let mut visit = Visit::new(setup)?;
    for part in CHECKS {
        for check in *part {
            let verdict = match (check.function)(&mut visit).await {
                Ok(words) => Verdict::Fine(words),
                Err(Trouble::Wrong(error, mender)) => Verdict::Wrong(Box::new(error), mender),
                Err(Trouble::Skipped(words)) => Verdict::Skipped(words),
            };
            report(Finding { check: check.name, verdict });
        }
    }
    Ok(())
}

impl<H: Host> Desk<H> {
    /// What an examination of this run's own wires starts with.
    pub fn examination(&self) -> Setup {
        let website = match self.connection() {
            Connection::Unset => None,
            Connection::Connecting(address) | Connection::Failed(address, _) => Some(address),
            Connection::Ready(website) => Some(website.url.to_string()),
        };
        let person = match self.account() {
            Account::SignedIn { credentials, .. } => Person::SignedIn(credentials),
            _ => Person::Keyring,
        };
        let tokens = Arc::clone(&self.tokens);
        Setup { policy: self.policy.clone(), website, person, tokens, mashup: None }
    }
}

fn wrong<T>(error: Error, mender: Mender) -> Result<T, Trouble> {
    Err(Trouble::Wrong(error, mender))
}

/// Waits for an earlier check.
fn needs<T>(found: Option<T>, check: &str) -> Result<T, Trouble> {
    found.ok_or_else(|| Trouble::Skipped(format!("needs {check}")))
}
