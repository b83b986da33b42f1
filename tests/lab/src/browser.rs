//! A browser for those who try a client's sign-in: it signs a person in at the website's page,
//! answers the provider's question, and goes where it is sent.

use reqwest::{Client, Response, header, redirect};
use url::{Url, form_urlencoded};

use crate::Lab;

/// One person's browser.
#[derive(Debug)]
pub struct Browser {
    http: Client,
    person: String,
    password: String,
    cookie: String,
}

/// The website did not answer as it does to a browser.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No answer at all.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// An answer without what a browser needs there.
    #[error("there is no {0}")]
    Missing(&'static str),
}

impl Browser {
    /// A browser that nobody has signed in with yet.
    ///
    /// # Errors
    /// [`BrowserError::Missing`] where the lab knows nobody of that name.
    pub fn of(lab: &Lab, person: &str) -> Result<Self, BrowserError> {
        let known = lab.website.people().into_iter().find(|known| known.name == person);
        Ok(Self {
            http: Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?,
            person: person.into(),
            password: known.ok_or(BrowserError::Missing("such person"))?.password,
            cookie: String::new(),
        })
    }

    /// Follows a provider's question, presses the button (`allow` or `deny`), and answers where that
    /// leads.
    ///
    /// # Errors
    /// Where there is no such question.
    pub async fn answer(&mut self, question: &Url, button: &str) -> Result<Url, BrowserError> {
        let asked = self.sign_in(question).await?;
        let page = self.get(&asked).await?.text().await?;
        let id = page
            .split_once("name=\"question\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .ok_or(BrowserError::Missing("question"))?
            .0;
        let consent = asked.join("/oidc/consent").map_err(|_| BrowserError::Missing("address"))?;
        location(&self.post(&consent, &[("question", id), ("decision", button)]).await?)
    }

    /// Follows the website's sign-in page for the app, and answers where it ends.
    ///
    /// # Errors
    /// Where it does not end.
    pub async fn enter(&mut self, login: &Url) -> Result<Url, BrowserError> {
        let page = self.sign_in(login).await?;
        location(&self.get(&page).await?)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// Where nobody answers.
    pub async fn get(&self, url: &Url) -> Result<Response, BrowserError> {
        Ok(self.http.get(url.clone()).header(header::COOKIE, &self.cookie).send().await?)
    }

    /// Sends a form.
    ///
    /// # Errors
    /// Where nobody answers.
    pub async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Response, BrowserError> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(url.clone()).header(header::COOKIE, &self.cookie).body(form);
        Ok(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send().await?)
    }

    /// Signs in on the way to a page, and answers where that is.
    async fn sign_in(&mut self, wanted: &Url) -> Result<Url, BrowserError> {
        let page = location(&self.get(wanted).await?)?;
        let then = page.query_pairs().find(|(name, _)| name == "then");
        let then = then.ok_or(BrowserError::Missing("way on"))?.1.into_owned();
        let fields = [("name", &*self.person), ("password", &*self.password), ("then", &*then)];
        let answer = self.post(&page, &fields).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok());
        let cookie = cookie.and_then(|line| line.split(';').next());
        cookie.ok_or(BrowserError::Missing("cookie"))?.clone_into(&mut self.cookie);
        location(&answer)
    }
}

fn location(answer: &Response) -> Result<Url, BrowserError> {
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let url = location.and_then(|location| answer.url().join(location).ok());
    url.ok_or(BrowserError::Missing("redirect"))
}
