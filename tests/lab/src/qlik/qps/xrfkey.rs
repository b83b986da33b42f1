//! The key against cross-site requests: the same sixteen letters in the query and in a header.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

const HEADER: &str = "x-qlik-xrfkey";
const REFUSAL: &str = "XSRF prevention check failed. Possible XSRF discovered.";

/// The middleware that checks it, before the request is looked at any further.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    if is_good(request.uri().query(), header) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, REFUSAL).into_response()
    }
}

fn is_good(query: Option<&str>, header: Option<&str>) -> bool {
    let query = query.unwrap_or_default();
    let key = url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| name.eq_ignore_ascii_case("xrfkey").then_some(value));
    key.is_some_and(|key| {
        key.len() == 16 && key.chars().all(|letter| letter.is_ascii_alphanumeric()) && header == Some(&key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_sixteen_letters_and_is_said_twice() {
        let key = "0123456789abcdEF";
        for (query, header, good) in [
            (Some("Xrfkey=0123456789abcdEF"), Some(key), true),
            (Some("a=b&xrfkey=0123456789abcdEF"), Some(key), true),
            (Some("xrfkey=0123456789abcdEF"), None, false),
            (Some("xrfkey=0123456789abcdEF"), Some("0123456789abcdef"), false),
            (Some("xrfkey=short"), Some("short"), false),
            (Some("xrfkey=0123456789abcd-F"), Some("0123456789abcd-F"), false),
            (None, Some(key), false),
        ] {
            assert_eq!(is_good(query, header), good, "{query:?} {header:?}");
        }
    }
}
