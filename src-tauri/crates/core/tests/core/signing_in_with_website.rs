//! The website's own sign-in page, in a window.

use std::sync::Arc;

use mashdesk_core::account::fragment_at;
use mashdesk_core::{Account, Error, Result, SignInKind};
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::website::SignInSpoil;
use serde_json::json;
use tokio::task::JoinHandle;
use url::Url;

use crate::signing_in_with_browser::{ended, host, resting};
use crate::stage::stand_in::{DISCOVERY, discovery};
use crate::stage::{Browser, Call, PERSON, Stage, StandIn, count, lab};

/// A sign-in whose window is open; answers where the page begins and ends.
async fn begin(website: &str) -> (Stage, JoinHandle<Result<()>>, Url, Url) {
    let stage = Stage::new();
    stage.desk.set_website(website).await.expect("a website");
    let desk = Arc::clone(&stage.desk);
    let signing_in = tokio::spawn(async move { desk.sign_in_with_website().await });
    let (login, done) = stage
        .until("a window", |desk| {
            desk.host().calls().into_iter().find_map(|call| match call {
                Call::SignInWindow(_, login, done) => Some((login, done)),
                _ => None,
            })
        })
        .await;
    (stage, signing_in, login, done)
}

async fn at_lab(lab: &Lab) -> (Stage, JoinHandle<Result<()>>, Url, Url) {
    begin(lab.website.url().as_str()).await
}

/// The person signs in on the page, which comes to its end.
async fn enter(lab: &Lab, stage: &Stage, login: &Url, done: &Url) {
    let end = Browser::of(lab, PERSON).enter(login).await;
    let fragment = fragment_at(done, &end).expect("the done URL");
    stage.host().end_sign_in_window(Some(fragment.expose()));
}

#[tokio::test]
async fn the_websites_own_page_signs_in() {
    let lab = lab().await;
    let (stage, signing_in, login, done) = at_lab(&lab).await;
    assert!(matches!(stage.desk.account(), Account::SigningIn(Some(SignInKind::Web))));
    enter(&lab, &stage, &login, &done).await;
    ended(signing_in).await.expect("signed in");
    assert!(stage.host().has(&Call::SignInWindow("Acme Analytics".to_owned(), login, done)));
    assert!(stage.host().has(&Call::SignInWindowGone));
    let Account::SignedIn { name, remembered: true, .. } = stage.desk.account() else {
        panic!("{:?}", stage.desk.account())
    };
    assert_eq!((name.as_str(), &resting(&stage)["kind"]), ("Ana Ruiz", &json!("web")));

    // It cannot be renewed: the next 401 asks.
    lab.faults.strike(Side::Website, "/api/v1/mashups", 1, Fault::Status(401));
    let needed = Error::SignInNeeded { host: host(&lab) };
    assert_eq!(stage.desk.refresh_catalog().await, Err(needed.clone()));
    assert_eq!(stage.signed_out(), Some(Some(needed)));
}

#[tokio::test]
async fn a_state_that_is_not_ours_voids_the_token() {
    let lab = lab().await;
    lab.website.spoil_sign_in(SignInSpoil::WrongState, 1);
    let (stage, signing_in, login, done) = at_lab(&lab).await;
    enter(&lab, &stage, &login, &done).await;
    let void = Error::SignInState { host: host(&lab) };
    assert_eq!(ended(signing_in).await, Err(void.clone()));
    assert_eq!(stage.signed_out(), Some(Some(void)));
    assert_eq!(count(&lab, Side::Website, "GET", "/api/v1/me"), 0, "unused");
    assert!(stage.keyring.kept().is_empty());
}

#[tokio::test]
async fn the_page_may_say_no() {
    let lab = lab().await;
    let (stage, signing_in, login, _) = at_lab(&lab).await;
    let state = login.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    stage.host().end_sign_in_window(Some(&format!("error=access_denied&state={state}")));
    let denied = Error::SignInDenied { host: host(&lab) };
    assert_eq!(ended(signing_in).await, Err(denied.clone()));
    assert_eq!(stage.signed_out(), Some(Some(denied)));
}

#[tokio::test]
async fn closing_the_window_is_no_failure_and_stopping_closes_it() {
    let lab = lab().await;
    let (stage, signing_in, ..) = at_lab(&lab).await;
    stage.host().end_sign_in_window(None);
    assert_eq!(ended(signing_in).await, Ok(()));
    assert_eq!(stage.signed_out(), Some(None));

    let (stage, signing_in, ..) = at_lab(&lab).await;
    stage.desk.cancel_sign_in();
    assert_eq!(ended(signing_in).await, Ok(()));
    assert!(stage.host().has(&Call::SignInWindowGone));
    assert_eq!(stage.signed_out(), Some(None));
}

#[tokio::test]
async fn a_token_that_the_website_itself_refuses_is_told() {
    let lab = lab().await;
    lab.faults.strike(Side::Website, "/api/v1/me", 1, Fault::Status(401));
    let (stage, signing_in, login, done) = at_lab(&lab).await;
    enter(&lab, &stage, &login, &done).await;
    let error = ended(signing_in).await.expect_err("refused");
    assert!(matches!(error, Error::SignInProvider { .. }), "{error}");
    assert!(stage.keyring.kept().is_empty());
}

#[tokio::test]
async fn the_login_page_keeps_its_own_query_and_every_try_has_a_state_of_its_own() {
    let website = StandIn::start().await;
    let mut document = discovery();
    document["sign_in"] = json!([{
        "kind": "web", "login_url": "https://login.example/app?tenant=7", "done_url": "https://login.example/done",
    }]);
    website.answers_json(DISCOVERY, &document);
    let (_first, _, first, done) = begin(&website.url()).await;
    let (_second, _, second, _) = begin(&website.url()).await;
    assert!(first.as_str().starts_with("https://login.example/app?tenant=7&state="), "{first}");
    assert_eq!(done.as_str(), "https://login.example/done");
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_way_that_the_website_does_not_offer_is_told() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    stage.desk.set_website(&website.url()).await.expect("a website");
    for error in [stage.desk.sign_in_with_website().await, stage.desk.sign_in_with_browser().await] {
        assert!(matches!(error, Err(Error::SignInProvider { .. })), "{error:?}");
    }
}
