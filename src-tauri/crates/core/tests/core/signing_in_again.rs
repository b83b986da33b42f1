//! A sign-in that grows old: it is renewed, or asked for once over what is open.

use std::sync::Arc;

use futures_util::future::join_all;
use mashdesk_core::sessions::State;
use mashdesk_core::{Account, Change, Error};
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::website::SignInSpoil;

use crate::signing_in_with_browser::{allow, ask, ended, host, resting, signed_in};
use crate::stage::{Call, PERSON, Stage, count, id, lab, lab_with, live_sessions, token};

fn renewals(lab: &Lab) -> usize {
    // The first was for the code.
    count(lab, Side::Website, "POST", "/oidc/token") - 1
}

fn refusals(lab: &Lab) -> usize {
    let entries = lab.journal.entries();
    entries.iter().filter(|entry| entry.side == Side::Website && entry.status == 401).count()
}

#[tokio::test]
async fn an_access_token_is_renewed_before_it_expires() {
    // Less than what it must still be good for.
    let lab = lab_with(Options { access_token_life: 20, ..Options::default() }).await;
    let stage = signed_in(&lab, PERSON).await;
    let before = renewals(&lab);
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert!(renewals(&lab) > before);
    assert_eq!(refusals(&lab), 0);

    let long = crate::stage::lab().await;
    let stage = signed_in(&long, PERSON).await;
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(renewals(&long), 0, "while it is good, there is no need");
}

#[tokio::test]
async fn an_access_token_that_is_refused_is_renewed_once_for_all_who_ask() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let first = resting(&stage);
    lab.website.void_access_tokens();
    let asked = join_all((0..10).map(|_| stage.desk.refresh_catalog())).await;
    assert_eq!(asked, vec![Ok(()); 10]);
    assert_eq!(renewals(&lab), 1);
    assert!(refusals(&lab) >= 1, "it was a 401 that told");
    assert!(matches!(stage.desk.account(), Account::SignedIn { remembered: true, .. }));
    // The new refresh token is the one that is kept.
    stage.keyring.saved(2).await;
    assert_ne!(resting(&stage), first);
    let next = Stage::new();
    for (website, entry) in stage.keyring.kept() {
        next.keyring.keep(&website, &entry);
    }
    next.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    assert!(matches!(next.desk.account(), Account::SignedIn { .. }), "{:?}", next.desk.account());
}

#[tokio::test]
async fn a_renewal_outlives_whoever_asked_for_it() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    lab.website.void_access_tokens();
    let struck = lab.faults.strike(Side::Website, "/oidc/token", 1, Fault::Stall);
    let desk = Arc::clone(&stage.desk);
    let caller = tokio::spawn(async move { desk.refresh_catalog().await });
    struck.wait().await;
    caller.abort();
    lab.faults.clear();
    // Nobody asks any more, and the new refresh token is kept all the same.
    stage.keyring.saved(2).await;
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(renewals(&lab), 1);
}

#[tokio::test]
async fn a_refusal_that_comes_late_does_not_end_the_next_sign_in() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let struck = lab.faults.strike(Side::Website, "/api/v1/mashups", 1, Fault::Stall);
    let desk = Arc::clone(&stage.desk);
    let late = tokio::spawn(async move { desk.refresh_catalog().await });
    struck.wait().await;
    let struck = lab.faults.strike(Side::Website, "/tickets", 1, Fault::Stall);
    let window = stage.desk.open(&id("m001")).expect("signed in");
    struck.wait().await;
    lab.website.void_access_tokens();
    lab.website.spoil_sign_in(SignInSpoil::RefreshRefused, 1);
    stage.desk.sign_in(&token(&lab)).await.expect("signed in");
    lab.faults.clear();
    let needed = Error::SignInNeeded { host: host(&lab) };
    assert_eq!(late.await.expect("no panic"), Err(needed.clone()));
    assert_eq!(stage.failed(window).await, needed);
    assert!(matches!(stage.desk.account(), Account::SignedIn { .. }), "{:?}", stage.desk.account());
    assert_eq!(stage.titles().1, None, "nor does it spoil the catalog");
    assert_eq!(renewals(&lab), 1, "the late one was refused");
}

