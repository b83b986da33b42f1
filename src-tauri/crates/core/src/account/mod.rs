//! Who is signed in to the website: the ways in, the one that is being tried,
//! and the way out.

mod attempt;
mod credentials;
mod keyring;
mod oidc;
mod web;
mod without_a_screen;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::host::{Change, Host};
use crate::website::{Person, SignInWay, Website};
use crate::{Connection, Desk, Error, Result, Secret};
pub(crate) use attempt::Attempt;
pub use credentials::Credentials;
pub use keyring::{TokenStore, TokenStoreError};
pub use web::fragment_at;
pub use without_a_screen::{sign_in, sign_out};

/// How somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInKind {
    /// In the system's browser, by OpenID Connect.
    Oidc,
    /// On the website's own page, in a window.
    Web,
    /// By a token that the website gave the person.
    Token,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub enum Account {
    /// Nobody; with what went wrong, if something did.
    SignedOut(Option<Error>),
    /// Somebody is on the way; by what an earlier run has kept where it is not
    /// said how.
    SigningIn(Option<SignInKind>),
    /// A person.
    SignedIn {
        /// Their name, for the screen.
        name: String,
        /// Whether the keyring keeps the sign-in for the next run.
        remembered: bool,
        /// What signs them in.
        credentials: Arc<Credentials>,
        /// Where it does; it is good nowhere else.
        website: Arc<Website>,
    },
}

/// Who was signed in last, for as long as windows of theirs may be open.
#[derive(Clone)]
pub(crate) struct Known {
    name: String,
    website: Arc<Website>,
    credentials: Arc<Credentials>,
}

impl<H: Host> Desk<H> {
    /// Signs in with a token that the website gave the person.
    ///
    /// # Errors
    /// [`Error::SignInRefused`], or a `Website…` error.
    pub async fn sign_in(self: &Arc<Self>, token: &str) -> Result<()> {
        let website = self.website()?;
        if !self.policy.allows(SignInKind::Token) {
            return Err(Error::Managed { setting: "sign_in".to_owned() });
        }
        let credentials = Credentials::token(Secret::new(token.trim()));
        self.enter(&website, Some(SignInKind::Token), async { Ok(Some(credentials)) }).await
    }

    /// Signs in by the website's OpenID provider, in the system's browser.
    ///
    /// # Errors
    /// A `SignIn…` or `Website…` error, or [`Error::SystemRefused`] where there
    /// is no browser. Stopped by the person, or by another try, is no error.
    pub async fn sign_in_with_browser(self: &Arc<Self>) -> Result<()> {
        let website = self.website()?;
        let client = website.sign_in.iter().find_map(|way| match way {
            SignInWay::Oidc(client) => Some(client.clone()),
            _ => None,
        });
        let client = client.ok_or_else(|| not_offered(&website))?;
        self.enter(&website, Some(SignInKind::Oidc), oidc::sign_in(self, &website, client)).await
    }

    /// Signs in on the website's own page, in a window of its own.
    ///
    /// # Errors
    /// A `SignIn…` or `Website…` error, or [`Error::StoreFailed`] where there is
    /// no window. Stopped by the person, or by another try, is no error.
    pub async fn sign_in_with_website(self: &Arc<Self>) -> Result<()> {
        let website = self.website()?;
        let page = website.sign_in.iter().find_map(|way| match way {
            SignInWay::Web(page) => Some(page.clone()),
            _ => None,
        });
        let page = page.ok_or_else(|| not_offered(&website))?;
        self.enter(&website, Some(SignInKind::Web), web::sign_in(self, &website, page)).await
    }

    /// Signs the person out: closes every window, ends their sessions, forgets
    /// the sign-in here and at the provider.
    ///
    /// # Errors
    /// [`Error::KeyringUnavailable`] where it could not be forgotten,
    /// [`Error::SignInProvider`] where the provider could not be told. Nobody is
    /// signed in all the same.
    pub async fn sign_out(self: &Arc<Self>) -> Result<()> {
        let website = self.website()?;
        self.cancel_sign_in();
        self.unfollow_news();
        self.close_all().await;
        self.http_caches.forget(|_| true);
        let known = self.known.lock().take();
        self.set_account(Account::SignedOut(None));
        self.forget_catalog();
        let revoked = match known {
            Some(known) => known.credentials.revoke().await,
            None => Ok(()),
        };
        let _turn = self.keyring_turn.lock().await;
        self.with_tokens(&website, |tokens, key| tokens.forget(key)).await?;
        revoked
    }

    /// Who is signed in.
    pub fn account(&self) -> Account {
        self.account.lock().clone()
    }

    /// What signs the person in, to be looked for where it must not be.
    pub fn secrets(&self) -> Vec<Secret> {
        match self.account() {
            Account::SignedIn { credentials, .. } => credentials.secrets(),
            _ => Vec::new(),
        }
    }

