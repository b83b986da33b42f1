//! A window that did not open says why, and can be tried again.

use mashdesk_core::sessions::{State, Step};
use mashdesk_core::{Change, Error, Next};
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::website::{Rule, SubjectKind};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::TICKETS;
use crate::stage::{
    Call, Fault, PERSON, Stage, StandIn, count, id, lab, lab_with, live_sessions, website_answered,
};

#[tokio::test]
async fn a_refusal_is_told_in_the_websites_words_and_lifted_by_trying_again() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let rule = Rule::new(SubjectKind::User, PERSON, "m001");
    assert!(lab.website.permissions().revoke(&rule).expect("written"));
    // The news has come, so it is not that which the window will say.
    stage.until("a smaller catalog", |_| (stage.titles().0.len() < lab.apps.len()).then_some(())).await;

    let window = stage.desk.open(&id("m001")).expect("signed in");
    let error = stage.failed(window).await;
    let Error::NotAuthorised { mashup, reason } = &error else { panic!("{error}") };
    assert_eq!(mashup, "m001");
    assert!(reason.contains("Sales North"), "{reason}");
    assert_eq!(stage.host().messages(window).len(), 1);
    assert!(stage.host().has(&Call::Message(window, error, Next::Person)));
    assert_eq!(count(&lab, Side::Qps, "POST", "/ticket"), 0, "Qlik is not asked");
    assert_eq!(stage.signed_out(), None, "she is still somebody");

    lab.website.permissions().grant(rule).expect("written");
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
    let builds = stage.host().calls().iter().filter(|call| matches!(call, Call::Building(..))).count();
    assert_eq!(builds, 1, "the same window opens");
}

#[tokio::test]
async fn a_window_that_cannot_be_made_is_made_by_trying_again() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().misbehave(Fault::Build);
    let window = stage.desk.open(&id("m001")).expect("signed in");
    let error = stage.failed(window).await;
    assert_eq!(error, Error::StoreFailed { reason: "no screen".to_owned() });
    assert!(!stage.host().has(&Call::Planted(window)));

    stage.host().misbehave(None);
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    assert!(stage.host().cookie(window, &lab.qlik.session_cookie_name()).is_some());
}

#[tokio::test]
async fn what_fails_before_its_window_is_there_is_said_once_it_is() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_building();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    let building = |call: &Call| matches!(call, Call::Building(of, _) if *of == window);
    stage.until("its window to be made", |_| stage.host().calls().iter().any(building).then_some(())).await;
    let error = Error::Revoked { mashup: "m001".to_owned() };
    stage.desk.page_failed(window, error.clone());
    stage.host().build_on();

    let said = Call::Message(window, error, Next::Person);
    let after = |calls: &[Call]| {
        let built = calls.iter().position(|call| *call == Call::Built(window))?;
        calls[built..].contains(&said).then_some(())
    };
    stage.until("the words in the window", |_| after(&stage.host().calls())).await;
}

#[tokio::test]
async fn a_store_that_does_not_keep_its_cookies_shows_no_page() {
    for (mashup_cookies, fault) in
        [(false, Fault::Forget), (false, Fault::Change), (true, Fault::Forget), (true, Fault::Change)]
    {
        let lab = lab_with(Options { mashup_cookies, ..Options::default() }).await;
        let stage = Stage::at_lab(&lab).await;
        stage.host().misbehave(fault);
        let window = stage.desk.open(&id("m001")).expect("signed in");
        let error = stage.failed(window).await;
        let session = lab.qlik.session_cookie_name();
        let cookie = if mashup_cookies { "website_mashup".to_owned() } else { session };
        assert_eq!(error, Error::CookieNotPlanted { cookie }, "{fault:?}");
        assert_eq!(stage.host().messages(window), [error]);
        assert!(stage.host().addresses(window).is_empty(), "it went nowhere");

        stage.desk.close(window).expect("it is open");
        website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
        assert!(live_sessions(&lab).is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_window_that_goes_nowhere_says_so() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().misbehave(Fault::Navigate);
    let window = stage.desk.open(&id("m001")).expect("signed in");
    assert_eq!(stage.failed(window).await, Error::StoreFailed { reason: "no webview".to_owned() });
}

#[tokio::test]
async fn a_page_that_fails_is_told_once_and_reopened_with_the_session_that_lives() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let error = Error::PageTls { host: "portal.example".to_owned() };
    stage.desk.page_failed(window, error.clone());
    stage.desk.page_failed(window, Error::PageBlocked { host: "news.example".to_owned() });
    assert_eq!(stage.state(window), Some(State::Failed(error.clone())));
    assert_eq!(stage.host().messages(window), [error]);
    // The words are a page as well.
    stage.load(window);
    assert!(matches!(stage.state(window), Some(State::Failed(_))));

    stage.desk.retry(window).expect("it is open");
    stage.desk.retry(window).expect("it is open");
    let address = stage.navigated(window, 2).await;
    assert_eq!(address.path(), "/mashups/m001/", "the page, not the way in");
    assert_eq!(lab.qlik.tickets().len(), 1, "a living session costs no ticket");
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
    assert_eq!(stage.host().addresses(window).len(), 2, "a second press is one too many");
}

#[tokio::test]
async fn a_page_whose_session_has_ended_is_reopened_with_another() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let name = lab.qlik.session_cookie_name();
    let before = stage.host().cookie(window, &name).expect("a session cookie");
    stage.desk.page_failed(window, Error::PageCrashed);
    assert!(lab.qlik.end_session(&before));

    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    let after = stage.host().cookie(window, &name).expect("a session cookie");
    assert_eq!(live_sessions(&lab).into_iter().map(|session| session.id).collect::<Vec<_>>(), [after]);
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));

    stage.desk.close(window).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    assert!(live_sessions(&lab).is_empty());
}

