//! Signing out leaves nothing: no window, no session, no entry, no grant.

use mashdesk_core::{Catalog, Error};
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use crate::signing_in_with_browser::{resting, signed_in};
use crate::stage::{Browser, Call, PERSON, count, in_brief, lab, live_sessions};

#[tokio::test]
async fn signing_out_ends_everything_here_and_at_the_provider() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let window = stage.open_live("m001").await;
    let refresh = resting(&stage)["refresh"].as_str().expect("a refresh token").to_owned();
    stage.desk.sign_out().await.expect("signed out");

    assert_eq!(stage.signed_out(), Some(None));
    assert!(stage.host().has(&Call::Closed(window)) && live_sessions(&lab).is_empty());
    assert!(matches!(stage.desk.catalog(), Catalog::None));
    assert!(stage.keyring.kept().is_empty());
    let token = lab.website.url().join("/oidc/token").expect("a URL");
    let fields =
        [("grant_type", "refresh_token"), ("client_id", "mashdesk"), ("refresh_token", refresh.as_str())];
    assert_eq!(Browser::of(&lab, PERSON).post(&token, &fields).await.status(), 400, "it is revoked");
}

#[tokio::test]
async fn a_provider_that_cannot_be_told_is_no_reason_to_stay() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    lab.faults.strike(Side::Website, "/oidc/revoke", 1, Fault::Status(500));
    let error = stage.desk.sign_out().await.expect_err("it could not be told");
    assert!(matches!(in_brief(error), Error::SignInProvider { .. }));
    assert_eq!(stage.signed_out(), Some(None));
    assert!(stage.keyring.kept().is_empty());
    assert_eq!(count(&lab, Side::Website, "POST", "/oidc/revoke"), 1);
}
