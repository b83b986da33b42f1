//! `GET /.well-known/mashdesk.json`: where the calls are and how to sign in.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::API;
use crate::website::{SUPPORT, Site};

pub(super) async fn discovery(State(site): State<Arc<Site>>) -> Json<Value> {
    let token_page = format!("{}token", site.url);
    Json(json!({
        "mashdesk": 1,
        "name": "Acme Analytics",
        "api": API,
        "sign_in": [{
            "kind": "token",
            "help": format!("Sign in at {token_page} and press \"Make a token\"."),
            "help_url": token_page,
        }],
        "support": format!("mailto:{SUPPORT}"),
    }))
}
