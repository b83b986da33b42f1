//! What is wrong with a sign-in, on demand. Faults strike whole answers; these are the flaws in
//! an answer that is otherwise right.

use std::collections::HashMap;

use parking_lot::Mutex;

/// One flaw in the next sign-in that could have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignInSpoil {
    /// The redirect back to the app carries another `state` (`oidc` and `web`).
    WrongState,
    /// The ID token carries another `nonce` (`oidc`).
    WrongNonce,
    /// The ID token is signed with a key that is not published (`oidc`).
    ForeignSignature,
    /// The refresh token is refused, as if the grant was withdrawn (`oidc`).
    RefreshRefused,
}

/// How often each flaw is still to occur.
#[derive(Debug, Default)]
pub(super) struct Spoils(Mutex<HashMap<SignInSpoil, usize>>);

impl Spoils {
    pub(super) fn set(&self, spoil: SignInSpoil, times: usize) {
        self.0.lock().insert(spoil, times);
    }

    /// Whether it occurs now, which uses it up.
    pub(super) fn take(&self, spoil: SignInSpoil) -> bool {
        match self.0.lock().get_mut(&spoil) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}
