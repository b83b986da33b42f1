//! The way into a mashup's page: the website swaps the code of its address for a cookie,
//! and no window ever has the code.

use mashdesk_core::Error;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{PROBE, REDEEM, TICKETS};
use crate::stage::{Call, Fault, Stage, StandIn, id};

/// Where the stand-in's mashup is, with its code.
const ENTRY: &str = "/m1/";

/// A website, and Qlik elsewhere.
async fn apart() -> (StandIn, StandIn) {
    let (website, qlik) = (StandIn::start().await, StandIn::start().await);
    let mut ticket = website.ticket();
    ticket["redeem_url"] = qlik.ticket()["redeem_url"].clone();
    ticket["mashup_url"] = json!(format!("{}m1/?code=c0de#/sheet/3", website.url()));
    website.answers(TICKETS, ResponseTemplate::new(201).set_body_json(ticket));
    website.answers(ENTRY, redirect("/mashups/m1"));
    (website, qlik)
}

fn redirect(to: &str) -> ResponseTemplate {
    ResponseTemplate::new(303)
        .insert_header("Location", to)
        .append_header("Set-Cookie", "page=1; Path=/mashups/m1; HttpOnly")
        .append_header("Set-Cookie", "flash=; Max-Age=0")
}

#[tokio::test]
async fn a_window_goes_where_the_website_redirects() {
    let (website, _qlik) = apart().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    let own = website.url();
    assert_eq!(stage.navigated(window, 1).await.as_str(), format!("{own}mashups/m1#/sheet/3"));
    assert_eq!(stage.host().cookie(window, "page").as_deref(), Some("1"));
    assert_eq!(stage.host().cookie(window, "flash"), None, "it was taken away");
    assert_eq!(website.asked(ENTRY).len(), 1);

    website.answers(ENTRY, redirect("/mashups/m1?at=2#/sheet/1"));
    let window = stage.open_live("m1").await;
    assert_eq!(stage.navigated(window, 1).await.as_str(), format!("{own}mashups/m1?at=2#/sheet/1"));
}

#[tokio::test]
async fn what_is_not_redirected_the_window_sees_itself() {
    let (website, _qlik) = apart().await;
    for status in [200, 403, 404] {
        website.answers(ENTRY, ResponseTemplate::new(status));
        let stage = Stage::at(&website).await;
        let window = stage.open_live("m1").await;
        let page = stage.navigated(window, 1).await;
        assert_eq!(page.as_str(), format!("{}m1/?code=c0de#/sheet/3", website.url()), "{status}");
    }
}

#[tokio::test]
async fn a_website_that_sends_a_page_elsewhere_sends_no_window_there() {
    let (website, _qlik) = apart().await;
    for elsewhere in ["https://news.example/", "http://portal.example/", "//news.example/m1", "file:///m1"] {
        website.answers(ENTRY, redirect(elsewhere));
        let stage = Stage::at(&website).await;
        let window = stage.desk.open(&id("m1")).expect("signed in");
        let host = website.host();
        assert_eq!(stage.failed(window).await, Error::PageSentAway { host }, "{elsewhere}");
        assert!(stage.host().addresses(window).is_empty(), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_website_that_has_no_time_for_a_page_is_tried_again_with_a_new_ticket() {
    let (website, qlik) = apart().await;
    website.answers(ENTRY, ResponseTemplate::new(503).insert_header("Retry-After", "0"));
    let stage = Stage::at(&website).await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    website.was_asked(ENTRY, 1).await;
    website.answers(ENTRY, redirect("/mashups/m1"));
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    assert_eq!(qlik.asked(REDEEM).len(), 2);
    let given_back = website.asked(&format!("/api/sessions/{window}"));
    assert_eq!(given_back.len(), 1, "the session without a page holds no place");
}

#[tokio::test]
async fn a_page_that_stays_costs_no_code() {
    let (website, qlik) = apart().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    qlik.answers(PROBE, ResponseTemplate::new(403));
    stage.host().misbehave(Fault::Busy);
    stage.desk.retry(window).expect("it is open");
    let asked = |call: &Call| *call == Call::AskedToReload(window);
    stage.until("the question", |desk| desk.host().calls().iter().any(asked).then_some(())).await;
    qlik.was_asked(REDEEM, 2).await;
    assert_eq!(website.asked(ENTRY).len(), 1, "what was typed is not given up for a page");

    stage.host().misbehave(None);
    qlik.answers(PROBE, ResponseTemplate::new(403));
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    assert_eq!(website.asked(ENTRY).len(), 2, "a page that is loaded anew has a code of its own");
}
