//! Signing in by the website's own page, in a window of the app.

use std::collections::HashMap;

use mashdesk_lab::{
    options::{Options, SignInWay},
    website::SignInSpoil,
};
use reqwest::{Response, StatusCode, header};
use serde_json::Value;
use url::Url;

use crate::story::{Story, form, location, text};

async fn ways(story: &Story) -> Vec<Value> {
    let answer = story.http.get(story.page("/.well-known/mashdesk.json")).send().await.unwrap();
    let discovery: Value = answer.json().await.unwrap();
    discovery["sign_in"].as_array().unwrap().clone()
}

async fn browse(story: &Story, url: &str, cookie: &str) -> Response {
    story.http.get(url).header(header::COOKIE, cookie).send().await.unwrap()
}

/// Opens the sign-in page with a state and signs in; answers what the fragment of the done
/// address says.
async fn dance(story: &Story, state: &str) -> HashMap<String, String> {
    let way = ways(story).await.into_iter().find(|way| way["kind"] == "web").unwrap();
    let mut login = Url::parse(text(&way, "login_url")).unwrap();
    login.query_pairs_mut().append_pair("state", state);
    let path = format!("{}?{}", login.path(), login.query().unwrap());
    let detour = browse(story, login.as_str(), "").await;
    assert_eq!(location(&detour), format!("/sign-in?{}", form(&[("then", &path)])));
    let (cookie, then) = story.sign_in("ana", &path).await;
    let end = browse(story, &story.page(&then), &cookie).await;
    assert_eq!(
        (end.status(), &end.headers()["cache-control"]),
        (StatusCode::SEE_OTHER, &"no-store".parse().unwrap())
    );

    let done = Url::parse(&story.page(location(&end))).unwrap();
    let mut address = done.clone();
    address.set_fragment(None);
    assert_eq!(address.as_str(), text(&way, "done_url"));
    assert_eq!(browse(story, address.as_str(), &cookie).await.status(), StatusCode::OK);
    url::form_urlencoded::parse(done.fragment().unwrap().as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn the_page_ends_at_the_done_address_with_a_token_and_the_state() {
    let story = Story::start(Options::default()).await;
    let done = dance(&story, "a state & more#=").await;
    assert_eq!(done["state"], "a state & more#=");
    let me =
        story.http.get(story.page("/api/v1/me")).bearer_auth(&done["access_token"]).send().await.unwrap();
    assert_eq!(text(&me.json().await.unwrap(), "name"), "ana");
    // The token never was in an address that a server saw.
    let seen = story.lab.journal.entries().into_iter().any(|entry| entry.uri.contains(&done["access_token"]));
    assert!(!seen);
}

#[tokio::test]
async fn a_spoilt_state_is_not_the_apps() {
    let story = Story::start(Options::default()).await;
    story.lab.website.spoil_sign_in(SignInSpoil::WrongState, 1);
    assert_ne!(dance(&story, "mine").await["state"], "mine");
    assert_eq!(dance(&story, "mine").await["state"], "mine");
}

#[tokio::test]
async fn without_a_state_there_is_no_token() {
    let story = Story::start(Options::default()).await;
    let (cookie, _) = story.sign_in("ana", "/").await;
    for state in [String::new(), "s".repeat(513)] {
        let path = format!("/sign-in/app?{}", form(&[("state", &state)]));
        let answer = browse(&story, &story.page(&path), &cookie).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::BAD_REQUEST, ""));
    }
}

#[tokio::test]
async fn a_cookie_of_the_page_is_no_token() {
    let story = Story::start(Options::default()).await;
    let (cookie, _) = story.sign_in("ana", "/").await;
    let by_cookie = browse(&story, &story.page("/api/v1/me"), &cookie).await;
    assert_eq!(by_cookie.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_ways_on_offer_are_an_option() {
    let kinds = async |story: &Story| -> Vec<String> {
        ways(story).await.iter().map(|way| text(way, "kind").to_owned()).collect()
    };
    let story = Story::start(Options::default()).await;
    assert_eq!(kinds(&story).await, ["oidc", "web", "token"]);
    let story = Story::start(Options { sign_in: vec![SignInWay::Token], ..Options::default() }).await;
    assert_eq!(kinds(&story).await, ["token"]);
}
