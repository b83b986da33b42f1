//! The reference website: keeps the permissions, fetches tickets from QPS, implements the
//! contract in `docs/website-contract.openapi.yaml` and serves the mashups' pages.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::{Html, Response},
    routing::{get, post},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use tokio::sync::Notify;
use url::Url;

use crate::{
    apps::{App, Apps},
    clock::Clock,
    faults::Faults,
    journal::{Journal, Side},
    options::Options,
    pages::{self, NotBuilt},
    qlik::Qlik,
    serving::{Bound, Listener, observed},
};

mod admin;
mod contract;
mod html;
mod mashups;
mod oidc;
mod people;
mod permissions;
mod qps;
mod secret;
mod sign_in;
mod spoils;
mod visits;
mod web_sign_in;

pub use oidc::NoKey;
pub use people::Person;
pub use permissions::{Permissions, PermissionsError, Rule, SubjectKind};
pub use spoils::SignInSpoil;

use qps::Qps;
use sign_in::{SignIns, Visitor};
use spoils::Spoils;
use visits::{Visit, Visits};

/// Whom people write to, in reasons and in the discovery document.
const SUPPORT: &str = "analytics@acme.example";

/// A running website; it stops when dropped.
pub struct Website {
    site: Arc<Site>,
    listener: Listener,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum WebsiteError {
    /// The port could not be served.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What went wrong.
        source: io::Error,
    },
    /// No client of QPS could be made of the certificate files.
    #[error("cannot set up mutual TLS with QPS: {0}")]
    Qps(#[source] reqwest::Error),
    /// The port makes no URL, or Qlik's origin no header.
    #[error("cannot make the website's addresses for port {0}")]
    Address(u16),
    /// There are no rules to go by.
    #[error(transparent)]
    Permissions(#[from] PermissionsError),
    /// The OpenID provider cannot sign.
    #[error(transparent)]
    NoKey(#[from] NoKey),
    /// There are no pages to serve.
    #[error(transparent)]
    Pages(#[from] NotBuilt),
}

/// What all handlers share.
struct Site {
    url: Url,
    /// The same website under another name, which makes it another site.
    cross_site_url: Url,
    cross_site: AtomicBool,
    sign_in_links: AtomicBool,
    mashup_cookies: AtomicBool,
    apps: Arc<Apps>,
    options: Options,
    qlik: Qlik,
    qps: Qps,
    people: Vec<Person>,
    permissions: Permissions,
    clock: Clock,
    sign_ins: SignIns,
    provider: oidc::Provider,
    spoils: Spoils,
    visits: Visits,
    issued: contract::Issued,
    content_policy: HeaderValue,
    events_cut: Arc<Notify>,
}

impl Website {
    /// Serves the website on loopback; its permissions are kept beside Qlik's certificate files.
    pub async fn start(
        apps: Arc<Apps>,
        journal: Arc<Journal>,
        faults: Faults,
        qlik: &Qlik,
        options: &Options,
    ) -> Result<Self, WebsiteError> {
        pages::require()?;
        let wanted = options.website_port;
        let listen = |source| WebsiteError::Listen { port: wanted, source };
        let bound = Bound::on(wanted).map_err(listen)?;
        let port = bound.port();
        let scheme = if options.https { "https" } else { "http" };
        let address = |host: &str| {
            Url::parse(&format!("{scheme}://{host}:{port}/")).map_err(|_| WebsiteError::Address(port))
        };
        let site = Arc::new(Site {
            url: address(&options.known_at.to_string())?,
            cross_site_url: address("localhost")?,
            cross_site: AtomicBool::new(options.cross_site),
            sign_in_links: AtomicBool::new(options.sign_in_links),
            mashup_cookies: AtomicBool::new(options.mashup_cookies),
            permissions: Permissions::load(
                qlik.certificates().root.with_file_name("permissions.json"),
                &apps,
            )?,
            qps: Qps::new(qlik).map_err(WebsiteError::Qps)?,
            content_policy: content_policy(qlik).ok_or(WebsiteError::Address(port))?,
            qlik: qlik.clone(),
            options: options.clone(),
            people: people::everybody(),
            clock: Clock::start(),
            sign_ins: SignIns::default(),
            provider: oidc::Provider::new()?,
            spoils: Spoils::default(),
            visits: Visits::default(),
            issued: contract::Issued::default(),
            events_cut: Arc::default(),
            apps,
        });
        let router = observed(router(site.clone()), Side::Website, journal, faults);
        let tls = qlik.tls();
        let listener = Listener::open(bound, move |bound| bound.serve(router.clone(), tls.clone()));
        Ok(Self { site, listener: listener.map_err(listen)? })
    }

    /// `http(s)://127.0.0.1:PORT/`
    pub fn url(&self) -> &Url {
        &self.site.url
    }

    /// `http(s)://localhost:PORT/`
    pub fn cross_site_url(&self) -> &Url {
        &self.site.cross_site_url
    }

    /// Whether the pages of mashups that open from now on are at `localhost`, another site than
    /// Qlik's.
    pub fn set_cross_site(&self, on: bool) {
        self.site.cross_site.store(on, Ordering::Relaxed);
    }

    /// Whether tickets from now on are links that redirect to Qlik.
    pub fn set_sign_in_links(&self, on: bool) {
        self.site.sign_in_links.store(on, Ordering::Relaxed);
    }

    /// Whether whoever can plant cookies gets the website's with a ticket from now on.
    pub fn set_mashup_cookies(&self, on: bool) {
        self.site.mashup_cookies.store(on, Ordering::Relaxed);
    }

    /// The cookies by which windows are in their mashups' pages now.
    pub fn window_cookies(&self) -> Vec<String> {
        self.site.visits.cookies()
    }

    /// Everybody who can sign in.
    pub fn people(&self) -> Vec<Person> {
        self.site.people.clone()
    }

    /// A new token for the app; nothing when there is no such person.
    pub fn app_token(&self, person: &str) -> Option<String> {
        let person = self.site.person(person)?;
        Some(self.site.sign_ins.token_for(&person.name))
    }

    /// The rules, to be changed at run time.
    pub fn permissions(&self) -> &Permissions {
        &self.site.permissions
    }

    /// Spoils the next `times` sign-ins that could have the flaw; 0 takes it back.
    pub fn spoil_sign_in(&self, spoil: SignInSpoil, times: usize) {
        self.site.spoils.set(spoil, times);
    }

    /// Voids every access token that the OpenID provider issued; refresh tokens stay good.
    pub fn void_access_tokens(&self) {
        self.site.void_access_tokens();
    }

    /// Lets that much time pass for the OpenID provider's codes and access tokens.
    pub fn advance(&self, by: Duration) {
        self.site.clock.advance(by);
    }

    /// Cuts every event stream; new ones work.
    pub fn cut_events(&self) {
        self.site.events_cut.notify_waiters();
    }

    /// Refuses and cuts every connection, until [`come_back`](Self::come_back). Nothing is
    /// forgotten; [`forget_visits`](Self::forget_visits) in between is the restart that forgets.
    pub async fn go_away(&self) {
        self.listener.close().await;
    }

    /// Serves again, on the same port; nothing when it never went away.
    pub fn come_back(&self) -> Result<(), WebsiteError> {
        let listen = |source| WebsiteError::Listen { port: self.listener.port(), source };
        self.listener.reopen().map_err(listen)
    }

    /// Forgets what a website keeps in memory: the sign-ins of browsers and of mashups' windows.
    /// Tokens, permissions and which window got which ticket are in its database, so to speak.
    pub fn forget_visits(&self) {
        self.site.sign_ins.forget_cookies();
        self.site.visits.forget();
    }
}

impl Site {
    fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name == name)
    }

    /// The visit that a window's cookie stands for.
    fn visit(&self, headers: &HeaderMap) -> Option<Visit> {
        let jar = CookieJar::from_headers(headers);
        self.visits.by_cookie(jar.get(mashups::COOKIE)?.value())
    }

    /// A cookie as all of the website's are.
    fn cookie(&self, name: &'static str, value: String, path: &str) -> Cookie<'static> {
        Cookie::build((name, value))
            .path(path.to_owned())
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.options.https)
            .build()
    }

    /// Why somebody may not open the app's mashup, for people to read.
    fn reason(&self, app: &App) -> String {
        match self.permissions.now().audience(&app.mashup) {
            Some(audience) => format!("{} is for {audience}; ask {SUPPORT} for access.", app.title),
            None => format!("{} is not open to you; ask {SUPPORT} for access.", app.title),
        }
    }
}

fn router(site: Arc<Site>) -> Router {
    let pages = Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in::form).post(sign_in::submit))
        .route(web_sign_in::LOGIN, get(web_sign_in::login))
        .route(web_sign_in::DONE, get(web_sign_in::done))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/token", get(sign_in::token_form).post(sign_in::make_token))
        .route("/admin", get(admin::show).post(admin::change))
        .route("/style.css", get(html::style))
        .route("/mashups/{id}/open", get(mashups::open))
        .route("/mashups/{id}/", get(mashups::index))
        .route("/mashups/{id}/{file}", get(mashups::file))
        .layer(middleware::from_fn_with_state(site.clone(), sign_in::own_forms_only));
    contract::router()
        .merge(pages)
        .merge(oidc::router(site.clone()))
        .layer(middleware::from_fn_with_state(site.clone(), sign_in::acted_as))
        .layer(middleware::from_fn_with_state(site.clone(), careful))
        .with_state(site)
}

