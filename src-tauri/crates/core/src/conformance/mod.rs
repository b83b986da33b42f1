//! Whether a website keeps to the contract (docs/website-contract.openapi.yaml).
//!
//! The app forgives what it can; these checks forgive nothing. Each is a small
//! function in the file of its part of the contract, listed in that file's
//! `CHECKS`, and says what is wrong; the table says what the contract asks.

use std::pin::Pin;

use url::Url;

use crate::{HostError, MashupId, Policy, Secret, http};

/// One line of a table of checks.
macro_rules! check {
    ($name:literal, $function:path, $asks:expr) => {
        $crate::conformance::Check { name: $name, asks: $asks, function: |visit| Box::pin($function(visit)) }
    };
}

mod answer;
mod catalog;
mod discovery;
mod events;
mod mashup;
mod redeem;
mod sessions;
mod shape;
mod sign_in;
mod tickets;
mod visit;
mod withdrawn;

use visit::Visit;

/// What the checks start with.
pub struct Setup {
    /// The website's root.
    pub website: Url,
    /// Signs in a person who may open a mashup.
    pub token: Secret,
    /// Signs in another person, who must not get at the first one's sessions.
    pub other_token: Option<Secret>,
    /// The mashup to open; otherwise the first of the catalog.
    pub mashup: Option<MashupId>,
    /// A mashup that the person may not open.
    pub denied_mashup: Option<MashupId>,
    /// Takes the permission for the opened mashup from the person.
    pub withdraw: Option<Withdraw>,
    /// How the network is reached.
    pub policy: Policy,
    /// Does not wait for what an event stream must send within 30 seconds.
    pub quick: bool,
}

/// Withdraws the permission for a mashup, or says why it could not.
pub type Withdraw = Box<dyn Fn(&MashupId) -> Result<(), HostError> + Send + Sync>;

/// What one check has found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// What the contract, or the standard that it names, asks.
    pub asks: &'static str,
}

/// What came of a check, with words that hold no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The website keeps to it.
    Kept(String),
    /// It does not.
    Broken(String),
    /// It could not be told, and why.
    Skipped(String),
}

/// Why a check has not passed.
#[derive(Clone, Debug)]
enum Trouble {
    Broken(String),
    Skipped(String),
}

/// What a check answers: a word about what it has seen, or the trouble.
type Outcome = Result<String, Trouble>;

struct Check {
    name: &'static str,
    asks: &'static str,
    function: for<'a> fn(&'a mut Visit) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>,
}

/// All checks, in their order: later ones build upon what earlier ones found.
const CHECKS: &[&[Check]] = &[
    discovery::CHECKS,
    sign_in::CHECKS,
    catalog::CHECKS,
    tickets::CHECKS,
    redeem::CHECKS,
    mashup::CHECKS,
    sessions::CHECKS,
    events::CHECKS,
    withdrawn::CHECKS,
    visit::CHECKS,
];

/// Runs all checks, and reports each as it ends. Sessions that they opened are
/// given back.
///
/// # Errors
/// Where the operating system's trust store cannot be opened.
pub async fn run(setup: Setup, mut report: impl FnMut(Finding)) -> Result<(), HostError> {
    let http = http::client(&setup.policy).map_err(HostError)?;
    let mut visit = Visit::new(http, setup);
    for part in CHECKS {
        for check in *part {
            let verdict = match (check.function)(&mut visit).await {
                Ok(words) => Verdict::Kept(words),
                Err(Trouble::Broken(words)) => Verdict::Broken(words),
                Err(Trouble::Skipped(words)) => Verdict::Skipped(words),
            };
            report(Finding { check: check.name, verdict, asks: check.asks });
        }
    }
    visit.leave().await;
    Ok(())
}

/// The website breaks the contract.
fn broken<T>(words: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Broken(words.into()))
}

/// It cannot be told whether it does.
fn skipped<T>(words: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Skipped(words.into()))
}
