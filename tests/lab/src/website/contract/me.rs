//! `GET {api}/me`: who is signed in.

use axum::Json;
use serde::Serialize;

use crate::website::sign_in::Caller;

#[derive(Serialize)]
pub(super) struct Me {
    name: String,
    display_name: String,
}

pub(super) async fn me(Caller(person): Caller) -> Json<Me> {
    Json(Me { name: person.name, display_name: person.display_name })
}
