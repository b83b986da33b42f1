//! `/extensions/{mashup}/…`: the mashups that live on Qlik itself, for whoever may read their app.

use std::sync::Arc;

use axum::{
    Json,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::admission::Signed;
use crate::{pages, qlik::Site};

pub(super) async fn index(
    site: State<Arc<Site>>,
    signed: Signed,
    uri: OriginalUri,
    Path(mashup): Path<String>,
    headers: HeaderMap,
) -> Response {
    file(site, signed, uri, Path((mashup, "mashup.html".into())), headers).await
}

pub(super) async fn file(
    State(site): State<Arc<Site>>,
    signed: Signed,
    OriginalUri(uri): OriginalUri,
    Path((mashup, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(app) = site.apps.by_mashup(&mashup).filter(|app| app.hosted_on_qlik) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !site.may_read(&signed.identity, &app.id) {
        return site.refuse(&uri);
    }
    if file == "config.json" {
        return Json(site.mashup_settings(app)).into_response();
    }
    pages::file(&file, &headers).await
}