#[tokio::test]
async fn a_session_too_many_is_refused_in_numbers() {
    let lab = lab().await;
    let (stage, other_run) = (Stage::at_lab(&lab).await, Stage::at_lab(&lab).await);
    for _ in 0..4 {
        other_run.open("m001").await;
    }
    // Its page has not loaded, so there is nothing to share yet.
    stage.open("m001").await;
    let window = stage.desk.open(&id("m001")).expect("signed in");
    let wanted = Error::SessionLimit { mashup: "m001".to_owned(), used: 5, limit: 5, yours: 1 };
    assert_eq!(stage.failed(window).await, wanted);
    stage.open_live("m002").await;
}

#[tokio::test]
async fn a_session_too_many_is_shared_and_given_back_by_the_last_window() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let mut owners = Vec::new();
    for _ in 0..5 {
        owners.push(stage.open_live("m001").await);
    }
    let sixth = stage.open_live("m001").await;
    assert_eq!(live_sessions(&lab).len(), 5);
    let owner = stage.desk.window(sixth).and_then(|session| session.owner).expect("it shares");
    let name = lab.qlik.session_cookie_name();
    assert_eq!(stage.host().cookie(sixth, &name), stage.host().cookie(owner, &name));

    stage.desk.close(owner).expect("it is open");
    let other = *owners.iter().find(|window| **window != owner).expect("four more");
    stage.desk.close(other).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{other}"), 1).await;
    let held = stage.host().cookie(sixth, &name).expect("a session cookie");
    let left = live_sessions(&lab);
    assert_eq!(left.len(), 4);
    assert!(left.iter().any(|session| session.id == held), "somebody still works with it");

    stage.desk.close(sixth).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{owner}"), 1).await;
    assert_eq!(live_sessions(&lab).len(), 3);
}

#[tokio::test]
async fn a_website_that_is_away_is_waited_for_until_the_person_asks_or_it_is_back() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    website.answers(TICKETS, ResponseTemplate::new(503).insert_header("Retry-After", "30"));
    let window = stage.desk.open(&id("m1")).expect("signed in");
    let busy = Error::WebsiteBusy { host: website.host(), seconds: 30 };
    assert_eq!(stage.told(window).await, busy);
    assert!(stage.host().has(&Call::Message(window, busy.clone(), Next::Waits)));
    assert_eq!(stage.state(window), Some(State::Opening(Step::Away(busy))));
    website.is_sound();
    assert_eq!(website.asked(TICKETS).len(), 1);
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    assert_eq!(website.asked(TICKETS).len(), 2);
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
}

#[tokio::test]
async fn the_launcher_hears_of_every_step() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let before = told(&stage);
    let window = stage.open("m001").await;
    // Reserved, redeeming, planting, loading.
    assert!(told(&stage) - before >= 4, "{}", told(&stage) - before);
    for (step, change) in [
        ("live", Box::new(|| stage.load(window)) as Box<dyn Fn()>),
        ("failed", Box::new(|| stage.desk.page_failed(window, Error::PageCrashed))),
        ("closed", Box::new(|| stage.desk.close(window).expect("it is open"))),
    ] {
        let before = told(&stage);
        change();
        assert_eq!(told(&stage) - before, 1, "{step}");
    }
}

fn told(stage: &Stage) -> usize {
    stage.host().calls().into_iter().filter(|call| *call == Call::Changed(Change::Windows)).count()
}