    /// Signs in with what an earlier run has kept, if there is something.
    pub(crate) async fn resume_sign_in(self: &Arc<Self>, website: &Arc<Website>) {
        if self.attempt.lock().is_some() {
            // The person was faster.
            return;
        }
        let kept = async {
            let resting = self.with_tokens(website, |tokens, key| tokens.load(key)).await?;
            let kept = resting.and_then(|resting| Credentials::awake(&resting, website));
            Ok(kept.filter(|kept| self.policy.allows(kept.kind())))
        };
        if let Err(error) = self.enter(website, None, kept).await {
            tracing::warn!(%error, "not signed in");
        }
    }

    /// The website and what signs in there, for a call.
    pub(crate) fn signed_in(&self) -> Result<(Arc<Website>, Arc<Credentials>)> {
        if let Account::SignedIn { website, credentials, .. } = &*self.account.lock() {
            return Ok((Arc::clone(website), Arc::clone(credentials)));
        }
        Err(Error::SignInNeeded { host: self.website()?.host.clone() })
    }

    /// Where the website no longer knows the person, the launcher asks them to
    /// sign in, once; open windows live on.
    pub(crate) fn note_refusal(&self, refused: &Arc<Credentials>, error: &Error) {
        if matches!(error, Error::SignInNeeded { .. }) && self.is_signed_in_by(refused) {
            self.set_account(Account::SignedOut(Some(error.clone())));
        }
    }

    /// Puts what signs the person in where the next run finds it. Where that
    /// fails they are told, and stay signed in for this run.
    pub(crate) async fn keep(&self, website: &Website, credentials: &Arc<Credentials>) {
        let _turn = self.keyring_turn.lock().await;
        if !self.is_signed_in_by(credentials) || credentials.is_kept() {
            return;
        }
        let Some(resting) = credentials.resting() else {
            self.set_remembered(false);
            // What an earlier sign-in has left there is not this one's.
            if let Err(error) = self.with_tokens(website, |tokens, key| tokens.forget(key)).await {
                tracing::warn!(%error, "an earlier sign-in stays in the keyring");
            }
            return;
        };
        let entry = resting.clone();
        match self.with_tokens(website, move |tokens, key| tokens.save(key, &entry)).await {
            Ok(()) => {
                credentials.note_kept(resting);
                self.set_remembered(true);
            }
            Err(error) => {
                tracing::warn!(%error, "the sign-in is kept for this run only");
                self.set_remembered(false);
            }
        }
    }

    /// Keeps every new refresh token, for as long as it signs the person in.
    fn keep_what_changes(self: &Arc<Self>, website: &Arc<Website>, credentials: &Arc<Credentials>) {
        let Some(mut changes) = credentials.changes() else { return };
        let (desk, website) = (Arc::clone(self), Arc::clone(website));
        let credentials = Arc::downgrade(credentials);
        self.runtime.spawn(async move {
            while changes.changed().await.is_ok() {
                let Some(credentials) = credentials.upgrade() else { return };
                desk.keep(&website, &credentials).await;
            }
        });
    }

    /// Another person takes over: the windows of the one before are closed and
    /// their sessions given back.
    async fn make_room_for(&self, person: &Person, website: &Website, credentials: &Credentials) {
        let before = self.known.lock().clone();
        let Some(before) = before.filter(|before| before.name != person.name) else { return };
        self.close_windows();
        self.http_caches.forget(|_| true);
        self.forget_catalog();
        if !self.give_all_back_by(&before.website, &before.credentials).await {
            // Their sign-in has ended; whether the new one may, the website knows.
            self.give_all_back_by(website, credentials).await;
        }
    }

    pub(crate) fn is_signed_in_by(&self, credentials: &Arc<Credentials>) -> bool {
        matches!(&*self.account.lock(), Account::SignedIn { credentials: current, .. }
            if Arc::ptr_eq(current, credentials))
    }

    pub(crate) fn set_account(&self, account: Account) {
        *self.account.lock() = account;
        self.host.changed(Change::Account);
    }

    fn set_remembered(&self, kept: bool) {
        let changed = match &mut *self.account.lock() {
            Account::SignedIn { remembered, .. } => std::mem::replace(remembered, kept) != kept,
            _ => false,
        };
        if changed {
            self.host.changed(Change::Account);
        }
    }

    fn website(&self) -> Result<Arc<Website>> {
        match &*self.connection.lock() {
            Connection::Ready(website) => Ok(Arc::clone(website)),
            _ => Err(Error::WebsiteUnset),
        }
    }
}

fn not_offered(website: &Website) -> Error {
    Error::SignInProvider {
        host: website.host.clone(),
        reason: "the website does not offer this way to sign in".to_owned(),
    }
}
