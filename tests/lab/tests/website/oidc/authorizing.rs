//! The browser's half: who is asked, what may be asked for, and where the answer goes.

use mashdesk_lab::{options::Options, website::SignInSpoil};
use reqwest::{StatusCode, header};

use super::client::{Client, came_back, question};
use crate::story::{form, location};

#[tokio::test]
async fn a_person_who_allows_it_sends_a_code_back() {
    let client = Client::start(Options::default()).await;
    let back = client.consent("ana", &Client::request(), "allow").await;
    assert_eq!(back["state"], "s t&a=te");
    assert_eq!(back["iss"], client.issuer());
    assert!(!back["code"].is_empty() && !back.contains_key("error"));
}

#[tokio::test]
async fn a_person_who_denies_it_sends_that_back() {
    let client = Client::start(Options::default()).await;
    let back = client.consent("ana", &Client::request(), "deny").await;
    assert_eq!((&*back["error"], &*back["state"]), ("access_denied", "s t&a=te"));
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn every_loopback_port_will_do() {
    let client = Client::start(Options::default()).await;
    let (cookie, _) = client.story.sign_in("ana", "/").await;
    for address in ["http://127.0.0.1:1/", "http://127.0.0.1:65535/a/b?c=d", "http://[::1]:5000/back"] {
        let mut request = Client::request();
        request.insert("redirect_uri", address.into());
        let page = client.browse(&client.authorize(&request), &cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{address}");
        // A browser holds the redirect after the form against the page's policy.
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("form-action 'self' http:"), "{policy}");
        let answer = form(&[("question", &question(&page.text().await.unwrap())), ("decision", "allow")]);
        let back = client.story.post("/oidc/consent", &cookie, answer).await;
        assert!(location(&back).starts_with(address), "{}", location(&back));
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_foreign_address_or_client() {
    let client = Client::start(Options::default()).await;
    let (cookie, _) = client.story.sign_in("ana", "/").await;
    for (member, value) in [
        ("redirect_uri", "http://evil.example/back"),
        ("redirect_uri", "https://127.0.0.1:1/"),
        ("redirect_uri", "http://localhost:1/"),
        ("redirect_uri", "http://127.0.0.1:1@evil.example/"),
        ("redirect_uri", ""),
        ("client_id", "another"),
        ("client_id", ""),
    ] {
        let mut request = Client::request();
        request.insert(member, value.into());
        let answer = client.browse(&client.authorize(&request), &cookie).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{member}={value}");
        assert_eq!(location(&answer), "", "{member}={value}");
    }
    let twice = format!("{}&state=another", client.authorize(&Client::request()));
    assert_eq!(client.browse(&twice, &cookie).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_flaw_is_told_to_the_client_before_anybody_signs_in() {
    let client = Client::start(Options::default()).await;
    for (member, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "profile", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("prompt", "none", "login_required"),
    ] {
        let mut request = Client::request();
        request.insert(member, value.into());
        let back = came_back(&client.browse(&client.authorize(&request), "").await);
        assert_eq!((&*back["error"], &*back["state"]), (error, "s t&a=te"), "{member}={value}");
    }
    // Left out, the method is plain.
    for member in ["code_challenge", "code_challenge_method"] {
        let mut request = Client::request();
        request.remove(member);
        let back = came_back(&client.browse(&client.authorize(&request), "").await);
        assert_eq!(back["error"], "invalid_request", "without {member}");
    }
}

#[tokio::test]
async fn a_question_is_answered_once_and_by_whom_it_was_put_to() {
    let client = Client::start(Options::default()).await;
    let story = &client.story;
    let (ana, _) = story.sign_in("ana", "/").await;
    let (ben, _) = story.sign_in("ben", "/").await;
    let put = async || {
        let page = client.browse(&client.authorize(&Client::request()), &ana).await.text().await.unwrap();
        form(&[("question", &question(&page)), ("decision", "allow")])
    };
    let answer = put().await;
    let by_ben = story.post("/oidc/consent", &ben, answer.clone()).await;
    assert_eq!(by_ben.status(), StatusCode::BAD_REQUEST);
    assert_eq!(story.post("/oidc/consent", &ana, answer).await.status(), StatusCode::BAD_REQUEST);

    let answer = put().await;
    assert_eq!(story.post("/oidc/consent", &ana, answer.clone()).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(story.post("/oidc/consent", &ana, answer).await.status(), StatusCode::BAD_REQUEST);

    let foreign = story.http.post(story.page("/oidc/consent")).header(header::COOKIE, ana.clone());
    let foreign = foreign.header(header::ORIGIN, "http://127.0.0.1:1").body(put().await);
    let foreign = foreign.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_client_can_ask_for_a_new_sign_in() {
    let client = Client::start(Options::default()).await;
    let (cookie, _) = client.story.sign_in("ana", "/").await;
    let mut request = Client::request();
    request.insert("prompt", "login".into());
    let detour = client.browse(&client.authorize(&request), &cookie).await;
    assert!(location(&detour).starts_with("/sign-in?then=%2Foidc%2Fauthorize"), "{}", location(&detour));
    assert!(!location(&detour).contains("prompt"), "or it would ask for ever");
    request.insert("prompt", "none".into());
    let back = came_back(&client.browse(&client.authorize(&request), &cookie).await);
    assert_eq!(back["error"], "consent_required");
}

#[tokio::test]
async fn a_spoilt_state_is_not_the_clients() {
    let client = Client::start(Options::default()).await;
    client.story.lab.website.spoil_sign_in(SignInSpoil::WrongState, 1);
    let spoilt = client.consent("ana", &Client::request(), "allow").await;
    assert!(spoilt["state"] != "s t&a=te" && spoilt.contains_key("code"));
    assert_eq!(client.consent("ana", &Client::request(), "allow").await["state"], "s t&a=te");
}
