//! A window that nobody looks at gives its memory back, and comes back without
//! a ticket while its session lives.

use mashdesk_core::Error;
use mashdesk_core::sessions::{Signal, State};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{PROBE, TICKETS};
use crate::stage::{Call, Fault, Stage, StandIn, id};

#[tokio::test]
async fn it_comes_back_without_a_ticket_when_it_is_looked_at() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    assert!(stage.desk.let_sleep(window).await);
    assert_eq!(stage.state(window), Some(State::Asleep));
    assert!(stage.host().has(&Call::Slept(window)));

    stage.desk.signal(window, Signal::Resumed);
    assert_eq!(stage.state(window), Some(State::Asleep), "only the person wakes it");

    stage.desk.looked_at(window);
    stage.navigated(window, 2).await;
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
    assert_eq!(website.asked(TICKETS).len(), 1);
}

#[tokio::test]
async fn where_its_session_has_ended_it_comes_back_with_a_new_one() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    assert!(stage.desk.let_sleep(window).await);
    website.answers(PROBE, ResponseTemplate::new(403));
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    assert_eq!(website.asked(TICKETS).len(), 2);
}

#[tokio::test]
async fn what_the_person_would_miss_stays_awake() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let looked_at = stage.open_live("m1").await;
    stage.desk.looked_at(looked_at);
    assert!(!stage.desk.let_sleep(looked_at).await, "the person looks at it");
    stage.desk.looked_away(looked_at);
    stage.host().misbehave(Fault::Busy);
    assert!(!stage.desk.let_sleep(looked_at).await, "something was typed, or plays");
    stage.host().misbehave(None);
    let opening = stage.open("m1").await;
    assert!(!stage.desk.let_sleep(opening).await, "it is on its way");
    assert!(stage.desk.let_sleep(looked_at).await);
}

#[tokio::test]
async fn access_withdrawn_from_a_sleeper_is_told() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    assert!(stage.desk.let_sleep(window).await);
    stage.desk.page_failed(window, Error::Revoked { mashup: id("m1").to_string() });
    assert!(matches!(stage.state(window), Some(State::Failed(_))));
}

#[tokio::test]
async fn the_next_click_takes_the_window_that_was_built_ahead() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    assert_eq!(stage.desk.spare(), None, "nobody tends it before the start");
    stage.desk.tend_spare().await;
    let spare = stage.desk.spare().expect("a window built ahead");
    stage.desk.tend_spare().await;
    assert_eq!(stage.desk.spare(), Some(spare), "one is enough");
    let window = stage.open_live("m1").await;
    assert_eq!((window, stage.desk.spare()), (spare, None));
    let other = stage.open_live("m1").await;
    assert_ne!(other, spare);
}

#[tokio::test]
async fn a_page_that_has_just_been_opened_keeps_the_processor() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    stage.open_live("m1").await;
    stage.desk.tend_spare().await;
    assert_eq!(stage.desk.spare(), None, "it still draws itself");
}

#[tokio::test]
async fn policy_can_do_without_a_window_built_ahead() {
    let website = StandIn::start().await;
    let stage = Stage::signed_in_with(&website.url(), "token", |setup| {
        setup.policy.spare_window = Some(false);
    })
    .await;
    stage.desk.tend_spare().await;
    assert_eq!(stage.desk.spare(), None);
}
