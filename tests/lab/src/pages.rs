//! The mashup pages that `npm run build` leaves in `pages/dist`, read at run time, and the
//! settings that each mashup's page reads from the `config.json` beside it.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Component, Path, PathBuf},
};

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::{
    TypedHeader,
    headers::{ETag, HeaderMapExt, IfNoneMatch},
};
use serde::Serialize;
use url::Url;

const DIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pages/dist");

/// What a mashup's page needs to know.
#[derive(Clone, Debug, Serialize)]
pub struct MashupSettings {
    /// Id of the app to open.
    pub app: String,
    /// Its title.
    pub title: String,
    /// Its accent, `#rrggbb`.
    pub accent: String,
    /// The proxy's origin.
    pub qlik: String,
    /// The virtual proxy's prefix, without slashes.
    pub prefix: String,
    /// Whether the websocket needs a CSRF token.
    pub csrf: bool,
    /// The images of its content library.
    pub images: Vec<Url>,
}

/// The pages are not built.
#[derive(Debug, thiserror::Error)]
#[error("the mashup pages are not built: {path} is missing (run `npm ci && npm run build` in tests/lab/pages)", path = .0.display())]
pub struct NotBuilt(PathBuf);

/// Fails, in words that help, when the pages are not there.
pub fn require() -> Result<(), NotBuilt> {
    let entry = Path::new(DIST).join("mashup.html");
    if entry.is_file() { Ok(()) } else { Err(NotBuilt(entry)) }
}

/// One file of the bundle, unless whoever asks has it already.
pub(crate) async fn file(name: &str, asked: &HeaderMap) -> Response {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(Path::new(DIST).join(name)).await {
        Ok(bytes) => {
            let Some(tag) = tag(&bytes) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
            let known = asked.typed_get::<IfNoneMatch>();
            if known.is_some_and(|known| !known.precondition_passes(&tag)) {
                return (StatusCode::NOT_MODIFIED, TypedHeader(tag)).into_response();
            }
            (TypedHeader(tag), [(header::CONTENT_TYPE, media_type(name))], bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn tag(bytes: &[u8]) -> Option<ETag> {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish()).parse().ok()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
