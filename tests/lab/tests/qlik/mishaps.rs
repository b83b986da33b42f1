//! A Qlik on a bad day: proxies that go away, tickets that are no good, sessions that are all taken.

use mashdesk_lab::qlik::{Attributes, Identity, Notice, SessionState, Spoil};
use reqwest::StatusCode;
use serde_json::json;

use crate::stage::{Browser, Engine, Stage};

/// As a mashup's page asks for its engine session.
const PATH: &str = "/identity/window/ttl/60";

#[tokio::test]
async fn a_proxy_that_went_away_refuses_and_comes_back_with_its_sessions() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    stage.qlik.go_away().await;
    assert_eq!(engine.hear().await, None, "the websocket is cut");
    assert!(browser.try_get("/ticket/hub/").await.unwrap_err().is_connect());
    let qps = reqwest::get(stage.qlik.qps_url().clone()).await.unwrap_err();
    assert!(qps.is_connect());

    let address = stage.qlik.proxy_url().clone();
    stage.qlik.come_back().unwrap();
    stage.qlik.come_back().unwrap();
    assert_eq!(*stage.qlik.proxy_url(), address);
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn a_proxy_can_forget_its_sessions_while_it_is_away() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    for _ in 0..3 {
        stage.qlik.go_away().await;
        stage.qlik.restart_proxy();
        stage.qlik.come_back().unwrap();
    }
    assert_eq!(browser.user().await, None);
    assert!(stage.signed_in(1).await.user().await.is_some());
}

#[tokio::test]
async fn the_next_tickets_can_be_spoilt_and_the_ones_after_are_good() {
    let stage = Stage::set().await;
    for (spoil, redeemed, session) in
        [(Spoil::ExpireAtOnce, 0, false), (Spoil::UseUpFirst, 1, false), (Spoil::Elsewhere, 1, true)]
    {
        stage.qlik.spoil_tickets(spoil, 1);
        let ticket = stage.ticket(1);
        let mut browser = stage.browser();
        assert_eq!(browser.redeem(&ticket).await.status(), StatusCode::FOUND, "{spoil:?}");
        let record = stage.qlik.tickets().pop().unwrap();
        assert_eq!((record.redeemed, record.refused, record.session.is_some()), (redeemed, 1, session));
        assert_eq!(browser.redeem(&stage.ticket(1)).await.status(), StatusCode::OK, "{spoil:?}");
    }
    // Three good ones, and the one that somebody else has.
    assert_eq!(stage.qlik.sessions().len(), 4);
}

#[tokio::test]
async fn a_quota_can_be_filled_for_one_identity() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    assert_eq!(stage.qlik.fill_quota(&stage.identity(1)).len(), 4);
    assert_eq!(stage.qlik.fill_quota(&stage.identity(1)), Vec::<String>::new());
    stage.connected(1, &browser, "").await.hear_greeting("SESSION_CREATED").await;

    let mut sixth = stage.connected(1, &stage.signed_in(1).await, "").await;
    sixth.notice().await;
    assert_eq!(sixth.notice().await.0, "OnMaxParallelSessionsExceeded");
    stage.connected(2, &stage.signed_in(2).await, "").await.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn every_fatal_notice_can_be_had_and_closes_the_websocket() {
    for (notice, method, lives) in [
        (Notice::SessionTimedOut, "OnSessionTimedOut", false),
        (Notice::SessionLoggedOut, "OnSessionLoggedOut", false),
        (Notice::SessionClosed, "OnSessionClosed", false),
        (Notice::LicenseAccessDenied, "OnLicenseAccessDenied", true),
        (Notice::EngineWebsocketFailed, "OnEngineWebsocketFailed", true),
        (Notice::NoEngineAvailable, "OnNoEngineAvailable", true),
        (Notice::MaxParallelSessionsExceeded, "OnMaxParallelSessionsExceeded", true),
    ] {
        let stage = Stage::set().await;
        let (browser, other) = (stage.signed_in(1).await, stage.signed_in(2).await);
        let mut engine = stage.engine(1, &browser).await;
        let mut bystander = stage.engine(2, &other).await;
        assert!(stage.qlik.notify(&browser.session(), notice));
        let (heard, params) = engine.notice().await;
        assert_eq!((heard.as_str(), &params["severity"]), (method, &json!("fatal")));
        assert!(params["message"].is_string() && params["timestamp"].is_string(), "{params}");
        assert_eq!(engine.hear().await, None, "{method} closes");
        assert_eq!(browser.user().await.is_some(), lives, "{method}");
        assert_eq!(stage.qlik.notify(&browser.session(), notice), lives, "{method}");
        bystander.call(-1, "EngineVersion", json!([])).await;
    }
}

