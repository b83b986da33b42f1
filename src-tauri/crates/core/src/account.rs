//! Who is signed in to the website, and where the token rests.

use std::sync::Arc;

use crate::host::{Change, Host};
use crate::website::Website;
use crate::{Connection, Desk, Error, Result, Secret};

/// Where a sign-in token rests between runs: the operating system's keyring.
/// Calls may block.
pub trait TokenStore: Send + Sync + 'static {
    /// The token of a website, if one rests there.
    fn load(&self, website: &str) -> Result<Option<Secret>, TokenStoreError>;
    /// Keeps a token.
    fn save(&self, website: &str, token: &Secret) -> Result<(), TokenStoreError>;
    /// Forgets a token; fine if there is none.
    fn forget(&self, website: &str) -> Result<(), TokenStoreError>;
}

/// The keyring did not serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TokenStoreError(pub String);

/// Who is signed in.
#[derive(Clone, Debug)]
pub enum Account {
    /// Nobody; with what went wrong, if something did.
    SignedOut(Option<Error>),
    /// The website is being asked.
    SigningIn,
    /// A person.
    SignedIn {
        /// Their name, for the screen.
        name: String,
        /// Whether the keyring keeps the token for the next run.
        remembered: bool,
        /// What signs them in.
        token: Secret,
        /// Where it does; the token travels nowhere else.
        website: Arc<Website>,
    },
}

impl<H: Host> Desk<H> {
    /// Signs in with a token that the website gave the person.
    ///
    /// # Errors
    /// [`Error::SignInRefused`], or a `Website…` error.
    pub async fn sign_in(self: &Arc<Self>, token: &str) -> Result<()> {
        let website = self.website()?;
        let token = Secret::new(token.trim());
        let saved = self.sign_in_with(&website, token.clone()).await;
        if saved.is_ok() {
            let kept = self.with_tokens(&website, move |tokens, key| tokens.save(key, &token)).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "the token is kept for this run only");
                self.set_remembered(false);
            }
        }
        saved
    }

    /// Signs the person out: closes every window, ends their sessions, forgets
    /// the token.
    ///
    /// # Errors
    /// [`Error::KeyringUnavailable`] where the token could not be forgotten.
    pub async fn sign_out(self: &Arc<Self>) -> Result<()> {
        let website = self.website()?;
        self.unfollow_news();
        self.close_all().await;
        self.set_account(Account::SignedOut(None));
        self.forget_catalog();
        self.with_tokens(&website, |tokens, key| tokens.forget(key)).await
    }

    /// Who is signed in.
    pub fn account(&self) -> Account {
        self.account.lock().clone()
    }

    /// Signs in with the token of an earlier run, if there is one.
    pub(crate) async fn resume_sign_in(self: &Arc<Self>, website: &Arc<Website>) {
        match self.with_tokens(website, |tokens, key| tokens.load(key)).await {
            Ok(Some(token)) => {
                if let Err(error) = self.sign_in_with(website, token).await {
                    tracing::warn!(%error, "not signed in");
                }
            }
            Ok(None) => self.set_account(Account::SignedOut(None)),
            Err(error) => {
                tracing::warn!(%error, "no token could be read");
                self.set_account(Account::SignedOut(Some(error)));
            }
        }
    }

    /// The website and the token, for a call.
    pub(crate) fn signed_in(&self) -> Result<(Arc<Website>, Secret)> {
        if let Account::SignedIn { website, token, .. } = &*self.account.lock() {
            return Ok((Arc::clone(website), token.clone()));
        }
        Err(Error::SignInNeeded { host: self.website()?.host.clone() })
    }

    /// Where the website no longer knows the person, the launcher asks them to
    /// sign in; open windows live on.
    pub(crate) fn note_refusal(&self, error: &Error) {
        if matches!(error, Error::SignInNeeded { .. }) {
            self.set_account(Account::SignedOut(Some(error.clone())));
        }
    }

    async fn sign_in_with(self: &Arc<Self>, website: &Arc<Website>, token: Secret) -> Result<()> {
        self.set_account(Account::SigningIn);
        match website.me(&token).await {
            Ok(name) => {
                let website = Arc::clone(website);
                self.set_account(Account::SignedIn { name, remembered: true, token, website });
                self.welcome();
                Ok(())
            }
            Err(error) => {
                self.set_account(Account::SignedOut(Some(error.clone())));
                Err(error)
            }
        }
    }

    pub(crate) fn set_account(&self, account: Account) {
        *self.account.lock() = account;
        self.host.changed(Change::Account);
    }

    fn set_remembered(&self, kept: bool) {
        if let Account::SignedIn { remembered, .. } = &mut *self.account.lock() {
            *remembered = kept;
        }
        self.host.changed(Change::Account);
    }

    /// The keyring may ask the person first, so it gets a thread of its own.
    async fn with_tokens<T: Send + 'static>(
        &self,
        website: &Website,
        call: impl FnOnce(&dyn TokenStore, &str) -> Result<T, TokenStoreError> + Send + 'static,
    ) -> Result<T> {
        let tokens = Arc::clone(&self.tokens);
        let key = website.url.to_string();
        let called = tokio::task::spawn_blocking(move || call(&*tokens, &key)).await;
        let reason = match called {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        Err(Error::KeyringUnavailable { reason })
    }

    fn website(&self) -> Result<Arc<Website>> {
        match &*self.connection.lock() {
            Connection::Ready(website) => Ok(Arc::clone(website)),
            _ => Err(Error::WebsiteUnset),
        }
    }
}
