//! ID tokens: ES256, signed by ring, which is here already as the provider of rustls. Two calls of
//! it do what a JWT library would bring a second set of ciphers for.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
    },
};
use serde_json::{Value, json};

use super::{CLIENT, grants::Grant};
use crate::website::{Person, secret};

/// Seconds; an app looks at an ID token once, right after it came.
const LIFE: u64 = 300;

/// Signs with one key for as long as the lab runs.
pub(super) struct Signer {
    key: EcdsaKeyPair,
    /// A key that nobody publishes, for tokens that must be refused.
    foreign: EcdsaKeyPair,
    key_id: String,
    random: SystemRandom,
}

/// No key could be made, or nothing could be signed with it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("cannot sign ID tokens")]
pub struct NoKey;

/// What an ID token says beside whom it is about.
pub(super) struct About<'a> {
    pub(super) issuer: &'a str,
    pub(super) grant: &'a Grant,
    pub(super) person: &'a Person,
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: &'a str,
}

/// Which key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Published,
    Foreign,
}

impl Signer {
    pub(super) fn new() -> Result<Self, NoKey> {
        let random = SystemRandom::new();
        let (key, foreign) = (new_key(&random)?, new_key(&random)?);
        Ok(Self { key, foreign, key_id: secret::random(), random })
    }

    /// The JWK set.
    pub(super) fn keys(&self) -> Option<Value> {
        // Uncompressed: 4, then both coordinates.
        let (x, y) = self.key.public_key().as_ref().get(1..)?.split_at_checked(32)?;
        Some(json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.key_id,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        }]}))
    }

    pub(super) fn sign(&self, about: &About<'_>, key: Key) -> Result<String, NoKey> {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.key_id });
        let signed = format!("{}.{}", encoded(&header), encoded(&claims(about, now())));
        let key = match key {
            Key::Published => &self.key,
            Key::Foreign => &self.foreign,
        };
        let signature = key.sign(&self.random, signed.as_bytes()).map_err(|_| NoKey)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Whom a token of ours is about, also when its time is over: a sign-out may come late.
    pub(super) fn subject(&self, token: &str, issuer: &str) -> Option<String> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key())
            .verify(signed.as_bytes(), &signature)
            .ok()?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let ours = claims["iss"] == issuer && claims["aud"] == CLIENT;
        ours.then(|| claims["sub"].as_str().map(str::to_owned))?
    }
}

fn claims(about: &About<'_>, now: u64) -> Value {
    let About { issuer, grant, person, nonce, access_token } = about;
    let mut claims = person_claims(grant, person);
    claims["iss"] = json!(issuer);
    claims["aud"] = json!(CLIENT);
    claims["iat"] = json!(now);
    claims["exp"] = json!(now + LIFE);
    claims["at_hash"] =
        json!(URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16]));
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}

/// What a grant lets the client know about the person.
pub(super) fn person_claims(grant: &Grant, person: &Person) -> Value {
    let mut claims = json!({ "sub": person.name });
    if grant.scopes.iter().any(|scope| scope == "profile") {
        claims["name"] = json!(person.display_name);
        claims["preferred_username"] = json!(person.name);
    }
    claims
}

fn new_key(random: &SystemRandom) -> Result<EcdsaKeyPair, NoKey> {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, random).map_err(|_| NoKey)?;
    EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), random).map_err(|_| NoKey)
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
