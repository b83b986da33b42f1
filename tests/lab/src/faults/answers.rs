//! What a struck request is answered.

use std::{io, time::Duration};

use axum::{
    Extension,
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::Fault;
use crate::{journal::Unanswered, wire::Wire};

const ENDLESS: usize = 128 << 20;
const PIECE: usize = 64 << 10;
const DROP: usize = 1 << 10;
const BETWEEN_DROPS: Duration = Duration::from_millis(50);
/// Of the body that an answer without one has to be cut in.
const MADE_UP: usize = 4 << 10;

pub(super) async fn answer(
    fault: Fault,
    wire: &Wire,
    cleared: CancellationToken,
    request: Request,
    next: Next,
) -> Response {
    match fault {
        Fault::Status(status) => words(status).into_response(),
        Fault::Busy { status, retry_after } => {
            let (status, text) = words(status);
            (status, [(header::RETRY_AFTER, retry_after.to_string())], text).into_response()
        }
        Fault::Redirect(location) => with(StatusCode::FOUND, header::LOCATION, location, Bytes::new()),
        Fault::Body { status, content_type, body } => {
            with(code(status), header::CONTENT_TYPE, content_type, body)
        }
        Fault::Endless => endless(cleared),
        Fault::CutMidBody => cut_mid_body(next.run(request).await, wire.clone()).await,
        Fault::Trickle => trickle(next.run(request).await, cleared),
        Fault::Stall => stall(request, next, cleared).await,
        Fault::Reset => {
            wire.cut();
            // It finds the connection cut already.
            Extension(Unanswered).into_response()
        }
        Fault::NoCookie => recooked(next.run(request).await, |_| None),
        Fault::WrongCookie => recooked(next.run(request).await, |cookie| Some(format!("Another-{cookie}"))),
        Fault::ForeignCookie => {
            recooked(next.run(request).await, |cookie| Some(format!("{cookie}; Domain=elsewhere.example")))
        }
    }
}

/// A status that does not exist is a mistake in the test, and shows as one.
fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_IMPLEMENTED)
}

fn words(status: u16) -> (StatusCode, &'static str) {
    let status = code(status);
    (status, status.canonical_reason().unwrap_or_default())
}

fn with(status: StatusCode, name: HeaderName, value: String, body: impl Into<Body>) -> Response {
    match HeaderValue::try_from(value) {
        Ok(value) => (status, [(name, value)], body.into()).into_response(),
        Err(error) => (StatusCode::NOT_IMPLEMENTED, error.to_string()).into_response(),
    }
}

fn endless(cleared: CancellationToken) -> Response {
    let piece = Bytes::from(vec![b'.'; PIECE]);
    let pieces = stream::repeat_with(move || Ok::<_, io::Error>(piece.clone())).take(ENDLESS / PIECE);
    Body::from_stream(pieces.take_until(cleared.cancelled_owned())).into_response()
}

async fn cut_mid_body(real: Response, wire: Wire) -> Response {
    let (mut parts, body) = real.into_parts();
    // Only a body of known size is sure to end: event streams do not.
    let body = match body.size_hint().exact() {
        Some(1..) => to_bytes(body, usize::MAX).await.unwrap_or_default(),
        _ => Bytes::from(vec![b'.'; MADE_UP]),
    };
    parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    let half = stream::iter([Ok(body.slice(..body.len() / 2))]);
    let cut = stream::once(async move {
        // Hyper sends what it has before it asks again.
        tokio::task::yield_now().await;
        wire.cut();
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Response::from_parts(parts, Body::from_stream(half.chain(cut)))
}

fn trickle(real: Response, cleared: CancellationToken) -> Response {
    let (mut parts, body) = real.into_parts();
    if let Some(size) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, size.into());
    }
    let drops = body.into_data_stream().flat_map(|piece| stream::iter(drops(piece)));
    let slowly = drops.then(move |drop| {
        let cleared = cleared.clone();
        async move {
            // Time is what this fault is about.
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_DROPS) => {}
                () = cleared.cancelled() => {}
            }
            drop
        }
    });
    Response::from_parts(parts, Body::from_stream(slowly))
}

fn drops(piece: Result<Bytes, axum::Error>) -> Vec<Result<Bytes, axum::Error>> {
    match piece {
        Ok(piece) => piece.chunks(DROP).map(|drop| Ok(piece.slice_ref(drop))).collect(),
        Err(error) => vec![Err(error)],
    }
}

async fn stall(request: Request, next: Next, cleared: CancellationToken) -> Response {
    // The server notices that its client goes only when the request has been read.
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Extension(Unanswered).into_response();
    };
    cleared.cancelled().await;
    next.run(Request::from_parts(parts, body.into())).await
}

fn recooked(mut real: Response, change: impl Fn(&str) -> Option<String>) -> Response {
    let cookies: Vec<_> = real.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    real.headers_mut().remove(header::SET_COOKIE);
    let changed =
        cookies.iter().filter_map(|cookie| HeaderValue::try_from(change(cookie.to_str().ok()?)?).ok());
    for cookie in changed {
        real.headers_mut().append(header::SET_COOKIE, cookie);
    }
    real
}
