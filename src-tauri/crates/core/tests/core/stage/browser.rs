//! The person's browser, and the person before it: it signs in at the lab's
//! website, answers the question there, and goes where it is sent.

use mashdesk_lab::Lab;
use reqwest::{Client, Response, header, redirect};
use url::{Url, form_urlencoded};

pub(crate) struct Browser {
    http: Client,
    cookie: String,
    person: String,
    password: String,
}

impl Browser {
    pub(crate) fn of(lab: &Lab, person: &str) -> Self {
        let known = lab.website.people().into_iter().find(|known| known.name == person);
        Self {
            http: Client::builder().redirect(redirect::Policy::none()).no_proxy().build().expect("a client"),
            cookie: String::new(),
            person: person.to_owned(),
            password: known.expect("a person of the lab").password,
        }
    }

    /// Follows a provider's question to the address that it is answered at:
    /// presses Allow, or Deny.
    pub(crate) async fn answer(&mut self, question: &Url, decision: &str) -> Url {
        let page = self.sign_in(question).await;
        let page = self.get(&page).await.text().await.expect("a page");
        let (_, rest) = page.split_once("name=\"question\" value=\"").expect("a question");
        let (id, _) = rest.split_once('"').expect("a question");
        let consent = question.join("/oidc/consent").expect("a URL");
        location(&self.post(&consent, &[("question", id), ("decision", decision)]).await)
    }

    /// Follows the website's sign-in page to where it ends.
    pub(crate) async fn enter(&mut self, login: &Url) -> Url {
        let page = self.sign_in(login).await;
        location(&self.get(&page).await)
    }

    pub(crate) async fn get(&self, url: &Url) -> Response {
        let request = self.http.get(url.clone()).header(header::COOKIE, &self.cookie);
        request.send().await.expect("an answer")
    }

    /// Signs in on the way to a page; answers where that is.
    async fn sign_in(&mut self, wanted: &Url) -> Url {
        let form = location(&self.get(wanted).await);
        let then = form.query_pairs().find(|(name, _)| name == "then").expect("a way on").1.into_owned();
        let (person, password) = (self.person.clone(), self.password.clone());
        let fields = [("name", &*person), ("password", &*password), ("then", &*then)];
        let answer = self.post(&form, &fields).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("a cookie");
        self.cookie = cookie.split(';').next().expect("a cookie").to_owned();
        location(&answer)
    }

    pub(crate) async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Response {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(url.clone()).header(header::COOKIE, &self.cookie).body(form);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.send().await.expect("an answer")
    }
}

fn location(answer: &Response) -> Url {
    let location = answer.headers().get(header::LOCATION).expect("a redirect");
    answer.url().join(location.to_str().expect("a text")).expect("a URL")
}
