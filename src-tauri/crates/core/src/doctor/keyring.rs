//! Where a sign-in rests between runs.

use std::sync::Arc;

use super::visit::Visit;
use super::{Check, Mender, Outcome, wrong};
use crate::Error;

pub(super) const CHECKS: &[Check] = &[check!("keyring", keyring)];

/// An entry that nobody has; a keyring that serves says so.
const NOBODY: &str = "https://nobody.invalid/";

async fn keyring(visit: &mut Visit) -> Outcome {
    let tokens = Arc::clone(&visit.setup.tokens);
    let reason = match tokio::task::spawn_blocking(move || tokens.load(NOBODY)).await {
        Ok(Ok(_)) => return Ok(String::new()),
        Ok(Err(error)) => error.0,
        Err(error) => error.to_string(),
    };
    wrong(Error::KeyringUnavailable { reason }, Mender::It)
}
