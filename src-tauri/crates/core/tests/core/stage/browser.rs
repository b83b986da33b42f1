//! The lab's browser, for a stage on which it always works.

use mashdesk_lab::Lab;
use reqwest::Response;
use url::Url;

pub(crate) struct Browser(mashdesk_lab::browser::Browser);

impl Browser {
    pub(crate) fn of(lab: &Lab, person: &str) -> Self {
        Self(mashdesk_lab::browser::Browser::of(lab, person).expect("a person of the lab"))
    }

    pub(crate) async fn answer(&mut self, question: &Url, button: &str) -> Url {
        self.0.answer(question, button).await.expect("an answer")
    }

    pub(crate) async fn enter(&mut self, login: &Url) -> Url {
        self.0.enter(login).await.expect("the end of the page")
    }

    pub(crate) async fn get(&self, url: &Url) -> Response {
        self.0.get(url).await.expect("an answer")
    }

    pub(crate) async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Response {
        self.0.post(url, fields).await.expect("an answer")
    }
}
