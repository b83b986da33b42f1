//! The sign-in token rests in the operating system's keyring: Credential
//! Manager, Keychain, or the Secret Service.

use keyring::{Entry, Error};
use mashdesk_core::{Secret, TokenStore, TokenStoreError};

/// What the keyring's own screens show as the owner of an entry.
const OWNER: &str = "Mashdesk";

/// The operating system's keyring.
#[derive(Clone, Copy, Debug)]
pub struct Keyring;

impl TokenStore for Keyring {
    fn load(&self, website: &str) -> Result<Option<Secret>, TokenStoreError> {
        match entry(website)?.get_password() {
            Ok(token) => Ok(Some(Secret::new(token))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unserved(&error)),
        }
    }

    fn save(&self, website: &str, token: &Secret) -> Result<(), TokenStoreError> {
        entry(website)?.set_password(token.expose()).map_err(|error| unserved(&error))
    }

    fn forget(&self, website: &str) -> Result<(), TokenStoreError> {
        match entry(website)?.inner.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(unserved(&error)),
        }
    }
}

fn entry(website: &str) -> Result<Entry, TokenStoreError> {
    Entry::new(OWNER, website).map_err(|error| unserved(&error))
}

fn unserved(error: &Error) -> TokenStoreError {
    TokenStoreError(error.to_string())
}
