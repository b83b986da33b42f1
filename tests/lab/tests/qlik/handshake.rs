//! Who may open the engine's websocket, and what the proxy says about it.

use mashdesk_lab::options::{CsrfWithTicket, Options};
use reqwest::StatusCode;

use crate::stage::{Engine, Stage};

const WEBSITE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn the_upgrade_needs_the_sessions_csrf_token() {
    let stage = Stage::set().await;
    let (browser, other) = (stage.signed_in(1).await, stage.signed_in(2).await);
    let (own, foreign) = (browser.csrf_token().await, other.csrf_token().await);
    for (query, expected) in [
        (String::new(), Some(StatusCode::FORBIDDEN)),
        ("?qlik-csrf-token=wrong".into(), Some(StatusCode::FORBIDDEN)),
        (format!("?qlik-csrf-token={foreign}"), Some(StatusCode::FORBIDDEN)),
        (format!("?qlik-csrf-token={own}"), None),
    ] {
        let refused = Engine::connect(&stage.socket(1, &query), &browser, None).await.err();
        assert_eq!(refused, expected, "{query}");
    }
}

#[tokio::test]
async fn older_servers_know_no_csrf_token() {
    let stage = Stage::with(Options { csrf: false, ..Options::default() }).await;
    let browser = stage.signed_in(1).await;
    assert_eq!(browser.status("/ticket/qps/csrftoken").await, StatusCode::NOT_FOUND);
    let mut engine = Engine::connect(&stage.socket(1, ""), &browser, None).await.unwrap();
    engine.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn a_ticket_on_the_websocket_stands_in_for_the_token_unless_told_otherwise() {
    for (csrf_with_ticket, expected) in
        [(CsrfWithTicket::Waived, None), (CsrfWithTicket::Required, Some(StatusCode::FORBIDDEN))]
    {
        let stage = Stage::with(Options { csrf_with_ticket, ..Options::default() }).await;
        let address = stage.socket(1, &format!("?qlikTicket={}", stage.ticket(1)));
        assert_eq!(Engine::connect(&address, &stage.browser(), None).await.err(), expected);
    }
}

#[tokio::test]
async fn the_origin_has_to_be_on_the_allow_list() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let address = stage.socket(1, &format!("?qlik-csrf-token={}", browser.csrf_token().await));
    let refused = Engine::connect(&address, &browser, Some(WEBSITE)).await.err();
    assert_eq!(refused, Some(StatusCode::FORBIDDEN));
    stage.qlik.allow_origin(WEBSITE);
    assert!(Engine::connect(&address, &browser, Some(WEBSITE)).await.is_ok());
    let own = stage.qlik.proxy_url().origin().ascii_serialization();
    assert!(Engine::connect(&address, &browser, Some(&own)).await.is_ok(), "hosted on Qlik itself");
}

#[tokio::test]
async fn answers_are_readable_for_allowed_origins_only() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let allow = "access-control-allow-origin";
    assert!(!browser.get_from("/ticket/qps/csrftoken", WEBSITE).await.headers().contains_key(allow));
    stage.qlik.allow_origin(WEBSITE);
    let response = browser.get_from("/ticket/qps/csrftoken", WEBSITE).await;
    let headers = response.headers();
    assert_eq!(headers[allow], WEBSITE);
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["access-control-expose-headers"], "qlik-csrf-token");
}

#[tokio::test]
async fn without_a_session_the_greeting_says_where_to_sign_in() {
    let stage = Stage::set().await;
    let mut engine = Engine::connect(&stage.socket(1, ""), &stage.browser(), None).await.unwrap();
    let (method, params) = engine.notice().await;
    assert_eq!((method.as_str(), &params["mustAuthenticate"]), ("OnAuthenticationInformation", &true.into()));
    assert!(params["loginUri"].as_str().unwrap().contains("/internal_forms_authentication/?targetId="));
    assert_eq!(engine.hear().await, None);
}
