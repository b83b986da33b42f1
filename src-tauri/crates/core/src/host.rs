//! What core asks of a screen, and nothing more.

use std::future::Future;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::exports::Export;
use crate::http_cache::Slot;
use crate::isolation::{Kind, Observed};
use crate::navigation::Origin;
use crate::qlik::StoreCookie;
use crate::{Error, ExportId, Frame, Secret, SecretUrl, WindowId, Zoom};

/// The shell, as core sees it. Tauri implements it in the app; a fake one
/// proves core without a screen.
pub trait Host: Send + Sync + 'static {
    /// Makes a hidden window with a store of its own, before anybody asks for it.
    /// What its pages load is kept in `slot`, if there is one.
    fn build_ahead(
        &self,
        window: WindowId,
        slot: Option<&Slot>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Makes a hidden window with a store of its own, or takes the one that was, or
    /// is being, built ahead; it is where it was if that is still on a screen. Without such
    /// a store there is no window.
    fn build(
        &self,
        window: WindowId,
        frame: &Frame,
        slot: Option<&Slot>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Has two hidden windows plant a canary each in these kinds and look for
    /// the other's; they keep what they load in these slots, if there are any. The
    /// windows are gone when it answers.
    fn observe(
        &self,
        kinds: &'static [Kind],
        slots: Option<[Slot; 2]>,
    ) -> impl Future<Output = Result<Observed, Error>> + Send;

    /// Has a window that has been nowhere yet make a connection to each of these
    /// origins, which its first page then need not wait for. Nothing is lost where
    /// it does not.
    fn preconnect(&self, window: WindowId, origins: &[Origin]);

    /// Plants cookies in a window's store; answers all that it then holds, whose domains
    /// may lack their dots.
    fn plant(
        &self,
        window: WindowId,
        cookies: &[StoreCookie],
    ) -> impl Future<Output = Result<Vec<StoreCookie>, HostError>> + Send;

    /// All cookies of a window's store.
    fn cookies(&self, window: WindowId) -> impl Future<Output = Result<Vec<StoreCookie>, HostError>> + Send;

    /// Has a window redeem a ticket by going there, and leave it again so that
    /// no history holds the ticket: answers where that was in the end.
    fn redeem(
        &self,
        window: WindowId,
        redeem_url: &SecretUrl,
    ) -> impl Future<Output = Result<Url, Error>> + Send;

    /// Has a window that shows no words ask for its mashup's page, which neither
    /// shows nor runs anything before [`navigate`](Self::navigate) sends the window
    /// there. Nothing is lost where it does not.
    fn ask(&self, window: WindowId, url: &SecretUrl);

    /// Sends a window to a mashup.
    fn navigate(&self, window: WindowId, url: &SecretUrl) -> Result<(), HostError>;

    /// Shows a window.
    fn show(&self, window: WindowId);

    /// Puts a page of words and a way on in a window, and shows it.
    fn message(&self, window: WindowId, error: &Error, next: Next);

    /// Whether the person has typed something into the page that is there.
    fn typed(&self, window: WindowId) -> impl Future<Output = bool> + Send;

    /// Asks the person whether the page may be loaded anew, though what they
    /// typed is lost.
    fn may_reload(&self, window: WindowId) -> impl Future<Output = bool> + Send;

    /// Whether a window can give its memory back and nobody loses anything: it
    /// has not the keyboard, nothing was typed, nothing plays, it has opened no
    /// other window.
    fn may_sleep(&self, window: WindowId) -> impl Future<Output = bool> + Send;

    /// Gives the memory of a window's page back; its store stays. Until it goes
    /// somewhere the window says that it sleeps.
    fn sleep(&self, window: WindowId);

    /// Whether the person has just clicked twice, where once was enough; a double
    /// click is told once.
    fn clicked_twice(&self, window: WindowId) -> impl Future<Output = bool> + Send;

    /// Asks the person where a file goes; nothing, where it goes nowhere.
    fn ask_where(
        &self,
        window: WindowId,
        folder: &Path,
        file_name: &str,
    ) -> impl Future<Output = Option<PathBuf>> + Send;

    /// Loads the page of a window again.
    fn reload(&self, window: WindowId);

    /// Draws the page of a window that large.
    fn zoom(&self, window: WindowId, zoom: Zoom);

    /// Brings a window to the front.
    fn focus(&self, window: WindowId);

    /// Closes a window and forgets its store.
    fn close(&self, window: WindowId);

    /// Opens a page in the system's own browser. The address is no secret.
    fn browse(&self, url: &Url) -> impl Future<Output = Result<(), HostError>> + Send;

    /// The page that the browser shows when it comes back from signing in.
    fn sign_in_page(&self, error: Option<&Error>) -> String;

    /// Opens the website's sign-in page in a window with a store of its own, and
    /// waits until it is to go to `done` ([`fragment_at`](crate::account::fragment_at)):
    /// answers the fragment, and never loads that page. Nothing, where the person
    /// closes the window. The window goes with the wait for it.
    fn sign_in_window(
        &self,
        title: &str,
        login: &Url,
        done: &Url,
    ) -> impl Future<Output = Result<Option<Secret>, Error>> + Send;

    /// Whether the person is looking at a window of Mashdesk's.
    fn is_looked_at(&self) -> bool;

    /// Tells the person, who is looking at something else, that an export has
    /// ended.
    fn notify(&self, export: &Export);

    /// Something that the launcher shows is different now.
    fn changed(&self, change: Change);
}

/// Where a window is, in the screen's own pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "its fields say it all")]
pub struct Geometry {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub maximized: bool,
}

/// What comes after a page of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// What the person does.
    Person,
    /// Another try, by itself.
    Waits,
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
    /// One export, which may be new or listed no longer.
    Export(ExportId),
    Personal,
    Notice,
}
