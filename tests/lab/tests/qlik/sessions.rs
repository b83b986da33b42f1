//! Sessions: how many, how long, and how they end.

use std::time::Duration;

use mashdesk_lab::{
    options::Options,
    qlik::SessionState::{CoolingDown, Live},
};
use reqwest::StatusCode;
use serde_json::json;

use crate::stage::Stage;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_sixth_session_of_an_identity_gets_http_but_no_websocket() {
    let stage = Stage::set().await;
    let mut browsers = Vec::new();
    for _ in 0..6 {
        browsers.push(stage.signed_in(1).await);
    }
    let fifth = stage.connected(1, &browsers[4], "").await;
    drop(fifth);

    let image = format!("/ticket/content/{}/photo-1.png", stage.app(1).library);
    assert_eq!(browsers[5].status(&image).await, StatusCode::OK);
    let mut refused = stage.connected(1, &browsers[5], "").await;
    refused.notice().await;
    let (method, params) = refused.notice().await;
    assert_eq!(method, "OnMaxParallelSessionsExceeded");
    assert_eq!(params["severity"], "fatal");
    assert_eq!(refused.hear().await, None);

    let mut other = stage.connected(2, &stage.signed_in(2).await, "").await;
    other.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn many_websockets_on_one_cookie_count_once() {
    let stage = Stage::with(Options { session_limit: 1, ..Options::default() }).await;
    let browser = stage.signed_in(1).await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        let mut socket = stage.connected(1, &browser, "").await;
        socket.notice().await;
        assert_eq!(socket.notice().await.0, "OnConnected");
        sockets.push(socket);
    }
    assert_eq!(stage.qlik.sessions()[0].sockets, 3);
}

#[tokio::test]
async fn an_ended_session_holds_its_slot_while_it_cools_down() {
    let stage = Stage::with(Options { session_limit: 1, ..Options::default() }).await;
    let first = stage.signed_in(1).await;
    let second = stage.signed_in(1).await;
    assert!(stage.qlik.end_session(&first.session()));
    assert_eq!(
        stage.qlik.sessions().iter().map(|session| session.state).collect::<Vec<_>>(),
        [CoolingDown, Live]
    );

    let mut refused = stage.connected(1, &second, "").await;
    refused.notice().await;
    assert_eq!(refused.notice().await.0, "OnMaxParallelSessionsExceeded");

    stage.qlik.advance(5 * MINUTE);
    stage.connected(1, &second, "").await.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn what_is_not_used_times_out() {
    let stage = Stage::set().await;
    let (busy, idle) = (stage.signed_in(1).await, stage.signed_in(2).await);
    let mut engine = stage.engine(2, &idle).await;
    stage.qlik.advance(20 * MINUTE);
    assert!(busy.user().await.is_some());
    stage.qlik.advance(10 * MINUTE);
    assert!(busy.user().await.is_some());
    assert_eq!(idle.user().await, None);
    assert_eq!(engine.notice().await.0, "OnSessionTimedOut");
    assert_eq!(engine.hear().await, None);
}

#[tokio::test]
async fn calls_to_the_engine_keep_a_session_alive() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    for _ in 0..3 {
        stage.qlik.advance(20 * MINUTE);
        engine.call(-1, "EngineVersion", json!([])).await;
    }
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn a_time_out_can_be_had_at_once() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    assert!(stage.qlik.time_out_session(&browser.session()));
    assert!(!stage.qlik.time_out_session(&browser.session()), "it is over");
    let (method, params) = engine.notice().await;
    assert_eq!((method.as_str(), &params["severity"]), ("OnSessionTimedOut", &json!("fatal")));
    assert_eq!(browser.status("/ticket/hub/").await, StatusCode::FOUND);
}

#[tokio::test]
async fn signing_out_on_the_proxy_ends_everybodys_sessions() {
    let stage = Stage::set().await;
    let (one, other, third) = (stage.signed_in(1).await, stage.signed_in(1).await, stage.signed_in(2).await);
    let mut engine = stage.engine(1, &other).await;
    assert_eq!(one.delete("/ticket/qps/user").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(engine.notice().await.0, "OnSessionLoggedOut");
    assert_eq!(other.user().await, None);
    assert!(third.user().await.is_some());
}

#[tokio::test]
async fn a_restart_of_the_proxy_cuts_everything_without_a_word() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    stage.qlik.restart_proxy();
    assert_eq!(engine.hear().await, None);
    assert_eq!(browser.user().await, None);
    assert!(stage.qlik.sessions().is_empty());
}

#[tokio::test]
async fn stopping_the_lab_cuts_its_websockets() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    drop(stage);
    assert_eq!(engine.hear().await, None);
}

#[tokio::test]
async fn a_visitor_without_a_session_learns_where_to_sign_in_only_on_known_pages() {
    let stage = Stage::set().await;
    let ask = |target: &str| format!("/ticket/qps/user?targetUri={target}");
    stage.qlik.allow_origin("http://127.0.0.1:9");
    let browser = stage.browser();
    let known: serde_json::Value = browser.get(&ask("http://127.0.0.1:9/m")).await.json().await.unwrap();
    assert_eq!(known["session"], "inactive");
    assert!(known["loginUri"].as_str().unwrap().contains("/internal_forms_authentication/"));
    let unknown: serde_json::Value = browser.get(&ask("http://127.0.0.1:8/m")).await.json().await.unwrap();
    assert_eq!(unknown, json!({ "session": "inactive" }));
}
