//! A running lab, and somebody who calls the contract.

use mashdesk_lab::{Lab, journal::Side, options::Options};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header, redirect};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) struct Story {
    pub(crate) lab: Lab,
    pub(crate) http: Client,
}

/// One window of one run of the app.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) window: Uuid,
    pub(crate) instance: Uuid,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self { window: Uuid::new_v4(), instance: Uuid::new_v4() }
    }

    pub(crate) fn beside(other: Self) -> Self {
        Self { window: Uuid::new_v4(), ..other }
    }
}

impl Story {
    pub(crate) async fn start(options: Options) -> Self {
        let lab = Lab::start(Options { apps: 20, ..options }).await.unwrap();
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { lab, http }
    }

    /// A call of the contract, as `person`; the path is below `{api}`.
    pub(crate) fn call(&self, person: &str, method: Method, path: &str) -> RequestBuilder {
        let token = self.lab.website.app_token(person).unwrap();
        self.http.request(method, self.page(&format!("/api/v1{path}"))).bearer_auth(token)
    }

    pub(crate) fn page(&self, path: &str) -> String {
        self.lab.website.url().join(path).unwrap().into()
    }

    pub(crate) async fn ask(
        &self,
        person: &str,
        mashup: &str,
        Window { window, instance }: Window,
    ) -> Response {
        let path = format!("/mashups/{mashup}/tickets");
        let body = json!({ "window": window, "instance": instance });
        self.call(person, Method::POST, &path).json(&body).send().await.unwrap()
    }

    /// Sends a form as a page does, with the cookies of a `Cookie` header.
    pub(crate) async fn post(&self, path: &str, cookies: &str, form: String) -> Response {
        let request = self.http.post(self.page(path)).header(header::COOKIE, cookies).body(form);
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send().await.unwrap()
    }

    /// Signs in by the page; answers the browser's cookie, and where the page leads.
    pub(crate) async fn sign_in(&self, person: &str, then: &str) -> (String, String) {
        let password =
            self.lab.website.people().into_iter().find(|other| other.name == person).unwrap().password;
        let form = form(&[("name", person), ("password", &password), ("then", then)]);
        let answer = self.post("/sign-in", "", form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let (name, value) = cookie(&answer).unwrap();
        (format!("{name}={value}"), location(&answer).to_owned())
    }

    /// A ticket that must be granted.
    pub(crate) async fn ticket(&self, person: &str, mashup: &str, window: Window) -> Value {
        let answer = self.ask(person, mashup, window).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.unwrap()
    }

    /// Gets a ticket and redeems it; answers the id of the session.
    pub(crate) async fn open(&self, person: &str, mashup: &str, window: Window) -> String {
        let ticket = self.ticket(person, mashup, window).await;
        let redeemed = self.http.get(text(&ticket, "redeem_url")).send().await.unwrap();
        assert_eq!(redeemed.status(), StatusCode::OK);
        let (name, value) = cookie(&redeemed).unwrap();
        assert_eq!(name, text(&ticket, "session_cookie"));
        value
    }

    pub(crate) fn live_sessions(&self) -> Vec<String> {
        self.lab.qlik.sessions().into_iter().map(|session| session.id).collect()
    }

    /// What QPS was asked for, as `METHOD path`.
    pub(crate) fn asked_of_qps(&self) -> Vec<String> {
        let entries = self.lab.journal.entries();
        entries
            .iter()
            .filter(|entry| entry.side == Side::Qps)
            .map(|entry| format!("{} {}", entry.method, entry.uri))
            .collect()
    }
}

/// The first cookie that an answer sets.
pub(crate) fn cookie(answer: &Response) -> Option<(String, String)> {
    let line = answer.headers().get(header::SET_COOKIE)?.to_str().unwrap();
    let (name, value) = line.split(';').next()?.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

/// Where an answer leads; nothing when it does not.
pub(crate) fn location(answer: &Response) -> &str {
    answer.headers().get(header::LOCATION).map_or("", |location| location.to_str().unwrap())
}

/// A form's body, or a query.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_else(|| panic!("no {member} in {object}"))
}

pub(crate) async fn problem(answer: Response, status: StatusCode) -> Value {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
    answer.json().await.unwrap()
}
