//! Why a platform cannot give a window a store that no other has. The window
//! does not open then.

use crate::Error;

/// Why there is no store for a window alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoStore {
    /// Every folder for a store has a live window.
    #[error("too many windows are open")]
    TooManyWindows,
    /// Folders are in use or cannot be cleared, the last for this reason.
    #[error("no folder for a store is free: {0}")]
    Locked(String),
    /// The system shares stores without a word.
    #[error("{system} is too old: {needed} or later is needed")]
    SystemTooOld {
        /// Which system.
        system: &'static str,
        /// The first version that does.
        needed: &'static str,
    },
}

impl From<NoStore> for Error {
    fn from(no_store: NoStore) -> Self {
        match no_store {
            NoStore::SystemTooOld { system, needed } => {
                Self::SystemTooOld { system: system.to_owned(), needed: needed.to_owned() }
            }
            other => Self::StoreFailed { reason: other.to_string() },
        }
    }
}

/// What macOS may do: before version 14 it puts a webview whose store it cannot
/// give into the shared one and says nothing, so no mashup opens there.
///
/// # Errors
/// [`NoStore::SystemTooOld`].
pub fn on_macos(is_14_or_later: bool) -> Result<(), NoStore> {
    if is_14_or_later { Ok(()) } else { Err(NoStore::SystemTooOld { system: "macOS", needed: "macOS 14" }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_words_for_the_person() {
        let old = on_macos(false).expect_err("it shares stores");
        let told = Error::SystemTooOld { system: "macOS".to_owned(), needed: "macOS 14".to_owned() };
        assert_eq!(Error::from(old), told);
        assert_eq!(on_macos(true), Ok(()));
        let locked = Error::from(NoStore::Locked("in use".to_owned()));
        assert_eq!(locked, Error::StoreFailed { reason: "no folder for a store is free: in use".to_owned() });
    }
}
