//! A session may have ended: one look, at most one ticket, and nothing of the
//! old session left.

use mashdesk_core::sessions::{Signal, State, Step};
use mashdesk_core::{Error, WindowId};
use url::Url;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{PROBE, TICKETS};
use crate::stage::{Call, Fault, Stage, StandIn};

#[tokio::test]
async fn a_living_session_costs_no_ticket() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    stage.desk.signal(window, Signal::Resumed);
    website.was_asked(PROBE, 1).await;
    live_again(&stage, window).await;
    assert_eq!(website.asked(TICKETS).len(), 1);
}

#[tokio::test]
async fn a_person_reconnects_a_live_window() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    assert_eq!(website.asked(TICKETS).len(), 1, "its session lives");
    stage.load(window);
    website.answers(PROBE, ResponseTemplate::new(403));
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 3).await;
    assert_eq!(website.asked(TICKETS).len(), 2);
    assert_eq!(stage.host().preconnections().len(), 2, "the page that is there is left alone");
}

#[tokio::test]
async fn a_page_that_is_sent_away_is_renewed_where_its_session_has_ended() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let (ended, lives) = (stage.open_live("m1").await, stage.open_live("m1").await);
    let here = Url::parse("https://portal.example/mashups/m1/").expect("a URL");
    stage.desk.was_sent_away(lives, &here);
    assert_eq!(stage.failed(lives).await, Error::PageSentAway { host: "portal.example".to_owned() });
    website.answers(PROBE, ResponseTemplate::new(403));
    stage.desk.was_sent_away(ended, &here);
    stage.navigated(ended, 2).await;
    stage.load(ended);
    assert_eq!(stage.state(ended), Some(State::Live));
}

#[tokio::test]
async fn what_was_typed_is_asked_about_once() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    stage.host().misbehave(Fault::Busy);
    let asked = || {
        let asks = |call: &&Call| **call == Call::AskedToReload(window);
        stage.host().calls().iter().filter(asks).count()
    };
    for probes in 1..=2 {
        stage.desk.signal(window, Signal::SocketLost);
        website.was_asked(PROBE, probes).await;
        live_again(&stage, window).await;
        assert_eq!(asked(), 1, "the page of the first answer is still there");
    }
    stage.desk.retry(window).expect("it is open");
    website.was_asked(PROBE, 3).await;
    live_again(&stage, window).await;
    assert_eq!(asked(), 2, "the person asks for it themselves");
    assert_eq!(stage.host().addresses(window).len(), 1);
}

#[tokio::test]
async fn ten_signals_cost_one_ticket() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    website.answers(PROBE, ResponseTemplate::new(403));
    for _ in 0..10 {
        stage.desk.signal(window, Signal::Resumed);
    }
    stage.navigated(window, 2).await;
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
    assert_eq!(website.asked(TICKETS).len(), 2);
    let gave_back = website.asked(&format!("/api/sessions/{window}"));
    assert!(gave_back.is_empty(), "an ended session is not given back");
}

#[tokio::test]
async fn while_qlik_is_away_the_session_is_kept() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    let busy = ResponseTemplate::new(503).insert_header("Retry-After", "7");
    website.answers(PROBE, busy);
    stage.desk.signal(window, Signal::Resumed);
    let error = stage
        .until("the renewal to wait", |desk| match desk.window(window)?.state {
            State::Renewing(Step::Away(error)) => Some(error),
            _ => None,
        })
        .await;
    assert_eq!(error, Error::RedeemBusy { host: website.host(), seconds: 7 });
    assert!(stage.host().messages(window).is_empty(), "the mashup stays on the screen");

    website.is_sound();
    stage.desk.retry(window).expect("it is open");
    live_again(&stage, window).await;
    assert_eq!(website.asked(TICKETS).len(), 1);
}

#[tokio::test]
async fn a_session_that_may_live_is_given_back_before_the_next() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    website.answers(PROBE, ResponseTemplate::new(404));
    website.answers(&format!("/api/sessions/{window}"), ResponseTemplate::new(204));
    stage.desk.signal(window, Signal::Resumed);
    stage.navigated(window, 2).await;
    assert_eq!(website.asked(&format!("/api/sessions/{window}")).len(), 1);
    assert_eq!(website.asked(TICKETS).len(), 2);
}

async fn live_again(stage: &Stage, window: WindowId) {
    stage.until("it to be live", |desk| (desk.window(window)?.state == State::Live).then_some(())).await;
}
