//! What `mashdesk sign-in` and `mashdesk sign-out` do.

use std::sync::Arc;

use mashdesk_core::{Account, Error, Policy, TokenStore, account};
use mashdesk_lab::journal::Side;

use crate::signing_in_with_browser::signed_in;
use crate::stage::{Keyring, PERSON, Stage, count, lab, token};

#[tokio::test]
async fn a_token_is_left_for_the_next_run() {
    let lab = lab().await;
    let stage = Stage::new();
    let keyring: Arc<dyn TokenStore> = Arc::clone(&stage.keyring) as _;
    let website = lab.website.url().as_str();
    let name = account::sign_in(website, &format!("{}\r\n", token(&lab)), &keyring, &Policy::default()).await;
    assert_eq!(name, Ok("Ana Ruiz".to_owned()));
    stage.desk.set_website(website).await.expect("a website");
    assert!(matches!(stage.desk.account(), Account::SignedIn { .. }), "{:?}", stage.desk.account());
    account::sign_out(website, &keyring, &Policy::default()).await.expect("signed out");
    assert!(stage.keyring.kept().is_empty());
    account::sign_out(website, &keyring, &Policy::default()).await.expect("nothing to forget");
}

#[tokio::test]
async fn a_token_that_is_refused_or_cannot_be_kept_is_told() {
    let lab = lab().await;
    let keyring = Arc::new(Keyring::default());
    let tokens: Arc<dyn TokenStore> = Arc::clone(&keyring) as _;
    let website = lab.website.url().as_str();
    for bad in ["nonsense", "", "\u{0}\n"] {
        let error = account::sign_in(website, bad, &tokens, &Policy::default()).await.expect_err(bad);
        assert!(!matches!(error, Error::KeyringUnavailable { .. }), "{bad:?} {error}");
    }
    assert!(keyring.kept().is_empty());
    keyring.lock();
    let locked = Error::KeyringUnavailable { reason: "it is locked".to_owned() };
    assert_eq!(
        account::sign_in(website, &token(&lab), &tokens, &Policy::default()).await,
        Err(locked.clone())
    );
    assert_eq!(account::sign_out(website, &tokens, &Policy::default()).await, Err(locked));
}

#[tokio::test]
async fn what_a_browser_has_granted_is_revoked() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let keyring: Arc<dyn TokenStore> = Arc::clone(&stage.keyring) as _;
    account::sign_out(lab.website.url().as_str(), &keyring, &Policy::default()).await.expect("signed out");
    assert!(stage.keyring.kept().is_empty());
    assert_eq!(count(&lab, Side::Website, "POST", "/oidc/revoke"), 1);
    // A run that was on learns of it as soon as it has to renew.
    lab.website.void_access_tokens();
    let error = stage.desk.refresh_catalog().await.expect_err("the grant is gone");
    assert!(matches!(error, Error::SignInNeeded { .. }), "{error}");
}
