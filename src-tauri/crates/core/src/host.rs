//! What core asks of a screen, and nothing more.

use std::future::Future;

use crate::qlik::StoreCookie;
use crate::{Error, SecretUrl, WindowId};

/// The shell, as core sees it. Tauri implements it in the app; a fake one
/// proves core without a screen.
pub trait Host: Send + Sync + 'static {
    /// Makes a hidden window with a store of its own.
    fn build(&self, window: WindowId, title: &str) -> impl Future<Output = Result<(), HostError>> + Send;

    /// Plants cookies in a window's store.
    fn plant(
        &self,
        window: WindowId,
        cookies: &[StoreCookie],
    ) -> impl Future<Output = Result<(), HostError>> + Send;

    /// All cookies of a window's store.
    fn cookies(&self, window: WindowId) -> impl Future<Output = Result<Vec<StoreCookie>, HostError>> + Send;

    /// Sends a window to a mashup.
    fn navigate(&self, window: WindowId, url: &SecretUrl) -> Result<(), HostError>;

    /// Shows a window.
    fn show(&self, window: WindowId);

    /// Puts a page of words and a way on in a window, and shows it.
    fn message(&self, window: WindowId, error: &Error);

    /// Brings a window to the front.
    fn focus(&self, window: WindowId);

    /// Closes a window and forgets its store.
    fn close(&self, window: WindowId);

    /// Something that the launcher shows is different now.
    fn changed(&self, change: Change);
}

/// The screen did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);

/// The part of the launcher that is different now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a part of the launcher")]
pub enum Change {
    Website,
    Account,
    Catalog,
    Windows,
    Exports,
}
