//! Sessions are scarce: a closed window gives its own back, and no other.

use std::time::Duration;

use mashdesk_core::sessions::{Signal, State, Step};
use mashdesk_core::{Catalog, Error, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::qlik::{Attributes, Identity};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{MASHUPS, REDEEM, TICKETS};
use crate::stage::{
    Call, Relay, Stage, StandIn, count, id, lab, live_sessions, redeemed, token, website_answered,
};

#[tokio::test]
async fn closing_gives_exactly_that_session_back() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let (first, second) = (stage.open_live("m001").await, stage.open_live("m001").await);
    let name = lab.qlik.session_cookie_name();
    let own = stage.host().cookie(first, &name).expect("a session cookie");
    let others: Vec<_> = live_sessions(&lab).into_iter().map(|s| s.id).filter(|id| *id != own).collect();

    stage.desk.close(first).expect("it is open");
    assert_eq!(stage.desk.window(first).map(|_| ()), None);
    website_answered(&lab, "DELETE", &format!("/sessions/{first}"), 1).await;

    assert!(stage.host().has(&Call::Closed(first)));
    assert_eq!(stage.host().store(first), None, "its store is gone");
    let left: Vec<_> = live_sessions(&lab).into_iter().map(|session| session.id).collect();
    assert_eq!(left, others);
    assert_eq!(stage.host().cookie(second, &name).as_deref(), Some(&*others[0]));
    assert_eq!(stage.state(second), Some(State::Live));
    assert_eq!(count(&lab, Side::Qps, "DELETE", &format!("/session/{own}")), 1, "by its id");
    assert_eq!(stage.desk.close(first), Err(Error::WindowGone));
    assert_eq!(stage.desk.focus(first), Err(Error::WindowGone));
    assert_eq!(stage.desk.retry(first), Err(Error::WindowGone));
}

#[tokio::test]
async fn a_window_that_the_person_closed_gives_its_session_back_once() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    stage.desk.window_closed(window);
    stage.desk.window_closed(window);
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    assert!(live_sessions(&lab).is_empty());
    assert!(!stage.host().has(&Call::Closed(window)), "it is closed already");

    // Whatever comes after it, comes after the one call.
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(count(&lab, Side::Website, "DELETE", "/sessions/"), 1);
}

#[tokio::test]
async fn a_session_that_the_website_could_not_end_is_given_back_at_the_next_try() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    lab.faults.strike(Side::Website, "/sessions/", 1, Fault::Status(500));
    stage.desk.close(window).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 2).await;
    assert!(live_sessions(&lab).is_empty());
}

#[tokio::test]
async fn closing_before_the_ticket_redeems_none() {
    let lab = lab().await;
    let relay = Relay::to(lab.website.url()).await;
    let stage = Stage::signed_in(&relay.url(), &token(&lab)).await;
    relay.hold();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    relay.heard("POST /api/v1/mashups/m001/tickets").await;
    stage.desk.close(window).expect("it is open");
    relay.release();

    gave_back_twice(&lab, window).await;
    assert_eq!(lab.qlik.tickets()[0].redeemed, 0);
    assert!(live_sessions(&lab).is_empty());
    assert!(!stage.host().has(&Call::Planted(window)));
}

#[tokio::test]
async fn closing_after_the_ticket_leaves_no_session_and_no_window() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_building();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    redeemed(&lab).await;
    assert_eq!(live_sessions(&lab).len(), 1);
    stage.desk.close(window).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    assert!(live_sessions(&lab).is_empty());

    // The screen makes the window all the same, too late.
    stage.host().build_on();
    gave_back_twice(&lab, window).await;
    assert_eq!(stage.host().store(window), None, "it is closed again");
    assert!(stage.host().messages(window).is_empty());
    assert!(stage.desk.windows().is_empty());
}

#[tokio::test]
async fn closing_while_the_ticket_is_redeemed_gives_the_session_back_when_it_is_there() {
    let (website, stage, qlik) = redeeming_slowly().await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    qlik.heard("GET /redeem").await;
    assert_eq!(stage.state(window), Some(State::Opening(Step::Redeem)));
    stage.desk.close(window).expect("it is open");
    let path = format!("/api/sessions/{window}");
    website.was_asked(&path, 1).await;
    assert!(website.asked(REDEEM).is_empty(), "the first call is too early for the session");
    qlik.release();
    website.was_asked(&path, 2).await;
    assert_eq!(website.asked(REDEEM).len(), 1);
}

