//! The simulated Qlik Sense: a proxy, its API (QPS) and an engine.

use std::{collections::HashSet, io, path::Path, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::task::AbortHandle;
use url::Url;

use crate::{
    apps::{App, Apps},
    certificates::{CertificateError, CertificateFiles, Certificates},
    clock::Clock,
    faults::Faults,
    journal::{Journal, Side},
    options::Options,
    pages::MashupSettings,
    serving::{Bound, Listener, Serving, observed},
};

mod engine;
mod exports;
mod identity;
mod mishaps;
mod proxy;
mod qps;
mod sessions;
mod site;
mod tickets;

pub use engine::Notice;
pub use identity::{Attributes, Identity};
pub use sessions::{SessionRecord, SessionState};
pub use tickets::{Spoil, TicketRecord};

use engine::Engine;
use sessions::Farewell;
use site::Site;

/// A running Qlik Sense; every clone is a handle of the same one, and it stops with the last.
#[derive(Clone)]
pub struct Qlik {
    running: Arc<Running>,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum QlikError {
    /// A port could not be served.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What went wrong.
        source: io::Error,
    },
    /// The prefix makes no URL.
    #[error("cannot make a URL of the virtual proxy `{0}`")]
    VirtualProxy(String),
    /// No certificates.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
}

struct Running {
    site: Arc<Site>,
    tls: Option<Arc<rustls::ServerConfig>>,
    sweep: AbortHandle,
    proxy: Listener,
    qps: Listener,
}

impl Qlik {
    /// Starts all listeners; the certificate files go into `folder`.
    pub async fn start(
        apps: Arc<Apps>,
        journal: Arc<Journal>,
        faults: Faults,
        options: &Options,
        folder: &Path,
    ) -> Result<Self, QlikError> {
        // A second start in the same process finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = Certificates::create(folder)?;
        let tls = options.https.then(|| certificates.server()).transpose()?;
        let proxy = listen(options.proxy_port)?;
        let qps = listen(options.qps_port)?;
        let scheme = if options.https { "https" } else { "http" };
        let proxy_url = address(&format!("{scheme}://{}:{}/", options.known_at, proxy.port()), options)?;
        let site = Arc::new(Site {
            apps,
            options: options.clone(),
            files: certificates.files.clone(),
            qps_url: address(&format!("https://localhost:{}/", qps.port()), options)?,
            clock: Clock::start(),
            tickets: Mutex::default(),
            sessions: Mutex::default(),
            exports: Mutex::default(),
            links: proxy::links::Links::default(),
            engine: Engine::default(),
            // Pages hosted on Qlik itself need no entry in the allow list.
            allowed_origins: Mutex::new(HashSet::from([proxy_url.origin().ascii_serialization()])),
            targets: Mutex::default(),
            proxy_url,
        });
        let mutual = certificates.mutual(options.missing_certificate)?;
        let router = observed(qps::router(site.clone()), Side::Qps, journal.clone(), faults.clone());
        let qps = open(qps, move |bound| qps::serve(bound, router.clone(), mutual.clone()))?;
        let (router, outer) =
            (observed(proxy::router(site.clone()), Side::Proxy, journal, faults), tls.clone());
        let proxy = open(proxy, move |bound| bound.serve(router.clone(), outer.clone()))?;
        let sweep = sweep_regularly(site.clone());
        Ok(Self { running: Arc::new(Running { site, tls, sweep, proxy, qps }) })
    }

    /// `http(s)://127.0.0.1:PORT/`
    pub fn proxy_url(&self) -> &Url {
        &self.site().proxy_url
    }

    /// `https://localhost:PORT/`
    pub fn qps_url(&self) -> &Url {
        &self.site().qps_url
    }

    /// The virtual proxy's prefix, without slashes.
    pub fn virtual_proxy(&self) -> &str {
        &self.site().options.virtual_proxy
    }

    /// `X-Qlik-Session-ticket-HTTP` or alike.
    pub fn session_cookie_name(&self) -> String {
        self.site().session_cookie_name()
    }

    /// What a website needs to talk to QPS.
    pub fn certificates(&self) -> &CertificateFiles {
        &self.site().files
    }

    /// What the page of this app's mashup needs to know, wherever it is hosted.
    pub fn mashup_settings(&self, app: &App) -> MashupSettings {
        self.site().mashup_settings(app)
    }

    /// What the website serves https with, when it does.
    pub(crate) fn tls(&self) -> Option<Arc<rustls::ServerConfig>> {
        self.running.tls.clone()
    }

    /// A ticket, as QPS would issue it.
    pub fn issue_ticket(&self, identity: &Identity, attributes: Attributes) -> String {
        self.site().issue_ticket(identity.clone(), attributes)
    }

    /// How many redirects lead from a sign-in link to Qlik's own answer.
    pub const LINK_REDIRECTS: u8 = 2;

    /// A single-use link that redirects to where the ticket is redeemed.
    pub fn sign_in_link(&self, ticket: String) -> Url {
        let mut link = self.proxy_url().clone();
        link.set_path(&format!("/link/{}", self.site().links.make(ticket)));
        link
    }

    /// Every ticket of the run.
    pub fn tickets(&self) -> Vec<TicketRecord> {
        self.site().tickets.lock().records()
    }

    /// Every session that still holds a slot, oldest first.
    pub fn sessions(&self) -> Vec<SessionRecord> {
        self.site().sweep();
        self.site().sessions.lock().records()
    }

    /// Ends one session, as QPS can; false when there is no such live one.
    pub fn end_session(&self, id: &str) -> bool {
        self.site().end_session(id, Farewell::Told(Notice::SessionLoggedOut)).is_some()
    }

    /// Ends one session as inactivity would; false when there is no such live one.
    pub fn time_out_session(&self, id: &str) -> bool {
        self.site().end_session(id, Farewell::Told(Notice::SessionTimedOut)).is_some()
    }

    /// Lets time pass: tickets expire, sessions time out or free their slots.
    pub fn advance(&self, by: Duration) {
        self.site().clock.advance(by);
        self.site().sweep();
    }

    /// Every session gone at once, every websocket cut without a word.
    pub fn restart_proxy(&self) {
        self.site().sessions.lock().forget_all();
    }

    /// Puts an origin on the virtual proxy's host allow list, for websockets and for CORS.
    pub fn allow_origin(&self, origin: &str) {
        self.site().allowed_origins.lock().insert(origin.trim_end_matches('/').to_owned());
    }

    fn site(&self) -> &Site {
        &self.running.site
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sweep.abort();
    }
}

fn listen(port: u16) -> Result<Bound, QlikError> {
    Bound::on(port).map_err(|source| QlikError::Listen { port, source })
}

fn open(
    bound: Bound,
    serve: impl Fn(Bound) -> io::Result<Serving> + Send + Sync + 'static,
) -> Result<Listener, QlikError> {
    let port = bound.port();
    Listener::open(bound, serve).map_err(|source| QlikError::Listen { port, source })
}

fn address(text: &str, options: &Options) -> Result<Url, QlikError> {
    let refused = || QlikError::VirtualProxy(options.virtual_proxy.clone());
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !options.virtual_proxy.chars().all(plain) {
        return Err(refused());
    }
    Url::parse(text).map_err(|_| refused())
}

/// Open websockets learn of a time-out although nobody asks for anything.
fn sweep_regularly(site: Arc<Site>) -> AbortHandle {
    let site = Arc::downgrade(&site);
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    let sweeping = async move {
        loop {
            ticks.tick().await;
            match site.upgrade() {
                Some(site) => site.sweep(),
                None => break,
            }
        }
    };
    tokio::spawn(sweeping).abort_handle()
}
