//! The ID token: signed with the published key, and about this sign-in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mashdesk_lab::{options::Options, website::SignInSpoil};
use ring::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use serde_json::Value;

use super::client::{Client, get};
use crate::story::text;

/// The claims of an ID token whose signature is by the key that its header names.
async fn verified(client: &Client, token: &str) -> Option<Value> {
    let jwks = get(&client.story, client.at("jwks_uri")).await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    assert_eq!(text(&header, "alg"), "ES256");
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let point = [vec![4], decoded(text(key, "x")), decoded(text(key, "y"))].concat();
    let verified = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &decoded(signature))
        .is_ok();
    verified.then(|| serde_json::from_slice(&decoded(claims)).unwrap())
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[tokio::test]
async fn an_id_token_is_about_this_sign_in() {
    let client = Client::start(Options::default()).await;
    let tokens = client.tokens().await;
    let claims = verified(&client, text(&tokens, "id_token")).await.unwrap();
    assert_eq!(text(&claims, "iss"), client.issuer());
    assert_eq!((text(&claims, "aud"), text(&claims, "sub")), ("mashdesk", "ana"));
    assert_eq!((text(&claims, "nonce"), text(&claims, "name")), ("n-once", "Ana Ruiz"));
    let (issued, expires) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&issued) && expires > now, "{issued} {expires} {now}");
    let hash = digest(&SHA256, text(&tokens, "access_token").as_bytes());
    assert_eq!(text(&claims, "at_hash"), URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
}

#[tokio::test]
async fn an_id_token_tells_no_more_than_was_asked_for() {
    let client = Client::start(Options::default()).await;
    let mut request = Client::request();
    request.insert("scope", "openid".into());
    request.remove("nonce");
    let code = client.consent("ana", &request, "allow").await.remove("code").unwrap();
    let tokens: Value = client.swap(&code).await.json().await.unwrap();
    let claims = verified(&client, text(&tokens, "id_token")).await.unwrap();
    assert!(claims.get("name").is_none() && claims.get("nonce").is_none(), "{claims}");
}

#[tokio::test]
async fn nonce_and_signature_can_be_spoilt() {
    let client = Client::start(Options::default()).await;
    let website = &client.story.lab.website;
    website.spoil_sign_in(SignInSpoil::WrongNonce, 1);
    let claims = verified(&client, text(&client.tokens().await, "id_token")).await.unwrap();
    assert_ne!(text(&claims, "nonce"), "n-once");

    website.spoil_sign_in(SignInSpoil::ForeignSignature, 1);
    assert!(verified(&client, text(&client.tokens().await, "id_token")).await.is_none());
    assert!(verified(&client, text(&client.tokens().await, "id_token")).await.is_some());
}
