//! One run of Mashdesk: the website, the person, the catalog, the windows and
//! the exports, tied together. Each part's own doings are in its own file.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Client;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use url::Url;

use crate::account::{Attempt, Known};
use crate::exports::Exports;
use crate::host::{Change, Host, HostError};
use crate::http_cache::{HttpCaches, Roots};
use crate::icons::Icons;
use crate::isolation::Proof;
use crate::last_run::{self, LastRun};
use crate::sessions::Sessions;
use crate::website::{self, Website};
use crate::{
    Account, Catalog, Credentials, Error, Instance, MashupId, Policy, Result, Settings, TokenStore, http,
};

/// Longest that quitting waits for the website to end this run's sessions.
const GIVE_ALL_BACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest that quitting waits for the keyring.
const KEEP_TIMEOUT: Duration = Duration::from_secs(2);

/// What a run starts with.
pub struct Setup {
    /// The website of this run, as typed; otherwise the one in the settings.
    pub website: Option<String>,
    /// Where the settings are.
    pub settings_file: PathBuf,
    /// Where exports are saved.
    pub download_folder: PathBuf,
    /// Where the sign-in token rests.
    pub tokens: Arc<dyn TokenStore>,
    /// Where what mashups' pages have loaded is kept; nowhere, if the webview has
    /// no way to.
    pub http_caches: Option<Roots>,
    /// What IT has settled.
    pub policy: Policy,
    /// What runs the work that outlives a call: a screen's own threads have no
    /// runtime.
    pub runtime: Handle,
}

/// How the website is reached.
#[derive(Clone, Debug)]
pub enum Connection {
    /// Nobody has said yet which website.
    Unset,
    /// It is being asked who it is.
    Connecting(String),
    /// That address does not do.
    Failed(String, Error),
    /// It is there.
    Ready(Arc<Website>),
}

/// One run of Mashdesk.
pub struct Desk<H> {
    pub(crate) host: H,
    pub(crate) http: Client,
    pub(crate) tokens: Arc<dyn TokenStore>,
    pub(crate) instance: Instance,
    pub(crate) connection: Mutex<Connection>,
    pub(crate) account: Mutex<Account>,
    pub(crate) attempt: Mutex<Option<Attempt>>,
    /// Who was signed in last at this website.
    pub(crate) known: Mutex<Option<Known>>,
    /// One change of the keyring at a time.
    pub(crate) keyring_turn: tokio::sync::Mutex<()>,
    /// Whether windows are kept apart, once it is known; whoever needs to know
    /// waits for its turn.
    pub(crate) proof: tokio::sync::Mutex<Proof>,
    pub(crate) sessions: Sessions,
    pub(crate) exports: Exports,
    pub(crate) http_caches: HttpCaches,
    cache_roots: Option<Roots>,
    pub(crate) policy: Policy,
    pub(crate) download_folder: PathBuf,
    pub(crate) runtime: Handle,
    /// Runs that may have left sessions on Qlik.
    pub(crate) left_behind: Mutex<Vec<Instance>>,
    /// What the last run left, until somebody has signed in.
    pub(crate) last_run: Mutex<Option<LastRun>>,
    pub(crate) last_run_file: PathBuf,
    pub(crate) to_remember: Notify,
    /// The task that follows the website's news.
    pub(crate) following: Mutex<Option<AbortHandle>>,
    quitting: AtomicBool,
    pub(crate) catalog: Mutex<Catalog>,
    pub(crate) icons: Icons,
    pub(crate) etag: Mutex<Option<String>>,
    /// The titles of all mashups that this run has seen: a person knows one by
    /// its title, also when it is no longer theirs.
    pub(crate) titles: Mutex<BTreeMap<MashupId, String>>,
    /// What was asked from outside, until somebody is signed in.
    pub(crate) waiting: Mutex<VecDeque<MashupId>>,
    pub(crate) notice: Mutex<Option<Error>>,
    pub(crate) settings: Mutex<Settings>,
    pub(crate) settings_file: PathBuf,
    website: Option<String>,
}

impl<H: Host> Desk<H> {
    /// Sets a run up. Nothing is asked of the network before
    /// [`start`](Self::start).
    ///
    /// # Errors
    /// Where the operating system's trust store cannot be opened.
    pub fn new(host: H, setup: &Setup) -> Result<Arc<Self>, HostError> {
        let http = http::client(&setup.policy).map_err(HostError)?;
        let last_run_file = last_run::file_beside(&setup.settings_file);
        Ok(Arc::new(Self {
            host,
            http,
            tokens: Arc::clone(&setup.tokens),
            instance: Instance::new(),
            connection: Mutex::new(Connection::Unset),
            account: Mutex::new(Account::SignedOut(None)),
            attempt: Mutex::default(),
            known: Mutex::default(),
            keyring_turn: tokio::sync::Mutex::default(),
            proof: tokio::sync::Mutex::default(),
            sessions: Sessions::default(),
            exports: Exports::load(&setup.settings_file),
            http_caches: HttpCaches::default(),
            cache_roots: setup.http_caches.clone().filter(|_| setup.policy.keeps_pages()),
            policy: setup.policy.clone(),
            download_folder: setup.download_folder.clone(),
            runtime: setup.runtime.clone(),
            left_behind: Mutex::default(),
            last_run: Mutex::new(Some(LastRun::load(&last_run_file))),
            last_run_file,
            to_remember: Notify::new(),
            following: Mutex::default(),
            quitting: AtomicBool::new(false),
            catalog: Mutex::new(Catalog::None),
            icons: Icons::default(),
            etag: Mutex::new(None),
            titles: Mutex::default(),
            waiting: Mutex::default(),
            notice: Mutex::default(),
            settings: Mutex::default(),
            settings_file: setup.settings_file.clone(),
            website: setup.website.clone(),
        }))
    }

