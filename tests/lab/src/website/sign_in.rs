//! Signing in: a page with user name and password, a cookie for the browser, and a token that a
//! signed-in person makes for the app.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form,
    extract::{FromRequestParts, Query, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::{
    extract::{CookieJar, cookie::Cookie},
    headers::{Authorization, HeaderMapExt, authorization::Bearer},
};
use parking_lot::Mutex;
use serde::Deserialize;

use super::{Person, Site, html, secret};
use crate::journal::ActedAs;

const COOKIE: &str = "website_session";

/// Which secret stands for whom. Tokens and sign-ins are separate: a cookie is no token.
#[derive(Debug, Default)]
pub(super) struct SignIns {
    tokens: Mutex<HashMap<String, String>>,
    cookies: Mutex<HashMap<String, String>>,
}

impl SignIns {
    pub(super) fn token_for(&self, person: &str) -> String {
        let token = secret::random();
        self.tokens.lock().insert(token.clone(), person.into());
        token
    }

    pub(super) fn forget_cookies(&self) {
        self.cookies.lock().clear();
    }

    fn cookie_for(&self, person: &str) -> String {
        let cookie = secret::random();
        self.cookies.lock().insert(cookie.clone(), person.into());
        cookie
    }
}

/// Somebody who is signed in by the cookie; anybody else is sent to the sign-in page.
pub(super) struct Visitor(pub(super) Person);

/// Somebody who calls the contract with a bearer token.
pub(super) struct Caller(pub(super) Person);

impl Caller {
    pub(super) fn of(site: &Site, headers: &HeaderMap) -> Option<Self> {
        let Authorization(bearer): Authorization<Bearer> = headers.typed_get()?;
        let token = bearer.token();
        let made_here = site.sign_ins.tokens.lock().get(token).cloned();
        let name = made_here.or_else(|| Some(site.granted(token)?.person))?;
        site.person(&name).cloned().map(Self)
    }
}

impl Visitor {
    pub(super) fn of(site: &Site, headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let name = site.sign_ins.cookies.lock().get(jar.get(COOKIE)?.value()).cloned()?;
        site.person(&name).cloned().map(Self)
    }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Redirect> {
        Self::of(site, &parts.headers)
            .ok_or_else(|| to_sign_in(parts.uri.path_and_query().map_or("/", |path| path.as_str())))
    }
}

/// The way to the sign-in page, and from there to a path of this website.
pub(super) fn to_sign_in(then: &str) -> Redirect {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("then", then).finish();
    Redirect::to(&format!("/sign-in?{query}"))
}

/// Tells the journal whom a request acted as.
pub(super) async fn acted_as(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let person = Caller::of(&site, headers)
        .map(|Caller(person)| person.name)
        .or_else(|| Visitor::of(&site, headers).map(|Visitor(person)| person.name))
        .or_else(|| site.visit(headers).map(|visit| visit.person));
    let mut response = next.run(request).await;
    if let Some(person) = person {
        response.extensions_mut().insert(ActedAs(person));
    }
    response
}

/// Refuses forms that another site sent. `SameSite` alone does not: to it all ports of a host are
/// one site, and the mashups on the Qlik server are written by many people.
pub(super) async fn own_forms_only(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let own = site.url.origin().ascii_serialization();
    let foreign =
        request.headers().get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() != own.as_bytes());
    if request.method() == Method::POST && foreign {
        return html::refusal(StatusCode::FORBIDDEN, "Refused", "This form came from another site.");
    }
    next.run(request).await
}

#[derive(Deserialize)]
pub(super) struct Destination {
    #[serde(default)]
    then: String,
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    then: String,
}

pub(super) async fn form(Query(Destination { then }): Query<Destination>) -> Html<String> {
    form_page(&then, "")
}

pub(super) async fn submit(
    State(site): State<Arc<Site>>,
    jar: CookieJar,
    Form(Credentials { name, password, then }): Form<Credentials>,
) -> Response {
    let Some(person) = site.person(name.trim()).filter(|person| person.password == password) else {
        return (StatusCode::FORBIDDEN, form_page(&then, "That user name and password do not match."))
            .into_response();
    };
    let cookie = site.cookie(COOKIE, site.sign_ins.cookie_for(&person.name), "/");
    (jar.add(cookie), Redirect::to(local(&then))).into_response()
}

pub(super) async fn sign_out(State(site): State<Arc<Site>>, jar: CookieJar) -> impl IntoResponse {
    (end(&site, jar), Redirect::to("/sign-in"))
}

/// Voids the browser's cookie, and takes it away.
pub(super) fn end(site: &Site, jar: CookieJar) -> CookieJar {
    if let Some(cookie) = jar.get(COOKIE) {
        site.sign_ins.cookies.lock().remove(cookie.value());
    }
    jar.remove(Cookie::build(COOKIE).path("/"))
}

pub(super) async fn token_form(Visitor(person): Visitor) -> Html<String> {
    html::page(
        "A token for Mashdesk",
        &format!(
            "<p>Signed in as {}. The token signs the app in as you; make one for each computer.</p>\
             <form method=\"post\"><button>Make a token</button></form>",
            html::escape(&person.display_name)
        ),
    )
}

pub(super) async fn make_token(State(site): State<Arc<Site>>, Visitor(person): Visitor) -> impl IntoResponse {
    let token = site.sign_ins.token_for(&person.name);
    let page = html::page(
        "A token for Mashdesk",
        &format!("<p>Paste it into Mashdesk. It is shown this once.</p><code id=\"token\">{token}</code>"),
    );
    ([(header::CACHE_CONTROL, "no-store")], page)
}

fn form_page(then: &str, error: &str) -> Html<String> {
    let error = if error.is_empty() {
        String::new()
    } else {
        format!("<p class=\"error\" role=\"alert\">{error}</p>")
    };
    html::page(
        "Sign in",
        &format!(
            "{error}<form class=\"stacked\" method=\"post\" action=\"/sign-in\">\
             <input type=\"hidden\" name=\"then\" value=\"{}\">\
             <label>User name <input name=\"name\" autocomplete=\"username\" required autofocus></label>\
             <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\
             <button>Sign in</button></form>",
            html::escape(then)
        ),
    )
}

/// Where to go after signing in: a path of this website, or its front page.
fn local(then: &str) -> &str {
    // Browsers read `//host` and `/\host` as another site.
    match then.as_bytes() {
        [b'/'] => then,
        [b'/', second, ..] if !b"/\\".contains(second) => then,
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for (then, expected) in [
            ("/token", "/token"),
            ("/admin?find=m001", "/admin?find=m001"),
            ("/", "/"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
        ] {
            assert_eq!(local(then), expected, "{then:?}");
        }
    }
}
