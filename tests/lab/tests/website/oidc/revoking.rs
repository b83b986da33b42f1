//! The way out: tokens that the app forgets, and a browser that signs out.

use mashdesk_lab::options::Options;
use reqwest::StatusCode;

use super::client::{BACK, Client, granted, refused};
use crate::story::{form, location, text};

#[tokio::test]
async fn a_revoked_refresh_token_takes_everything_of_its_sign_in_along() {
    let client = Client::start(Options::default()).await;
    let (revoked, other) = (client.tokens().await, client.tokens().await);
    let renewed = granted(client.renew(&revoked).await).await;
    for _ in 0..2 {
        let answer = client.post("revocation_endpoint", &[("token", text(&renewed, "refresh_token"))]).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(client.me(&revoked).await, None);
    assert_eq!(client.me(&renewed).await, None);
    assert_eq!(refused(client.renew(&renewed).await).await, "invalid_grant");
    assert_eq!(client.me(&other).await.as_deref(), Some("ana"));
}

#[tokio::test]
async fn a_revoked_access_token_goes_alone() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    let hint = [("token", text(&tokens, "access_token")), ("token_type_hint", "access_token")];
    assert_eq!(client.post("revocation_endpoint", &hint).await.status(), StatusCode::OK);
    assert_eq!(client.me(&tokens).await, None);
    granted(client.renew(&tokens).await).await;
}

#[tokio::test]
async fn an_unknown_token_is_void_already_and_no_token_is_a_mistake() {
    let client = Client::start(Options::default()).await;
    assert_eq!(client.post("revocation_endpoint", &[("token", "unknown")]).await.status(), StatusCode::OK);
    assert_eq!(refused(client.post("revocation_endpoint", &[]).await).await, "invalid_request");
    let another = [("token", "unknown"), ("client_id", "another")];
    assert_eq!(refused(client.post("revocation_endpoint", &another).await).await, "invalid_client");
}

#[tokio::test]
async fn the_persons_own_id_token_signs_the_browser_out_at_once() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    let (cookie, _) = client.story.sign_in("ana", "/").await;
    let fields =
        [("id_token_hint", text(&tokens, "id_token")), ("post_logout_redirect_uri", BACK), ("state", "s")];
    let out = client.browse(&format!("/oidc/logout?{}", form(&fields)), &cookie).await;
    assert_eq!(location(&out), format!("{BACK}?state=s"));
    assert_eq!(location(&client.browse("/", &cookie).await), "/sign-in?then=%2F");
    assert_eq!(client.me(&tokens).await.as_deref(), Some("ana"), "tokens are revoked, not signed out");
}

#[tokio::test]
async fn anybody_elses_wish_to_sign_out_is_put_to_the_person() {
    let client = Client::start(Options::default()).await;
    let of_ana = client.tokens().await;
    let (ben, _) = client.story.sign_in("ben", "/").await;
    let forged = format!("{}x", text(&of_ana, "id_token"));
    for hint in [text(&of_ana, "id_token"), &forged, ""] {
        let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", BACK)];
        let page = client.browse(&format!("/oidc/logout?{}", form(&fields)), &ben).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().await.unwrap().contains("Ben Okafor"));
        assert_eq!(client.browse("/", &ben).await.status(), StatusCode::OK, "still signed in");
    }
    let confirmed = form(&[("client_id", "mashdesk"), ("post_logout_redirect_uri", "http://evil.example/")]);
    let out = client.story.post("/oidc/logout", &ben, confirmed).await;
    assert_eq!((out.status(), location(&out)), (StatusCode::OK, ""));
    assert_eq!(client.browse("/", &ben).await.status(), StatusCode::SEE_OTHER);
}
