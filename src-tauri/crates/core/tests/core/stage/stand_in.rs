//! A website, or a Qlik, that answers what a story tells it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::in_time;

pub(crate) const DISCOVERY: &str = "/.well-known/mashdesk.json";
pub(crate) const ME: &str = "/api/me";
pub(crate) const MASHUPS: &str = "/api/mashups";
pub(crate) const TICKETS: &str = "/api/mashups/m1/tickets";
pub(crate) const REDEEM: &str = "/redeem";
const EVENTS: &str = "/api/events";
/// Where Qlik tells whether a session lives, by the address for redeeming.
pub(crate) const PROBE: &str = "/redeem/qps/user";
/// The one secret that the stand-in's own answers hold.
pub(crate) const TICKET: &str = "t1cket";

type Answers = BTreeMap<String, ResponseTemplate>;

pub(crate) struct StandIn {
    server: MockServer,
    answers: Arc<Mutex<Answers>>,
    asked: watch::Sender<Vec<Request>>,
}

impl StandIn {
    /// A sound website with the mashup `m1`, whose tickets it redeems itself.
    pub(crate) async fn start() -> Self {
        let answers: Arc<Mutex<Answers>> = Arc::default();
        let asked = watch::Sender::new(Vec::new());
        let server = MockServer::start().await;
        let (table, log) = (Arc::clone(&answers), asked.clone());
        Mock::given(any())
            .respond_with(move |request: &Request| {
                log.send_modify(|requests: &mut Vec<Request>| requests.push(request.clone()));
                let answers = table.lock().expect("no panic before");
                answers.get(request.url.path()).cloned().unwrap_or_else(|| ResponseTemplate::new(404))
            })
            .mount(&server)
            .await;
        let stand_in = Self { server, answers, asked };
        stand_in.is_sound();
        stand_in
    }

    /// Every call answers as it should, again.
    pub(crate) fn is_sound(&self) {
        self.answers.lock().expect("no panic before").clear();
        self.answers_json(DISCOVERY, &discovery());
        self.answers_json(ME, &json!({"name": "ana"}));
        self.answers_json(MASHUPS, &json!({"mashups": [{"id": "m1", "title": "Sales"}]}));
        self.answers(TICKETS, ResponseTemplate::new(201).set_body_json(self.ticket()));
        self.answers(REDEEM, session("s1; Path=/; HttpOnly"));
        self.answers_json(PROBE, &json!({"userId": "m1"}));
        // There is no news. Without this call the catalog would be polled.
        self.answers(EVENTS, ResponseTemplate::new(200).set_delay(Duration::from_secs(3600)));
    }

    /// The answer to every request for a path, from now on.
    pub(crate) fn answers(&self, path: &str, answer: ResponseTemplate) {
        self.answers.lock().expect("no panic before").insert(path.to_owned(), answer);
    }

    pub(crate) fn answers_json(&self, path: &str, body: &Value) {
        self.answers(path, ResponseTemplate::new(200).set_body_json(body));
    }

    /// A sound ticket, to be spoilt by a story.
    pub(crate) fn ticket(&self) -> Value {
        json!({
            "redeem_url": format!("{}redeem?qlikTicket={TICKET}", self.url()),
            "mashup_url": format!("{}m1/?code=c0de", self.url()),
            "session_cookie": "session",
            "allowed_origins": [],
            "expires_in": 60,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.server.address())
    }

    /// Host and port, as errors name it.
    pub(crate) fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// All requests for a path, whatever their method.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        self.asked.borrow().iter().filter(|request| request.url.path() == path).cloned().collect()
    }

    /// Waits until a path was asked for that many times.
    pub(crate) async fn was_asked(&self, path: &str, times: usize) {
        let mut asked = self.asked.subscribe();
        in_time(path, async {
            let enough = |requests: &Vec<Request>| {
                requests.iter().filter(|request| request.url.path() == path).count() >= times
            };
            asked.wait_for(enough).await.expect("the stand-in lives");
        })
        .await;
    }
}

/// A sound discovery document, to be spoilt by a story.
pub(crate) fn discovery() -> Value {
    json!({"mashdesk": 1, "name": "Acme", "api": "/api", "sign_in": [{"kind": "token"}]})
}

/// What redeeming answers, with the session cookie of this value.
pub(crate) fn session(value: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).append_header("Set-Cookie", format!("session={value}"))
}