#[tokio::test]
async fn a_provider_that_is_away_costs_nobody_the_sign_in() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    lab.website.void_access_tokens();
    lab.faults.strike(Side::Website, "/oidc/token", 1, Fault::Status(502));
    let error = stage.desk.refresh_catalog().await.expect_err("away");
    assert!(matches!(error, Error::SignInProvider { .. }), "{error}");
    assert!(matches!(stage.desk.account(), Account::SignedIn { .. }));
    stage.desk.refresh_catalog().await.expect("a catalog");
}

#[tokio::test]
async fn a_renewal_that_is_refused_asks_once_over_what_is_open() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let window = stage.open_live("m001").await;
    let Account::SignedIn { credentials, website, .. } = stage.desk.account() else { panic!("nobody") };
    lab.website.void_access_tokens();
    lab.website.spoil_sign_in(SignInSpoil::RefreshRefused, 1);
    let told = || stage.host().calls().iter().filter(|call| **call == Call::Changed(Change::Account)).count();
    let before = told();
    let asked = join_all((0..10).map(|_| stage.desk.refresh_catalog())).await;
    let needed = Error::SignInNeeded { host: host(&lab) };
    assert!(asked.iter().all(|answer| *answer == Err(needed.clone())), "{asked:?}");
    assert_eq!(stage.signed_out(), Some(Some(needed)));
    assert_eq!(website.me(&credentials).await, Err(Error::SignInNeeded { host: host(&lab) }));
    assert_eq!((told() - before, renewals(&lab)), (1, 1), "asked once, the provider too");
    assert_eq!(stage.state(window), Some(State::Live));

    // The same person goes on where they were.
    let (signing_in, question) = ask(&stage).await;
    allow(&lab, PERSON, &question).await;
    ended(signing_in).await.expect("signed in");
    assert_eq!(stage.state(window), Some(State::Live));
    assert!(!stage.host().has(&Call::Closed(window)));
    stage.desk.refresh_catalog().await.expect("a catalog");
    stage.desk.close(window).expect("it is open");
    crate::stage::website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    assert!(live_sessions(&lab).is_empty());
}

#[tokio::test]
async fn another_person_finds_nothing_of_the_first() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    lab.faults.strike(Side::Website, "/api/v1/mashups", 1, Fault::Status(401));
    stage.desk.refresh_catalog().await.expect_err("expired");
    assert_eq!(stage.state(window), Some(State::Live));

    let other = lab.website.people().into_iter().find(|person| person.name != PERSON).expect("somebody else");
    let token = lab.website.app_token(&other.name).expect("a token");
    stage.desk.sign_in(&token).await.expect("signed in");
    let Account::SignedIn { name, .. } = stage.desk.account() else { panic!("nobody") };
    assert_eq!(name, other.display_name);
    assert!(stage.host().has(&Call::Closed(window)));
    assert!(stage.desk.windows().is_empty() && live_sessions(&lab).is_empty());
    let ended = lab
        .journal
        .entries()
        .into_iter()
        .find(|entry| entry.side == Side::Website && entry.method == "DELETE")
        .expect("given back");
    assert_eq!(ended.identity.as_deref(), Some(PERSON), "by whom they were");
}

#[tokio::test]
async fn a_keyring_that_goes_away_is_told_and_keeps_nobody_out() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    assert!(matches!(stage.desk.account(), Account::SignedIn { remembered: true, .. }));
    stage.keyring.lock();
    lab.website.void_access_tokens();
    stage.desk.refresh_catalog().await.expect("a catalog");
    stage
        .until("to be told", |desk| {
            matches!(desk.account(), Account::SignedIn { remembered: false, .. }).then_some(())
        })
        .await;
    lab.website.void_access_tokens();
    stage.desk.refresh_catalog().await.expect("the newest token is in memory");
    assert!(stage.desk.open(&id("m001")).is_ok());
}