#[tokio::test]
async fn signing_out_while_a_ticket_is_redeemed_gives_that_session_back_as_well() {
    let (website, stage, qlik) = redeeming_slowly().await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    qlik.heard("GET /redeem").await;
    stage.desk.sign_out().await.expect("signed out");
    assert_eq!(website.asked("/api/sessions").len(), 1);
    qlik.release();
    website.was_asked(&format!("/api/sessions/{window}"), 1).await;
    assert_eq!(website.asked(REDEEM).len(), 1);
}

#[tokio::test]
async fn signing_out_closes_every_window_and_forgets_the_token() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let stranger = lab.qlik.issue_ticket(&Identity::new("MASHUPS", "somebody"), Attributes::default());
    redeem(&lab, &stranger).await;
    let windows = [stage.open_live("m001").await, stage.open_live("m002").await];
    assert_eq!(stage.keyring.kept().len(), 1);
    assert_eq!(live_sessions(&lab).len(), 3);

    stage.desk.sign_out().await.expect("signed out");

    for window in windows {
        assert!(stage.host().has(&Call::Closed(window)));
    }
    assert!(stage.desk.windows().is_empty());
    let left = live_sessions(&lab);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].identity.user, "somebody");
    assert_eq!(count(&lab, Side::Website, "DELETE", "/sessions?instance="), 1);
    assert_eq!(stage.signed_out(), Some(None));
    assert!(stage.keyring.kept().is_empty());
    assert!(matches!(stage.desk.catalog(), Catalog::None));
    assert!(matches!(stage.desk.open(&id("m001")), Err(Error::SignInNeeded { .. })));
}

#[tokio::test]
async fn quitting_gives_the_sessions_of_this_run_back() {
    let lab = lab().await;
    let (stage, other_run) = (Stage::at_lab(&lab).await, Stage::at_lab(&lab).await);
    stage.open_live("m001").await;
    stage.open_live("m002").await;
    let other = other_run.open_live("m001").await;
    stage.desk.quit().await;

    let left: Vec<_> = live_sessions(&lab);
    let held = other_run.host().cookie(other, &lab.qlik.session_cookie_name());
    assert_eq!(left.iter().map(|session| session.id.clone()).collect::<Vec<_>>(), Vec::from_iter(held));
}

#[tokio::test]
async fn a_session_that_ends_with_the_app_is_not_renewed() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    stage.desk.quit().await;
    stage.desk.signal(window, Signal::LoggedOut);
    assert_eq!(stage.state(window), Some(State::Live));
}

#[tokio::test]
async fn quitting_does_not_wait_for_a_website_that_does_not_answer() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    // Nobody answers for an hour; the clock leaps.
    website.answers("/api/sessions", ResponseTemplate::new(204).set_delay(Duration::from_secs(3600)));
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    stage.desk.quit().await;
    assert_eq!(before.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn a_session_that_cannot_be_given_back_bothers_nobody() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    let path = format!("/api/sessions/{window}");
    website.answers(&path, ResponseTemplate::new(500));
    stage.desk.close(window).expect("it is open");
    website.was_asked(&path, 1).await;
    assert!(stage.desk.windows().is_empty());
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.signed_out(), None);
    assert_eq!(website.asked(MASHUPS).len(), 2);
}

/// A website whose Qlik has the ticket in hand, and does not answer yet.
async fn redeeming_slowly() -> (StandIn, Stage, Relay) {
    let website = StandIn::start().await;
    let qlik = Relay::to(&website.url().parse().expect("a URL")).await;
    qlik.hold();
    let mut ticket = website.ticket();
    ticket["redeem_url"] = format!("{}redeem?qlikTicket=t", qlik.url()).into();
    website.answers_json(TICKETS, &ticket);
    let stage = Stage::at(&website).await;
    (website, stage, qlik)
}

/// Once for the closing, and once for what the opening had brought by then.
async fn gave_back_twice(lab: &Lab, window: WindowId) {
    website_answered(lab, "DELETE", &format!("/sessions/{window}"), 2).await;
}

async fn redeem(lab: &Lab, ticket: &str) {
    let path = format!("{}/resources/img/x.png?qlikTicket={ticket}", lab.qlik.virtual_proxy());
    let url = lab.qlik.proxy_url().join(&path).expect("a URL");
    let answer = reqwest::get(url).await.expect("an answer");
    assert!(answer.status().is_success(), "{answer:?}");
}
