//! One try at a time to sign in: another one takes its place, the person can
//! stop it, and what comes too late changes nothing.

use std::sync::Arc;

use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Account, Credentials, Known, SignInKind};
use crate::host::{Change, Host};
use crate::website::{Person, Website};
use crate::{Desk, Error, Result};

/// The try that is under way.
pub(crate) struct Attempt {
    id: Uuid,
    /// What stands again if it is stopped.
    before: Account,
    /// Gone, and the try knows that it is over.
    _stop: oneshot::Sender<()>,
}

/// How a try ended.
enum Outcome {
    /// The person gave it up, or there was nothing to sign in with.
    Nothing,
    Found(Person, Arc<Credentials>),
    Failed(Error),
}

impl<H: Host> Desk<H> {
    /// Stops the try to sign in that is under way, if there is one.
    pub fn cancel_sign_in(&self) {
        let mut attempt = self.attempt.lock();
        let Some(stopped) = attempt.take() else { return };
        *self.account.lock() = stopped.before;
        drop(attempt);
        self.host.changed(Change::Account);
    }

    /// Signs in by what `way` comes up with, unless it is stopped before.
    pub(super) async fn enter(
        self: &Arc<Self>,
        website: &Arc<Website>,
        kind: Option<SignInKind>,
        way: impl Future<Output = Result<Option<Credentials>>>,
    ) -> Result<()> {
        let (id, stopped) = self.begin(kind);
        let outcome = tokio::select! {
            _ = stopped => return Ok(()),
            outcome = self.try_to_enter(website, kind, way) => outcome,
        };
        match outcome {
            Outcome::Nothing => {
                self.conclude(id, |before| before);
            }
            Outcome::Failed(error) => {
                let failed = error.clone();
                let over = self.conclude(id, |before| match before {
                    // A slip costs nobody a sign-in that is good.
                    Account::SignedIn { .. } => before,
                    _ => Account::SignedOut(Some(failed)),
                });
                if over {
                    return Err(error);
                }
            }
            Outcome::Found(person, credentials) => {
                let (name, website) = (person.display_name, Arc::clone(website));
                let known = Known {
                    name: person.name,
                    website: Arc::clone(&website),
                    credentials: Arc::clone(&credentials),
                };
                let account = Account::SignedIn {
                    name,
                    remembered: true,
                    credentials: Arc::clone(&credentials),
                    website: Arc::clone(&website),
                };
                if self.conclude(id, |_| account) {
                    *self.known.lock() = Some(known);
                    self.keep_what_changes(&website, &credentials);
                    self.welcome();
                    self.keep(&website, &credentials).await;
                }
            }
        }
        Ok(())
    }

    async fn try_to_enter(
        &self,
        website: &Website,
        kind: Option<SignInKind>,
        way: impl Future<Output = Result<Option<Credentials>>>,
    ) -> Outcome {
        let credentials = match way.await {
            Ok(Some(credentials)) => Arc::new(credentials),
            Ok(None) => return Outcome::Nothing,
            Err(error) => return Outcome::Failed(error),
        };
        match website.me(&credentials).await {
            Ok(person) => {
                self.make_room_for(&person, website, &credentials).await;
                Outcome::Found(person, credentials)
            }
            Err(error) => Outcome::Failed(refused(error, kind, credentials.kind())),
        }
    }

    /// Begins a try, in place of the one that is under way.
    fn begin(&self, kind: Option<SignInKind>) -> (Uuid, oneshot::Receiver<()>) {
        let (stop, stopped) = oneshot::channel();
        let mut attempt = self.attempt.lock();
        let before = attempt.take().map_or_else(|| self.account(), |last| last.before);
        let id = Uuid::new_v4();
        *attempt = Some(Attempt { id, before, _stop: stop });
        *self.account.lock() = Account::SigningIn(kind);
        drop(attempt);
        self.host.changed(Change::Account);
        (id, stopped)
    }

    /// Ends a try with what comes of the account before; not if it is over
    /// already.
    fn conclude(&self, id: Uuid, account: impl FnOnce(Account) -> Account) -> bool {
        let mut attempt = self.attempt.lock();
        let Some(ended) = attempt.take_if(|attempt| attempt.id == id) else { return false };
        *self.account.lock() = account(ended.before);
        drop(attempt);
        self.host.changed(Change::Account);
        true
    }
}

/// What a `401` to the first call means.
pub(super) fn refused(error: Error, asked: Option<SignInKind>, by: SignInKind) -> Error {
    match (error, asked, by) {
        (Error::SignInNeeded { host }, _, SignInKind::Token) => Error::SignInRefused { host },
        (Error::SignInNeeded { host }, Some(_), _) => Error::SignInProvider {
            host,
            reason: "the website does not accept what its own sign-in gave".to_owned(),
        },
        (other, _, _) => other,
    }
}