/// A window with something selected.
async fn selected(stage: &Stage) -> (Browser, Engine) {
    let browser = stage.signed_in(1).await;
    let mut engine = stage.connected(1, &browser, PATH).await;
    engine.hear_greeting("SESSION_CREATED").await;
    engine.call(-1, "OpenDoc", json!([stage.app(1).id])).await;
    let list = engine.object("regions").await;
    engine.call(list, "SelectListObjectValues", json!(["/qListObjectDef", [0], false])).await;
    (browser, engine)
}

/// A new session of the same user finds what was selected, as the page of a mashup looks for it.
async fn finds_the_selection(stage: &Stage) {
    let browser = stage.signed_in(1).await;
    let mut engine = stage.connected(1, &browser, PATH).await;
    engine.hear_greeting("SESSION_ATTACHED").await;
    let open = engine.ask(-1, "OpenDoc", json!([stage.app(1).id])).await;
    assert_eq!(open["error"]["code"], 1002);
    engine.call(-1, "GetActiveDoc", json!([])).await;
    let list = engine.object("regions").await;
    let layout = engine.call(list, "GetLayout", json!([])).await;
    assert_eq!(layout["qLayout"]["qListObject"]["qDataPages"][0]["qMatrix"][0][0]["qState"], "S");
}

#[tokio::test]
async fn selections_outlive_a_session_that_timed_out() {
    let stage = Stage::set().await;
    let (browser, mut engine) = selected(&stage).await;
    assert!(stage.qlik.time_out_session(&browser.session()));
    assert_eq!(engine.notice().await.0, "OnSessionTimedOut");
    finds_the_selection(&stage).await;
    let states: Vec<_> = stage.qlik.sessions().iter().map(|session| session.state).collect();
    assert_eq!(states, [SessionState::CoolingDown, SessionState::Live]);
}

#[tokio::test]
async fn selections_outlive_a_restart_of_the_proxy() {
    let stage = Stage::set().await;
    let (_, mut engine) = selected(&stage).await;
    stage.qlik.go_away().await;
    stage.qlik.restart_proxy();
    stage.qlik.come_back().unwrap();
    assert_eq!(engine.hear().await, None);
    finds_the_selection(&stage).await;
}

#[tokio::test]
async fn an_export_can_be_as_large_as_wanted_and_begins_as_it_would() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let natural = browser.get(&engine.export("CSV_C").await).await.text().await.unwrap();
    stage.qlik.pad_exports(1 << 20);
    for file_type in ["CSV_C", "CSV_T", "OOXML"] {
        let bytes = browser.get(&engine.export(file_type).await).await.bytes().await.unwrap();
        assert!(bytes.len() >= 1 << 20, "{file_type}: {}", bytes.len());
        match file_type {
            "CSV_C" => assert!(bytes.starts_with(natural.as_bytes())),
            "CSV_T" => assert!(bytes.starts_with(b"App\tRegion\t")),
            _ => assert!(bytes.starts_with(b"PK")),
        }
    }
    stage.qlik.pad_exports(0);
    assert_eq!(browser.get(&engine.export("CSV_C").await).await.text().await.unwrap(), natural);
}

#[tokio::test]
async fn a_ticket_redeemed_elsewhere_keeps_its_attributes() {
    let stage = Stage::set().await;
    stage.qlik.spoil_tickets(Spoil::Elsewhere, 1);
    let attributes: Attributes = [("window", "w")].into_iter().collect();
    stage.qlik.issue_ticket(&Identity::new("D", "u"), attributes);
    assert_eq!(stage.qlik.sessions()[0].attributes.get("window"), Some("w"));
}
