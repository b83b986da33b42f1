//! A hostile server: where the adversary's page tells what it got, what it tries to reach, and what
//! it should never be led to. It answers under three names that are three sites to a browser, and
//! with three certificates that nobody should trust.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    certificates::{self, CertificateError, Flaw},
    pages,
    serving::{Bound, Serving},
};

/// A running hostile server; it stops when dropped.
pub struct Adversary {
    state: Arc<Told>,
    port: u16,
    tls: BTreeMap<&'static str, u16>,
    _serving: Vec<Serving>,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum AdversaryError {
    /// A port could not be served.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// A bad certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// What one attack came to, as the page tells it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Attempt {
    /// Where it ran: `page`, `frame`, `worker`, …
    pub role: String,
    /// Which attack.
    pub attack: String,
    /// `refused`, `through`, `missing`, `posted`, or `end` after the last one of a role.
    pub outcome: String,
    /// What was seen.
    pub detail: String,
}

#[derive(Default)]
struct Told {
    attempts: Mutex<Vec<Attempt>>,
    hits: Mutex<Vec<String>>,
    config: Mutex<Value>,
    cached: Mutex<usize>,
}

impl Adversary {
    /// Serves it on loopback, on the current tokio runtime.
    pub fn start() -> Result<Self, AdversaryError> {
        let state = Arc::new(Told::default());
        let router = router(Arc::clone(&state));
        let plain = Bound::on(0)?;
        let port = plain.port();
        let mut serving = vec![plain.serve(router.clone(), None)?];
        let mut tls = BTreeMap::new();
        for flaw in [Flaw::Untrusted, Flaw::Expired, Flaw::WrongHost] {
            let bound = Bound::on(0)?;
            tls.insert(flaw.name(), bound.port());
            serving.push(bound.serve(router.clone(), Some(certificates::flawed(flaw)?))?);
        }
        Ok(Self { state, port, tls, _serving: serving })
    }

    /// Its origin on the website's own site.
    pub fn near(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its origin on another site.
    pub fn foreign(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Its origin under an address that is this machine's, and yet not loopback's: what goes there
    /// would go over a network in the clear.
    pub fn in_the_clear(&self) -> String {
        format!("http://[::ffff:127.0.0.1]:{}", self.port)
    }

    /// Its origins with bad certificates, by what is bad about them.
    pub fn tls(&self) -> BTreeMap<&'static str, String> {
        self.tls.iter().map(|(&flaw, port)| (flaw, format!("https://127.0.0.1:{port}"))).collect()
    }

    /// Tells the page what it is to look for.
    pub fn configure(&self, config: Value) {
        *self.state.config.lock() = config;
    }

    /// What the page has told so far.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.state.attempts.lock().clone()
    }

    /// Whether something was asked for at `/hit/{name}`.
    pub fn was_hit(&self, name: &str) -> bool {
        self.state.hits.lock().iter().any(|hit| hit == name)
    }

    /// How often something was asked for whose name begins so.
    pub fn hits(&self, prefix: &str) -> usize {
        self.state.hits.lock().iter().filter(|hit| hit.starts_with(prefix)).count()
    }
}

fn router(state: Arc<Told>) -> Router {
    Router::new()
        .route("/report", any(report))
        .route("/config.json", get(config))
        .route("/hit/{name}", any(hit))
        .route("/redirect", get(redirect))
        .route("/cached", get(cached))
        .route("/picture.svg", get(picture))
        .route("/file", get(file))
        .route("/{page}", get(page))
        .layer(middleware::from_fn(for_everybody))
        .with_state(state)
}

/// Its answers may be read by pages of every origin.
async fn for_everybody(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn report(State(told): State<Arc<Told>>, body: Bytes) -> StatusCode {
    match serde_json::from_slice(&body) {
        Ok(attempt) => {
            told.attempts.lock().push(attempt);
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

async fn config(State(told): State<Arc<Told>>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(told.config.lock().clone()))
}

async fn hit(State(told): State<Arc<Told>>, Path(name): Path<String>) -> impl IntoResponse {
    let page = format!("<!doctype html><title>Mashdesk</title><h1>{name} got through</h1>");
    told.hits.lock().push(name);
    ([(header::CONTENT_TYPE, "text/html"), (header::CACHE_CONTROL, "no-store")], page)
}

#[derive(Deserialize)]
struct To {
    to: String,
}

async fn redirect(Query(To { to }): Query<To>) -> Response {
    match HeaderValue::from_str(&to) {
        Ok(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// May be kept for an hour, and says how often it was asked for.
async fn cached(State(told): State<Arc<Told>>) -> impl IntoResponse {
    let mut asked = told.cached.lock();
    *asked += 1;
    ([(header::CACHE_CONTROL, "max-age=3600")], format!("asked {asked} times"))
}

async fn picture() -> impl IntoResponse {
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>";
    ([(header::CONTENT_TYPE, "image/svg+xml")], picture)
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

/// A download that wants to be called `name`, byte by byte.
async fn file(State(told): State<Arc<Told>>, Query(Name { name }): Query<Name>) -> Response {
    told.hits.lock().push(format!("file:{name}"));
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&name));
    let Ok(disposition) = HeaderValue::from_str(&disposition) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    (headers, "hostile").into_response()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn page(Path(page): Path<String>) -> Response {
    pages::file(&page, &HeaderMap::new()).await
}
