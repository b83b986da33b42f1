//! Content libraries and app content: only for whom the security rule lets read the app.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, Path, State},
    http::{StatusCode, Uri},
    response::{Html, IntoResponse, Response},
};

use super::{admission::Signed, drawing, login};
use crate::{apps::App, options::WrongUserContent, qlik::Site};

/// The library that every Qlik Sense has and every session may read.
const DEFAULT_LIBRARY: &str = "Default";

/// `/content/{library}/{file}`
pub(super) async fn library(
    State(site): State<Arc<Site>>,
    signed: Signed,
    OriginalUri(uri): OriginalUri,
    Path((library, file)): Path<(String, String)>,
) -> Response {
    if library == DEFAULT_LIBRARY && file.ends_with(".html") {
        return Html("<!doctype html><title>Qlik Sense</title>").into_response();
    }
    let Some(app) = site.apps.by_library(&library) else { return StatusCode::NOT_FOUND.into_response() };
    let image = app.images().zip(1..).find_map(|(name, number)| (name == file).then_some(number));
    site.image(&signed, app, image, &uri)
}

/// `/appcontent/{appId}/{file}`
pub(super) async fn app(
    State(site): State<Arc<Site>>,
    signed: Signed,
    OriginalUri(uri): OriginalUri,
    Path((app, file)): Path<(String, String)>,
) -> Response {
    let Some(app) = site.apps.by_id(&app) else { return StatusCode::NOT_FOUND.into_response() };
    site.image(&signed, app, (file == "thumbnail.png").then_some(0), &uri)
}

impl Site {
    fn image(&self, signed: &Signed, app: &App, image: Option<usize>, asked: &Uri) -> Response {
        if !self.may_read(&signed.identity, &app.id) {
            return self.refuse(asked);
        }
        match image {
            Some(number) => drawing::response(&app.accent, number, &app.id),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// What a session gets that asks for what is another user's.
    pub(super) fn refuse(&self, asked: &Uri) -> Response {
        match self.options.wrong_user_content {
            WrongUserContent::Forbidden403 => (StatusCode::FORBIDDEN, "Forbidden").into_response(),
            WrongUserContent::NotFound404 => StatusCode::NOT_FOUND.into_response(),
            WrongUserContent::Redirect302 => login::redirect(self, asked),
        }
    }
}
