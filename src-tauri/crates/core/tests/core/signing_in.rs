//! Signing in: by a token, kept by the keyring where it can be.

use mashdesk_core::sessions::State;
use mashdesk_core::{Account, Change, Error};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{MASHUPS, ME, TICKETS};
use crate::stage::{Call, Stage, StandIn, id, lab, token};

#[tokio::test]
async fn a_token_signs_in_and_rests_in_the_keyring() {
    let lab = lab().await;
    let token = token(&lab);
    let stage = Stage::signed_in(lab.website.url().as_str(), &format!("  {token}\n")).await;
    let Account::SignedIn { name, remembered: true, .. } = stage.desk.account() else {
        panic!("{:?}", stage.desk.account())
    };
    assert_eq!(name, "Ana Ruiz");
    let rests = format!(r#"{{"kind":"token","token":"{token}"}}"#);
    assert_eq!(
        stage.keyring.kept().into_iter().collect::<Vec<_>>(),
        [(lab.website.url().to_string(), rests)]
    );
    assert!(stage.host().has(&Call::Changed(Change::Account)));
}

#[tokio::test]
async fn an_entry_of_the_first_versions_is_read_and_rewritten() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    stage.keyring.keep(&website.url(), "old");
    stage.desk.set_website(&website.url()).await.expect("a website");
    assert!(matches!(stage.desk.account(), Account::SignedIn { remembered: true, .. }));
    assert_eq!(website.asked(ME)[0].headers["authorization"], "Bearer old");
    assert_eq!(stage.keyring.kept()[&website.url()], r#"{"kind":"token","token":"old"}"#);
}

#[tokio::test]
async fn a_bad_token_is_refused_and_not_kept() {
    let lab = lab().await;
    let stage = Stage::new();
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    let error = stage.desk.sign_in("nonsense").await.expect_err("a bad token");
    assert!(matches!(error, Error::SignInRefused { .. }), "{error}");
    assert_eq!(stage.signed_out(), Some(Some(error)));
    assert!(stage.keyring.kept().is_empty());
}

#[tokio::test]
async fn a_slip_costs_nobody_a_sign_in_that_is_good() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.desk.sign_in("nonsense").await.expect_err("a bad token");
    assert!(matches!(stage.desk.account(), Account::SignedIn { remembered: true, .. }));
    stage.desk.refresh_catalog().await.expect("a catalog");
}

#[tokio::test]
async fn a_locked_keyring_keeps_nobody_out() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    stage.keyring.lock();
    stage.desk.set_website(&website.url()).await.expect("a website");
    let told = stage.signed_out().expect("nobody is signed in");
    assert_eq!(told, Some(Error::KeyringUnavailable { reason: "it is locked".to_owned() }));

    stage.desk.sign_in("token").await.expect("signed in");
    assert!(matches!(stage.desk.account(), Account::SignedIn { remembered: false, .. }));
    let told = stage.desk.sign_out().await;
    assert_eq!(told, Err(Error::KeyringUnavailable { reason: "it is locked".to_owned() }));
    assert_eq!(stage.signed_out(), Some(None), "signed out all the same");
}

#[tokio::test]
async fn the_person_is_called_by_the_name_for_the_screen() {
    let website = StandIn::start().await;
    let table = [
        (json!({"name": "ana"}), "ana"),
        (json!({"name": "ana", "display_name": "Ana Ruiz", "more": [1]}), "Ana Ruiz"),
        (json!({"name": "ana", "display_name": null}), "ana"),
    ];
    for (me, wanted) in table {
        website.answers_json(ME, &me);
        let stage = Stage::at(&website).await;
        let Account::SignedIn { name, .. } = stage.desk.account() else { panic!("nobody") };
        assert_eq!(name, wanted);
    }
    let sent = &website.asked(ME)[0].headers["authorization"];
    assert_eq!(sent, "Bearer token");
}

#[tokio::test]
async fn a_token_of_an_earlier_run_that_is_void_by_now_asks_for_another() {
    let website = StandIn::start().await;
    website.answers(ME, ResponseTemplate::new(401));
    let stage = Stage::new();
    stage.keyring.keep(&website.url(), "old");
    stage.desk.set_website(&website.url()).await.expect("a website");
    let refused = Error::SignInRefused { host: website.host() };
    assert_eq!(stage.signed_out(), Some(Some(refused)));
}

#[tokio::test]
async fn a_401_asks_to_sign_in_again_and_leaves_open_windows_alone() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let live = stage.open_live("m1").await;
    let needed = Error::SignInNeeded { host: website.host() };

    website.answers(TICKETS, ResponseTemplate::new(401));
    let window = stage.desk.open(&id("m1")).expect("signed in");
    assert_eq!(stage.failed(window).await, needed);
    assert_eq!(stage.signed_out(), Some(Some(needed.clone())));
    assert_eq!(stage.state(live), Some(State::Live));
    assert!(!stage.host().has(&Call::Closed(live)));
    assert_eq!(stage.desk.open(&id("m1")), Err(needed.clone()));

    website.is_sound();
    stage.desk.sign_in("another").await.expect("signed in");
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    assert_eq!(website.asked(TICKETS).last().expect("asked").headers["authorization"], "Bearer another");

    website.answers(MASHUPS, ResponseTemplate::new(401));
    assert_eq!(stage.desk.refresh_catalog().await, Err(needed.clone()));
    assert_eq!(stage.signed_out(), Some(Some(needed)));
}

#[tokio::test]
async fn a_401_to_a_closing_window_asks_to_sign_in_again() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    website.answers(&format!("/api/sessions/{window}"), ResponseTemplate::new(401));
    stage.desk.close(window).expect("it is open");
    let needed = Error::SignInNeeded { host: website.host() };
    stage
        .until("nobody signed in", |desk| match desk.account() {
            Account::SignedOut(Some(error)) => (error == needed).then_some(()),
            _ => None,
        })
        .await;
}
