//! Where the stories play: a desk with a fake host and a keyring in memory,
//! and the servers that it talks to.

pub(crate) mod browser;
mod fake_host;
mod keyring;
mod raw_server;
mod relay;
pub(crate) mod stand_in;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mashdesk_core::http_cache::Roots;
use mashdesk_core::sessions::{Session, State};
use mashdesk_core::{Account, Catalog, Desk, Error, MashupId, Policy, Setup, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::journal::{Entry, Side};
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{SessionRecord, SessionState};
use tempfile::TempDir;
use tokio::runtime::Handle;
use url::Url;

pub(crate) use browser::Browser;
pub(crate) use fake_host::{Call, FakeHost, Fault};
pub(crate) use keyring::Keyring;
pub(crate) use raw_server::{Part, RawServer};
pub(crate) use relay::Relay;
pub(crate) use stand_in::StandIn;

/// Who signs in; the lab lets her open every mashup.
pub(crate) const PERSON: &str = "ana";
/// Longest wait for what must happen; a sound run never comes near it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A desk and what it stands on.
pub(crate) struct Stage {
    pub(crate) desk: Arc<Desk<FakeHost>>,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) folder: TempDir,
}

impl Stage {
    /// A first run: no settings, nobody signed in.
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same, after a change to what it starts with.
    pub(crate) fn with(change: impl FnOnce(&mut Setup)) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder"), change)
    }

    /// A run that finds what an earlier one left in a folder.
    pub(crate) fn in_folder(folder: TempDir, change: impl FnOnce(&mut Setup)) -> Self {
        let keyring = Arc::new(Keyring::default());
        let mut setup = Setup {
            website: None,
            settings_file: folder.path().join("settings.json"),
            download_folder: folder.path().join("downloads"),
            tokens: Arc::clone(&keyring) as _,
            http_caches: Some(Roots {
                caches: folder.path().join("caches"),
                held: folder.path().join("held"),
            }),
            policy: Policy::default(),
            runtime: Handle::current(),
        };
        change(&mut setup);
        let desk = Desk::new(FakeHost::default(), &setup).expect("a desk");
        Self { desk, keyring, folder }
    }

    /// Signed in at a website, and its catalog has come.
    pub(crate) async fn signed_in(website: &str, token: &str) -> Self {
        Self::signed_in_with(website, token, |_| {}).await
    }

    /// The same, in a run that starts otherwise.
    pub(crate) async fn signed_in_with(website: &str, token: &str, change: impl FnOnce(&mut Setup)) -> Self {
        let stage = Self::with(change);
        stage.desk.set_website(website).await.expect("a website");
        stage.desk.sign_in(token).await.expect("signed in");
        stage.until("the catalog", |desk| matches!(desk.catalog(), Catalog::Ready(..)).then_some(())).await;
        stage
    }

    /// Signed in at a lab, and hears its news.
    pub(crate) async fn at_lab(lab: &Lab) -> Self {
        let stage = Self::signed_in(lab.website.url().as_str(), &token(lab)).await;
        website_answered(lab, "GET", "/events", 1).await;
        stage
    }

    /// Signed in at a stand-in.
    pub(crate) async fn at(stand_in: &StandIn) -> Self {
        Self::signed_in(&stand_in.url(), "token").await
    }

    pub(crate) fn host(&self) -> &FakeHost {
        self.desk.host()
    }

    /// Looks again whenever the host was called, until there is something.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn(&Desk<FakeHost>) -> Option<T>) -> T {
        let mut calls = self.host().watch();
        in_time(what, async {
            loop {
                calls.borrow_and_update();
                if let Some(found) = look(&self.desk) {
                    return found;
                }
                calls.changed().await.expect("the desk lives");
            }
        })
        .await
    }

    /// Opens a mashup and waits until its window waits for the page.
    pub(crate) async fn open(&self, mashup: &str) -> WindowId {
        let window = self.desk.open(&id(mashup)).expect("somebody is signed in");
        self.navigated(window, 1).await;
        window
    }

    /// Opens a mashup until it is on the screen.
    pub(crate) async fn open_live(&self, mashup: &str) -> WindowId {
        let window = self.open(mashup).await;
        self.load(window);
        assert_eq!(self.state(window), Some(State::Live));
        window
    }

    /// Waits until a window was sent to its mashup that many times; answers
    /// the last address.
    pub(crate) async fn navigated(&self, window: WindowId, times: usize) -> Url {
        self.until("a navigation", |desk| {
            if let Some(State::Failed(error)) = desk.window(window).map(|session| session.state) {
                panic!("the window failed: {error}");
            }
            desk.host().addresses(window).get(times - 1).cloned()
        })
        .await
    }

    /// The page that a window was sent to loads; the way in with its one-time
    /// code was redirected away.
    pub(crate) fn load(&self, window: WindowId) {
        let address = self.host().addresses(window).pop().expect("it was sent somewhere");
        self.desk.page_loaded(window, &address.join(".").expect("a URL"));
    }

    /// Waits until a window has words for the person, for now or for good.
    pub(crate) async fn told(&self, window: WindowId) -> Error {
        self.until("words in the window", |desk| desk.host().messages(window).pop()).await
    }

    /// Waits until a window says why its mashup did not open.
    pub(crate) async fn failed(&self, window: WindowId) -> Error {
        self.until("words in the window", |desk| match desk.window(window)?.state {
            State::Failed(error) => desk.host().messages(window).contains(&error).then_some(error),
            _ => None,
        })
        .await
    }

    pub(crate) fn state(&self, window: WindowId) -> Option<State> {
        self.desk.window(window).map(|Session { state, .. }| state)
    }

    /// Why nobody is signed in; nothing while somebody is.
    pub(crate) fn signed_out(&self) -> Option<Option<Error>> {
        match self.desk.account() {
            Account::SignedOut(reason) => Some(reason),
            _ => None,
        }
    }

    /// The catalog's titles, and what went wrong since it came.
    pub(crate) fn titles(&self) -> (Vec<String>, Option<Error>) {
        match self.desk.catalog() {
            Catalog::Ready(mashups, error) => {
                (mashups.iter().map(|mashup| mashup.title.clone()).collect(), error)
            }
            other => panic!("no catalog: {other:?}"),
        }
    }
}

