//! Where a sign-in rests between runs, and as what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::host::Host;
use crate::website::Website;
use crate::{Desk, Error, Result, Secret};

/// Where a sign-in rests between runs: the operating system's keyring. Calls
/// may block.
pub trait TokenStore: Send + Sync + 'static {
    /// What rests there for a website.
    fn load(&self, website: &str) -> Result<Option<Secret>, TokenStoreError>;
    /// Keeps it.
    fn save(&self, website: &str, token: &Secret) -> Result<(), TokenStoreError>;
    /// Forgets it; fine if there is nothing.
    fn forget(&self, website: &str) -> Result<(), TokenStoreError>;
}

/// The keyring did not serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TokenStoreError(pub String);

/// What rests in the keyring, as JSON. It is short, since the Credential Manager
/// of Windows takes 1,280 characters: of OpenID Connect the refresh token only.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Resting {
    Token {
        token: String,
    },
    Web {
        token: String,
    },
    Oidc {
        /// A refresh token goes to nobody else.
        issuer: String,
        refresh: String,
    },
}

impl Resting {
    /// Reads an entry. What is not ours is a plain token, as the first versions
    /// kept it.
    pub(super) fn read(entry: &Secret) -> Self {
        serde_json::from_str(entry.expose())
            .unwrap_or_else(|_| Self::Token { token: entry.expose().to_owned() })
    }

    pub(super) fn write(&self) -> Secret {
        // Texts under texts: there is nothing that JSON could not say.
        Secret::new(serde_json::to_string(self).unwrap_or_default())
    }
}

impl<H: Host> Desk<H> {
    /// Asks the keyring of this run.
    pub(super) async fn with_tokens<T: Send + 'static>(
        &self,
        website: &Website,
        call: impl FnOnce(&dyn TokenStore, &str) -> Result<T, TokenStoreError> + Send + 'static,
    ) -> Result<T> {
        with(&self.tokens, &website.url, call).await
    }
}

/// The keyring may ask the person first, so it gets a thread of its own.
pub(super) async fn with<T: Send + 'static>(
    tokens: &Arc<dyn TokenStore>,
    website: &Url,
    call: impl FnOnce(&dyn TokenStore, &str) -> Result<T, TokenStoreError> + Send + 'static,
) -> Result<T> {
    let tokens = Arc::clone(tokens);
    let key = website.to_string();
    let called = tokio::task::spawn_blocking(move || call(&*tokens, &key)).await;
    let reason = match called {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Err(Error::KeyringUnavailable { reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_says_which_way_it_was() {
        let read = |entry: &str| match Resting::read(&Secret::new(entry)) {
            Resting::Token { token } => format!("token {token}"),
            Resting::Web { token } => format!("web {token}"),
            Resting::Oidc { issuer, refresh } => format!("oidc {issuer} {refresh}"),
        };
        let table = [
            (r#"{"kind":"token","token":"t"}"#, "token t"),
            (r#"{"kind":"web","token":"t"}"#, "web t"),
            (r#"{"kind":"oidc","issuer":"https://i","refresh":"r"}"#, "oidc https://i r"),
            // An entry of the first versions.
            ("eyJhbGci.t.s", "token eyJhbGci.t.s"),
        ];
        for (entry, wanted) in table {
            assert_eq!(read(entry), wanted);
        }
        let oidc = Resting::Oidc { issuer: "https://i".to_owned(), refresh: "r\"\n".to_owned() };
        assert_eq!(read(oidc.write().expose()), "oidc https://i r\"\n");
    }
}
