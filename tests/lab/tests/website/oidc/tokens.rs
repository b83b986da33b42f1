//! The app's half: PKCE, codes that are good once, and refresh tokens that change.

use std::time::Duration;

use mashdesk_lab::{faults::Fault, journal::Side, options::Options, website::SignInSpoil};
use reqwest::StatusCode;

use super::client::{BACK, Client, EVERYTHING, VERIFIER, granted, refused};
use crate::story::text;

#[tokio::test]
async fn the_whole_dance_ends_in_a_token_that_the_contract_takes() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    assert_eq!(client.me(&tokens).await.as_deref(), Some("ana"));
    assert_eq!((&tokens["expires_in"], text(&tokens, "scope")), (&300.into(), EVERYTHING));

    let asked = client.story.http.get(client.at("userinfo_endpoint"));
    let person = asked.bearer_auth(text(&tokens, "access_token")).send().await.unwrap();
    let person: serde_json::Value = person.json().await.unwrap();
    assert_eq!((text(&person, "sub"), text(&person, "name")), ("ana", "Ana Ruiz"));

    // A token for the app is none of this provider's, but the contract takes it as before.
    let pasted = client.story.lab.website.app_token("ana").unwrap();
    let asked = client.story.http.get(client.at("userinfo_endpoint")).bearer_auth(&pasted);
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert!(client.me(&serde_json::json!({ "access_token": pasted })).await.is_some());
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier_and_its_address() {
    let client = Client::start(Options::default()).await;
    let code = client.code().await;
    let base = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", BACK)];
    // A request that is not whole is no attempt.
    assert_eq!(refused(client.ask_for_tokens(&base).await).await, "invalid_request");
    assert_eq!(client.swap(&code).await.status(), StatusCode::OK);

    let challenge = &Client::request()["code_challenge"];
    for (member, value) in [
        ("code_verifier", "another-verifier-of-forty-three-characters-or-more"),
        // What plain would take.
        ("code_verifier", challenge),
        ("redirect_uri", "http://127.0.0.1:49153/signed-in"),
    ] {
        let code = client.code().await;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        fields.push((member, value));
        assert_eq!(refused(client.ask_for_tokens(&fields).await).await, "invalid_grant", "{member}={value}");
        assert_eq!(refused(client.swap(&code).await).await, "invalid_grant", "the attempt spent it");
    }
}

#[tokio::test]
async fn a_code_shown_twice_takes_back_what_it_was_swapped_for() {
    let client = Client::start(Options::default()).await;
    let code = client.code().await;
    let tokens = granted(client.swap(&code).await).await;
    assert_eq!(refused(client.swap(&code).await).await, "invalid_grant");
    assert_eq!(client.me(&tokens).await, None);
    assert_eq!(refused(client.renew(&tokens).await).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_waits_for_a_minute() {
    let client = Client::start(Options::default()).await;
    let code = client.code().await;
    client.story.lab.website.advance(Duration::from_secs(60));
    assert_eq!(refused(client.swap(&code).await).await, "invalid_grant");
}

#[tokio::test]
async fn other_clients_and_other_grants_are_refused() {
    let client = Client::start(Options::default()).await;
    let code = client.code().await;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    fields.push(("client_id", "another"));
    let answer = client.ask_for_tokens(&fields).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused(answer).await, "invalid_client");

    let with_secret =
        client.story.http.post(client.at("token_endpoint")).basic_auth("mashdesk", Some("secret"));
    let with_secret = with_secret.header("content-type", "application/x-www-form-urlencoded").body("");
    assert_eq!(refused(with_secret.send().await.unwrap()).await, "invalid_client");

    let by_password = [("grant_type", "password"), ("username", "ana"), ("password", "ana-password")];
    assert_eq!(refused(client.ask_for_tokens(&by_password).await).await, "unsupported_grant_type");
    let as_json = client.story.http.post(client.at("token_endpoint")).json(&serde_json::json!({}));
    assert_eq!(refused(as_json.send().await.unwrap()).await, "invalid_request");
}

#[tokio::test]
async fn a_refresh_token_changes_with_every_use_and_a_second_use_ends_everything() {
    let client = Client::start(Options::default()).await;
    let first = client.tokens().await;
    let second = granted(client.renew(&first).await).await;
    let third = granted(client.renew(&second).await).await;
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(client.me(&third).await.as_deref(), Some("ana"));

    let other = client.tokens().await;
    assert_eq!(refused(client.renew(&first).await).await, "invalid_grant");
    for tokens in [&first, &second, &third] {
        assert_eq!(client.me(tokens).await, None);
    }
    assert_eq!(refused(client.renew(&third).await).await, "invalid_grant");
    assert_eq!(client.me(&other).await.as_deref(), Some("ana"), "another sign-in is left alone");
}

#[tokio::test]
async fn a_refresh_asks_for_no_more_than_there_is() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    let refresh = text(&tokens, "refresh_token");
    let more = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", "openid admin")];
    assert_eq!(refused(client.ask_for_tokens(&more).await).await, "invalid_scope");
    granted(client.renew(&tokens).await).await;
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let client = Client::start(Options::default()).await;
    let mut request = Client::request();
    request.insert("scope", "openid".into());
    let code = client.consent("ben", &request, "allow").await.remove("code").unwrap();
    let tokens = granted(client.swap(&code).await).await;
    assert!(tokens.get("refresh_token").is_none());
    assert_eq!(client.me(&tokens).await.as_deref(), Some("ben"));
}

#[tokio::test]
async fn an_access_token_lives_as_long_as_the_option_says() {
    let client = Client::start(Options { access_token_life: 20, ..Options::default() }).await;
    let tokens = client.tokens().await;
    assert_eq!(tokens["expires_in"], 20);
    client.story.lab.website.advance(Duration::from_secs(10));
    assert_eq!(client.me(&tokens).await.as_deref(), Some("ana"));
    client.story.lab.website.advance(Duration::from_secs(10));
    assert_eq!(client.me(&tokens).await, None);
    let renewed = granted(client.renew(&tokens).await).await;
    assert_eq!(client.me(&renewed).await.as_deref(), Some("ana"));
    client.story.lab.website.void_access_tokens();
    assert_eq!(client.me(&renewed).await, None);
    granted(client.renew(&renewed).await).await;
}

#[tokio::test]
async fn a_refresh_can_be_refused_on_demand() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    client.story.lab.website.spoil_sign_in(SignInSpoil::RefreshRefused, 1);
    assert_eq!(refused(client.renew(&tokens).await).await, "invalid_grant");
}

#[tokio::test]
async fn faults_strike_the_token_endpoint_before_it_spends_anything() {
    let client = Client::start(Options::default()).await;
    let page = Fault::Body { status: 200, content_type: "text/html".into(), body: b"<h1>Proxy</h1>".into() };
    let faults = [Fault::Status(500), page, Fault::Reset];
    let code = client.code().await;
    for fault in faults {
        let struck = client.story.lab.faults.strike(Side::Website, "/oidc/token", 1, fault.clone());
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        let request = client.story.http.post(client.at("token_endpoint")).body(crate::story::form(&fields));
        let answer = request.send().await;
        let useful = match answer {
            Ok(answer) => answer.json::<serde_json::Value>().await.is_ok(),
            Err(_) => false,
        };
        assert!(!useful && struck.count() == 1, "{fault:?}");
    }
    granted(client.swap(&code).await).await;
}