/// What a signed-in browser sees first.
async fn home(State(site): State<Arc<Site>>, Visitor(person): Visitor) -> Html<String> {
    let rules = site.permissions.now();
    let open = site.apps.iter().filter(|app| rules.allow(&person, &app.mashup));
    let list: String =
        open.map(|app| format!("<li>{} ({})</li>", html::escape(&app.title), app.mashup)).collect();
    let admin = if person.is_admin() { "<a href=\"/admin\">Permissions</a>" } else { "" };
    html::page(
        "Mashups",
        &format!(
            "<nav><span>Signed in as {}</span><a href=\"/token\">A token for Mashdesk</a>{admin}\
             <form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form></nav><ul>{list}</ul>",
            html::escape(&person.display_name)
        ),
    )
}

/// Headers for every answer. `same-origin`: Qlik's logs need not know which page asked.
async fn careful(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| site.content_policy.clone());
    response
}

/// Pages load from the website and, for the mashups' data and images, from Qlik.
fn content_policy(qlik: &Qlik) -> Option<HeaderValue> {
    let http = qlik.proxy_url().origin().ascii_serialization();
    let socket = http.replacen("http", "ws", 1);
    HeaderValue::from_str(&format!(
        "default-src 'self'; script-src 'self' {http}; style-src 'self' 'unsafe-inline'; connect-src 'self' {http} {socket}; img-src 'self' data: {http}; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    ))
    .ok()
}