    /// Connects to the website that is known, and signs in if a token rests in
    /// the keyring; sees to it meanwhile that windows are kept apart, or, where several
    /// were asked for and see it of each other, after them.
    pub async fn start(self: &Arc<Self>) {
        // Whoever opens a mashup waits for what is seen, and is told.
        if self.waiting.lock().len() < 2 {
            let ((), _) = tokio::join!(self.set_out(), self.kept_apart());
        } else {
            self.set_out().await;
            let desk = Arc::clone(self);
            self.runtime.spawn(async move {
                desk.come_to_rest().await;
                let _ = desk.kept_apart().await;
            });
        }
    }

    async fn set_out(self: &Arc<Self>) {
        self.runtime.spawn(Arc::clone(self).keep_remembering());
        self.runtime.spawn(Arc::clone(self).watch_the_clock());
        if let Some(roots) = &self.cache_roots {
            self.http_caches.open(roots);
        }
        let loaded = Settings::load(&self.settings_file).map(|settings| {
            *self.settings.lock() = settings.clone();
            self.host.changed(Change::Personal);
            settings.website.map(String::from)
        });
        let desk = Arc::clone(self);
        self.runtime.spawn_blocking(move || desk.clear_up());
        let address = match (&self.policy.website, &self.website) {
            (Some(address), _) => Ok(Some(address.to_string())),
            (None, Some(address)) => Ok(Some(address.clone())),
            (None, None) => loaded,
        };
        let connected = match address {
            Ok(None) => return,
            Ok(Some(address)) => self.connect(&address).await,
            Err(error) => {
                self.set_connection(Connection::Failed(String::new(), error.clone()));
                Err(error)
            }
        };
        if let Err(error) = connected {
            tracing::warn!(%error, "no website");
        }
    }

    /// Makes another website the one of this and later runs.
    ///
    /// # Errors
    /// Every `Website…` error, [`Error::SettingsUnwritable`], or
    /// [`Error::Managed`].
    pub async fn set_website(self: &Arc<Self>, address: &str) -> Result<()> {
        if self.policy.website.is_some() {
            return Err(Error::Managed { setting: "website".to_owned() });
        }
        let url = self.connect(address).await?;
        self.change_settings(|settings| settings.website = Some(url))
    }

    /// The person quits: notes what is open for the next run, and gives every
    /// session back, bounded in time.
    pub async fn quit(&self) {
        self.quitting.store(true, Ordering::Relaxed);
        self.unfollow_news();
        self.cancel_exports();
        let given_back = self.give_all_back().await;
        self.write_down(!given_back);
        self.http_caches.leave();
        // A token that was renewed a moment ago is kept; a keyring that did not
        // serve is not asked again.
        if let Account::SignedIn { website, credentials, remembered: true, .. } = self.account() {
            let kept = tokio::time::timeout(KEEP_TIMEOUT, self.keep(&website, &credentials)).await;
            if kept.is_err() {
                tracing::warn!("the sign-in may not be there at the next start");
            }
        }
    }

    /// Ends this run's sessions; says whether that is certain.
    pub(crate) async fn give_all_back(&self) -> bool {
        let Ok((website, credentials)) = self.signed_in() else { return false };
        self.give_all_back_by(&website, &credentials).await
    }

    /// The same by a sign-in that may have ended meanwhile.
    pub(crate) async fn give_all_back_by(&self, website: &Website, credentials: &Credentials) -> bool {
        let ended =
            tokio::time::timeout(GIVE_ALL_BACK_TIMEOUT, website.end_sessions(credentials, self.instance))
                .await;
        match ended {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::warn!(%error, "sessions were not given back"),
            Err(_) => tracing::warn!("sessions were not given back in time"),
        }
        false
    }

    pub(crate) fn is_quitting(&self) -> bool {
        self.quitting.load(Ordering::Relaxed)
    }

    /// What IT has settled.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The screen.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// How the website is reached.
    pub fn connection(&self) -> Connection {
        self.connection.lock().clone()
    }

    /// Somebody has signed in: fetches their catalog, then opens what waits.
    pub(crate) fn welcome(self: &Arc<Self>) {
        let desk = Arc::clone(self);
        self.runtime.spawn(async move {
            if let Err(error) = desk.refresh_catalog().await {
                tracing::warn!(%error, "no catalog");
            }
            desk.follow_news();
            desk.try_again_now();
            desk.open_what_waits().await;
            if let Ok((website, _)) = desk.signed_in() {
                desk.take_up(&website).await;
            }
        });
    }

    async fn connect(self: &Arc<Self>, address: &str) -> Result<Url> {
        let before = self.connection();
        self.set_connection(Connection::Connecting(address.to_owned()));
        let found = match website::parse_address(address) {
            Ok(url) => Website::discover(&self.http, &url).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(mut website) => {
                website.sign_in.retain(|way| self.policy.allows(way.kind()));
                let website = Arc::new(website);
                if matches!(before, Connection::Ready(_)) {
                    self.unfollow_news();
                    self.close_all().await;
                }
                self.cancel_sign_in();
                *self.known.lock() = None;
                self.set_account(Account::SignedOut(None));
                self.forget_catalog();
                self.set_connection(Connection::Ready(Arc::clone(&website)));
                self.resume_sign_in(&website).await;
                Ok(website.url.clone())
            }
            Err(error) => {
                // A slip while changing websites must not cost the good one.
                self.set_connection(match before {
                    Connection::Ready(_) => before,
                    _ => Connection::Failed(address.to_owned(), error.clone()),
                });
                Err(error)
            }
        }
    }

    fn set_connection(&self, connection: Connection) {
        *self.connection.lock() = connection;
        self.host.changed(Change::Website);
    }
}