/// What must happen, or the test fails in words.
pub(crate) async fn in_time<T>(what: &str, happens: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, happens).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

pub(crate) fn id(mashup: &str) -> MashupId {
    MashupId::parse(mashup).expect("a mashup's id")
}

pub(crate) async fn lab() -> Lab {
    lab_with(Options::default()).await
}

pub(crate) async fn lab_with(options: Options) -> Lab {
    Lab::start(Options { apps: 12, ..options }).await.expect("a lab")
}

pub(crate) fn token(lab: &Lab) -> String {
    lab.website.app_token(PERSON).expect("a token")
}

/// The sessions that can still be used.
pub(crate) fn live_sessions(lab: &Lab) -> Vec<SessionRecord> {
    lab.qlik.sessions().into_iter().filter(|session| session.state == SessionState::Live).collect()
}

/// Waits until the lab's website has answered a call that many times.
pub(crate) async fn website_answered(lab: &Lab, method: &str, path: &str, times: usize) {
    in_time(&format!("{method} {path}"), async {
        loop {
            let known = lab.journal.entries().len();
            if count(lab, Side::Website, method, path) >= times {
                return;
            }
            let looked_at = AtomicUsize::new(0);
            lab.journal.wait_for(|_| looked_at.fetch_add(1, Ordering::Relaxed) >= known).await;
        }
    })
    .await;
}

/// Waits until Qlik was asked for anything, which a ticket is redeemed by.
pub(crate) async fn redeemed(lab: &Lab) {
    in_time("a ticket to be redeemed", lab.journal.wait_for(|entry| entry.side == Side::Proxy)).await;
}

/// How often one side was asked for what begins like this.
pub(crate) fn count(lab: &Lab, side: Side, method: &str, path: &str) -> usize {
    let asked = |entry: &&Entry| entry.side == side && entry.method == method && entry.uri.contains(path);
    lab.journal.entries().iter().filter(asked).count()
}

/// An error without what a library worded.
pub(crate) fn in_brief(error: Error) -> Error {
    let mut error = error;
    match &mut error {
        Error::WebsiteGarbage { what: words, .. }
        | Error::WebsiteUnreachable { reason: words, .. }
        | Error::WebsiteTls { reason: words, .. }
        | Error::RedeemUnreachable { reason: words, .. }
        | Error::SignInProvider { reason: words, .. }
        | Error::RedeemTls { reason: words, .. }
        | Error::ExportUnreachable { reason: words, .. }
        | Error::ExportFolder { reason: words, .. } => {
            assert!(!words.is_empty(), "words are missing");
            words.clear();
        }
        _ => {}
    }
    error
}
