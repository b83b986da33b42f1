//! An app that signs in by OpenID Connect, and the browser of the person at it.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mashdesk_lab::options::Options;
use reqwest::{Response, StatusCode};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use url::Url;

use crate::story::{Story, form, location, text};

pub(crate) const BACK: &str = "http://127.0.0.1:49152/signed-in";
pub(crate) const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";
pub(crate) const EVERYTHING: &str = "openid profile offline_access";

pub(crate) struct Client {
    pub(crate) story: Story,
    /// The provider's metadata.
    provider: Value,
}

impl Client {
    pub(crate) async fn start(options: Options) -> Self {
        let story = Story::start(options).await;
        let discovery = get(&story, &story.page("/.well-known/mashdesk.json")).await;
        let way = &discovery["sign_in"][0];
        assert_eq!((text(way, "kind"), text(way, "client_id")), ("oidc", "mashdesk"));
        let issuer = text(way, "issuer");
        let provider = get(&story, &format!("{issuer}/.well-known/openid-configuration")).await;
        assert_eq!(text(&provider, "issuer"), issuer);
        Self { story, provider }
    }

    pub(crate) fn issuer(&self) -> &str {
        text(&self.provider, "issuer")
    }

    pub(crate) fn at(&self, endpoint: &str) -> &str {
        text(&self.provider, endpoint)
    }

    /// A request for everything, as it should be.
    pub(crate) fn request() -> HashMap<&'static str, String> {
        HashMap::from([
            ("client_id", "mashdesk".into()),
            ("response_type", "code".into()),
            ("redirect_uri", BACK.into()),
            ("scope", EVERYTHING.into()),
            ("state", "s t&a=te".into()),
            ("nonce", "n-once".into()),
            ("code_challenge", challenge()),
            ("code_challenge_method", "S256".into()),
        ])
    }

    /// The path and query that opens in the browser.
    pub(crate) fn authorize(&self, request: &HashMap<&'static str, String>) -> String {
        let mut url = Url::parse(self.at("authorization_endpoint")).unwrap();
        url.query_pairs_mut().extend_pairs(request);
        format!("{}?{}", url.path(), url.query().unwrap())
    }

    /// The browser opens a page of the website.
    pub(crate) async fn browse(&self, path: &str, cookie: &str) -> Response {
        let request = self.story.http.get(self.story.page(path));
        request.header(reqwest::header::COOKIE, cookie).send().await.unwrap()
    }

    /// Signs in and answers the question; answers what came back to the app.
    pub(crate) async fn consent(
        &self,
        person: &str,
        request: &HashMap<&'static str, String>,
        decision: &str,
    ) -> HashMap<String, String> {
        let authorize = self.authorize(request);
        let detour = self.browse(&authorize, "").await;
        assert_eq!(location(&detour), format!("/sign-in?{}", form(&[("then", &authorize)])));
        let (cookie, then) = self.story.sign_in(person, &authorize).await;
        let page = self.browse(&then, &cookie).await.text().await.unwrap();
        assert!(page.contains("<strong>Mashdesk</strong>"), "{page}");
        let answer = form(&[("question", &question(&page)), ("decision", decision)]);
        came_back(&self.story.post("/oidc/consent", &cookie, answer).await)
    }

    /// A code for the whole request.
    pub(crate) async fn code(&self) -> String {
        self.consent("ana", &Self::request(), "allow").await.remove("code").unwrap()
    }

    /// The token endpoint's answer to these, and to the client's id.
    pub(crate) async fn ask_for_tokens(&self, fields: &[(&str, &str)]) -> Response {
        self.post("token_endpoint", fields).await
    }

    pub(crate) async fn post(&self, endpoint: &str, fields: &[(&str, &str)]) -> Response {
        let form: HashMap<_, _> =
            [("client_id", "mashdesk")].into_iter().chain(fields.iter().copied()).collect();
        let body = form.into_iter().collect::<Vec<_>>();
        let url = Url::parse(self.at(endpoint)).unwrap();
        self.story.post(url.path(), "", crate::story::form(&body)).await
    }

    pub(crate) async fn swap(&self, code: &str) -> Response {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        self.ask_for_tokens(&fields).await
    }

    /// The whole dance.
    pub(crate) async fn tokens(&self) -> Value {
        granted(self.swap(&self.code().await).await).await
    }

    pub(crate) async fn renew(&self, tokens: &Value) -> Response {
        let refresh = text(tokens, "refresh_token");
        self.ask_for_tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
    }

    /// Whom the contract takes the access token for; nobody when it is void.
    pub(crate) async fn me(&self, tokens: &Value) -> Option<String> {
        let me = self.story.http.get(self.story.page("/api/v1/me"));
        let answer = me.bearer_auth(text(tokens, "access_token")).send().await.unwrap();
        match answer.status() {
            StatusCode::OK => Some(text(&answer.json().await.unwrap(), "name").to_owned()),
            status => {
                assert_eq!(status, StatusCode::UNAUTHORIZED);
                None
            }
        }
    }
}

pub(crate) async fn get(story: &Story, url: &str) -> Value {
    let answer = story.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{url}");
    answer.json().await.unwrap()
}

/// The tokens of an answer that must have some.
pub(crate) async fn granted(answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tokens: Value = answer.json().await.unwrap();
    assert_eq!(text(&tokens, "token_type"), "Bearer");
    tokens
}

/// The `error` of an answer that must be one.
pub(crate) async fn refused(answer: Response) -> String {
    assert!(answer.status().is_client_error(), "{}", answer.status());
    text(&answer.json().await.unwrap(), "error").to_owned()
}

/// What a redirect to the app's listener tells it.
pub(crate) fn came_back(answer: &Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let url = Url::parse(location(answer)).unwrap();
    assert!(url.as_str().starts_with(BACK), "{url}");
    url.query_pairs().into_owned().collect()
}

/// The hidden field of a consent page.
pub(crate) fn question(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"question\" value=\"").unwrap_or_else(|| panic!("{page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}
