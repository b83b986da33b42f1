//! `/oidc/authorize`: the person, in the browser, allows the app to sign in as them, or denies it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::{Html, IntoResponse, Response},
};
use parking_lot::Mutex;
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::{
    CLIENT, CLIENT_NAME, OFFLINE,
    grants::{Consent, Grant, known_scopes},
    redirect::{back, loopback, page_that_leads_away},
};
use crate::website::{
    Person, Site, html, secret,
    sign_in::{Visitor, to_sign_in},
    spoils::SignInSpoil,
};

/// The questions that are on somebody's screen. Who answers one must be whom it was put to, so
/// another site can neither answer it nor make one up.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<HashMap<String, Question>>);

#[derive(Debug)]
struct Question {
    consent: Consent,
    back: Url,
    state: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    response_mode: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    question: String,
    decision: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Allow,
    Deny,
}

/// What the client is told in its redirect (RFC 6749, 4.1.2.1).
struct Flaw(&'static str, &'static str);

/// Puts the question, once somebody is signed in.
pub(super) async fn ask(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    // Until the client and its address are known to be good, nothing is sent there.
    let Ok(Query(asked)) = asked else {
        return unanswerable("It has a parameter twice, or is not readable at all.");
    };
    if asked.client_id.as_deref() != Some(CLIENT) {
        return unanswerable("No such client is known here.");
    }
    let address = asked.redirect_uri.clone().unwrap_or_default();
    let Some(url) = loopback(&address) else {
        return unanswerable("It would lead away from this computer: the redirect_uri is not on loopback.");
    };
    // Flaws are told before anybody signs in: the sign-in form may lead to this website only.
    let prompt = asked.prompt.clone().unwrap_or_default();
    let refused = |Flaw(error, words)| site.answer(url.clone(), asked.state.as_deref(), Err((error, words)));
    let (challenge, scopes) = match checked(&asked) {
        Ok(checked) => checked,
        Err(flaw) => return refused(flaw),
    };
    let visitor = Visitor::of(&site, &headers);
    let prompts = |word| prompt.split_whitespace().any(|other| other == word);
    if prompts("none") {
        let error = if visitor.is_some() { "consent_required" } else { "login_required" };
        return refused(Flaw(error, "the person has to be asked"));
    }
    if prompts("login") {
        return to_sign_in(&without_prompt(&uri)).into_response();
    }
    let Some(Visitor(person)) = visitor else {
        return to_sign_in(uri.path_and_query().map_or("/", |it| it.as_str())).into_response();
    };
    let grant = Grant { person: person.name.clone(), scopes };
    let question = secret::random();
    let page = consent_page(&person, &grant, &question);
    let consent = Consent { grant, redirect_uri: address, challenge, nonce: asked.nonce };
    site.provider.pending.0.lock().insert(question, Question { consent, back: url, state: asked.state });
    page_that_leads_away(page)
}

/// Takes the person's answer, and goes back to the app with it.
pub(super) async fn decide(
    State(site): State<Arc<Site>>,
    Visitor(person): Visitor,
    Form(Answer { question, decision }): Form<Answer>,
) -> Response {
    let put = site.provider.pending.0.lock().remove(&question);
    let Some(Question { consent, back, state }) = put.filter(|it| it.consent.grant.person == person.name)
    else {
        return unanswerable("This question was answered already, or was put to somebody else.");
    };
    let outcome = match decision {
        Decision::Allow => Ok(site.provider.grants.code_for(consent, site.clock.now())),
        Decision::Deny => Err(("access_denied", "the person denied it")),
    };
    site.answer(back, state.as_deref(), outcome)
}

impl Site {
    fn answer(
        &self,
        to: Url,
        state: Option<&str>,
        outcome: Result<String, (&'static str, &'static str)>,
    ) -> Response {
        let state = if self.spoils.take(SignInSpoil::WrongState) { Some("not-yours") } else { state };
        let issuer = self.issuer();
        let (code, error, words) = match &outcome {
            Ok(code) => (Some(code.as_str()), None, None),
            Err((error, words)) => (None, Some(*error), Some(*words)),
        };
        let members = [
            ("code", code),
            ("error", error),
            ("error_description", words),
            ("state", state),
            ("iss", Some(issuer.as_str())),
        ];
        back(to, &members)
    }
}

/// The PKCE challenge and the scopes of a request that is as it should be.
fn checked(asked: &Asked) -> Result<(String, Vec<String>), Flaw> {
    if asked.response_type.as_deref() != Some("code") {
        return Err(Flaw("unsupported_response_type", "response_type must be code"));
    }
    if asked.response_mode.as_deref().is_some_and(|mode| mode != "query") {
        return Err(Flaw("invalid_request", "response_mode must be query"));
    }
    let scopes = known_scopes(asked.scope.as_deref().unwrap_or_default());
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(Flaw("invalid_scope", "scope must have openid"));
    }
    // The method's default is plain, so it must be named.
    let challenge = asked.code_challenge.as_deref().unwrap_or_default();
    if asked.code_challenge_method.as_deref() != Some("S256") || !is_challenge(challenge) {
        return Err(Flaw("invalid_request", "PKCE is required: code_challenge, and S256 as its method"));
    }
    Ok((challenge.into(), scopes))
}

/// 256 bits in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The same request, for after the person signed in anew.
fn without_prompt(uri: &Uri) -> String {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = pairs.filter(|(name, _)| name != "prompt");
    let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    format!("{}?{query}", uri.path())
}

fn consent_page(person: &Person, Grant { scopes, .. }: &Grant, question: &str) -> Html<String> {
    let wishes: String = scopes.iter().map(|scope| format!("<li>{}</li>", words(scope))).collect();
    html::page(
        &format!("Sign in to {CLIENT_NAME}"),
        &format!(
            "<p>Signed in as {}.</p><p><strong>{CLIENT_NAME}</strong> on this computer asks to</p>\
             <ul>{wishes}</ul>\
             <form class=\"inline\" method=\"post\" action=\"/oidc/consent\">\
             <input type=\"hidden\" name=\"question\" value=\"{question}\">\
             <button id=\"allow\" name=\"decision\" value=\"allow\">Allow</button>\
             <button id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></form>",
            html::escape(&person.display_name)
        ),
    )
}

fn words(scope: &str) -> &'static str {
    match scope {
        OFFLINE => "stay signed in until you sign out",
        "profile" => "see your name",
        _ => "open the mashups that you may open",
    }
}

fn unanswerable(words: &str) -> Response {
    html::refusal(StatusCode::BAD_REQUEST, "This request is not understood", words)
}
