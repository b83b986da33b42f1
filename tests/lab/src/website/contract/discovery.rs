//! `GET /.well-known/mashdesk.json`: where the calls are and how to sign in.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::API;
use crate::{
    options::SignInWay,
    website::{SUPPORT, Site, oidc, web_sign_in},
};

pub(super) async fn discovery(State(site): State<Arc<Site>>) -> Json<Value> {
    let ways: Vec<Value> = site.options.sign_in.iter().map(|way| described(&site, *way)).collect();
    Json(json!({
        "mashdesk": 1,
        "name": "Acme Analytics",
        "api": API,
        "sign_in": ways,
        "support": format!("mailto:{SUPPORT}"),
    }))
}

fn described(site: &Site, way: SignInWay) -> Value {
    let root = site.issuer();
    match way {
        SignInWay::Oidc => json!({
            "kind": "oidc",
            "issuer": root,
            "client_id": oidc::CLIENT,
            "scopes": oidc::SCOPES,
        }),
        SignInWay::Web => json!({
            "kind": "web",
            "login_url": format!("{root}{}", web_sign_in::LOGIN),
            "done_url": format!("{root}{}", web_sign_in::DONE),
        }),
        SignInWay::Token => json!({
            "kind": "token",
            "help": format!("Sign in at {root}/token and press \"Make a token\"."),
            "help_url": format!("{root}/token"),
        }),
    }
}
