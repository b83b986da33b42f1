//! The lab's website behind a proxy that alters what is asked, or what is
//! answered: a website that keeps to its contract but for one thing.

#![expect(clippy::expect_used, reason = "a relay that does not stand is a failed test")]

use std::sync::{Arc, Mutex};

use crate::Lab;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

mod flaws;

pub use flaws::{FLAWS, busy};

/// A mashup that is not for the person who signs in.
pub const DENIED: &str = "m003";

/// One request, before the website gets it.
pub struct Asked {
    /// How it asks.
    pub method: Method,
    /// With its query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// One answer, before the client gets it.
pub struct Told {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// What is wrong with the website.
#[derive(Clone, Copy)]
pub enum Spoil {
    /// It takes one request for another.
    Asked(fn(&Ground, &mut Asked)),
    /// It answers something else.
    Told(fn(&Ground, &Asked, &mut Told)),
    /// Both.
    Both(fn(&Ground, &mut Asked), fn(&Ground, &Asked, &mut Told)),
}

/// What a spoil may look at.
pub struct Ground {
    /// What is behind it.
    pub lab: Lab,
    /// The spoilt website's root.
    pub url: Url,
    /// The tokens of the person who signs in, and of another one.
    pub tokens: [String; 2],
    /// What the spoil has put aside.
    pub kept: Mutex<Vec<String>>,
    spoil: Spoil,
    http: reqwest::Client,
}

impl Ground {
    /// Serves the lab's website with that flaw.
    pub async fn serve(lab: Lab, spoil: Spoil) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let ground = Arc::new(Self {
            url: Url::parse(&format!("http://{address}/")).expect("a URL"),
            tokens: ["ben", "ana"].map(|person| lab.website.app_token(person).expect("a token")),
            kept: Mutex::default(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .expect("a client"),
            spoil,
            lab,
        });
        let router = axum::Router::new().fallback(pass).with_state(Arc::clone(&ground));
        tokio::spawn(async move { axum::serve(listener, router).await });
        ground
    }

    /// The next of what was put aside; what is given when there is nothing.
    pub fn first(&self, otherwise: &str) -> String {
        let mut kept = self.kept.lock().expect("no panic before");
        if kept.is_empty() {
            kept.push(otherwise.to_owned());
        }
        kept[0].clone()
    }
}

impl Asked {
    /// Whether it asks that way for a path with this in it.
    pub fn is(&self, method: &Method, part: &str) -> bool {
        self.method == *method && self.path.contains(part)
    }

    /// The token that it came with.
    pub fn token(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    }

    /// Makes it come with another token.
    pub fn set_token(&mut self, token: &str) {
        let value = format!("Bearer {token}").parse().expect("a header");
        self.headers.insert(header::AUTHORIZATION, value);
    }
}

impl Told {
    /// Changes a JSON body; nothing where it is none.
    pub fn edit(&mut self, edit: impl FnOnce(&mut Value)) {
        if let Ok(mut document) = serde_json::from_slice(&self.body) {
            edit(&mut document);
            self.body = document.to_string().into_bytes();
        }
    }

    /// Sets a header.
    pub fn set(&mut self, name: header::HeaderName, value: &str) {
        self.headers.insert(name, value.parse().expect("a header"));
    }

    /// Sends the client elsewhere.
    pub fn redirect(&mut self, to: &str) {
        self.status = StatusCode::FOUND;
        self.set(header::LOCATION, to);
    }
}

async fn pass(State(ground): State<Arc<Ground>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = Asked {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: axum::body::to_bytes(body, 1 << 20).await.expect("a small body").to_vec(),
    };
    if let Spoil::Asked(spoil) | Spoil::Both(spoil, _) = ground.spoil {
        spoil(&ground, &mut asked);
    }
    for name in [header::HOST, header::CONTENT_LENGTH] {
        asked.headers.remove(name);
    }
    // A redeem URL may lead through here as well.
    let to_qlik = asked.path.starts_with(&format!("/{}/", ground.lab.qlik.virtual_proxy()));
    let server = if to_qlik { ground.lab.qlik.proxy_url() } else { ground.lab.website.url() };
    let url = server.join(&asked.path).expect("a URL");
    let request = ground.http.request(asked.method.clone(), url).headers(asked.headers.clone());
    let answer = request.body(asked.body.clone()).send().await.expect("the lab answers");
    let mut told = Told { status: answer.status(), headers: answer.headers().clone(), body: Vec::new() };
    told.headers.remove(header::TRANSFER_ENCODING);
    told.headers.remove(header::CONTENT_LENGTH);
    let endless = told.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let stream = if endless {
        Some(Body::from_stream(answer.bytes_stream()))
    } else {
        told.body = answer.bytes().await.expect("the lab's body").to_vec();
        None
    };
    if let Spoil::Told(spoil) | Spoil::Both(_, spoil) = ground.spoil {
        spoil(&ground, &asked, &mut told);
    }
    let mut response = Response::new(stream.unwrap_or_else(|| Body::from(told.body)));
    *response.status_mut() = told.status;
    *response.headers_mut() = told.headers;
    response
}
