//! Where an authorization answers: a loopback address of the person's own computer, on any port
//! (RFC 8252, 7.3), and nowhere else.

use axum::{
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use url::Url;

/// The address, when it is on loopback. By number only: a resolver may think otherwise of names.
pub(super) fn loopback(address: &str) -> Option<Url> {
    let rest = ["http://127.0.0.1", "http://[::1]"].iter().find_map(|host| address.strip_prefix(host))?;
    let url = Url::parse(address).ok()?;
    let plain = rest.starts_with([':', '/'])
        && matches!(url.host_str(), Some("127.0.0.1" | "[::1]"))
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    plain.then_some(url)
}

/// To the address, with these added to its query. Neither a cache nor a referrer keeps the code.
pub(super) fn back(mut address: Url, members: &[(&str, Option<&str>)]) -> Response {
    let present = members.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
    address.query_pairs_mut().extend_pairs(present);
    let guarded = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (guarded, Redirect::to(address.as_str())).into_response()
}

/// A page whose form ends on loopback. Browsers hold a redirect that follows a form against
/// `form-action` as well, and no source expression can name `[::1]`; hence all of plain HTTP.
pub(super) fn page_that_leads_away(page: Html<String>) -> Response {
    let policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; \
                  form-action 'self' http:; object-src 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store")], page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_by_number_on_any_port_and_nothing_else() {
        for address in [
            "http://127.0.0.1:1234/",
            "http://127.0.0.1:1/a?b=c",
            "http://[::1]:65535/back",
            "http://127.0.0.1/",
        ] {
            assert!(loopback(address).is_some(), "{address}");
        }
        for address in [
            "",
            "https://127.0.0.1:1/",
            "http://localhost:1/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1:1@evil.example/",
            "http://127.0.0.1:x/",
            "http://127.0.0.1\\@evil.example/",
            "http://127.0.0.2:1/",
            "http://0x7f.1:1/",
            "http://[::2]:1/",
            "http://127.0.0.1:1/#fragment",
            "http://evil.example/http://127.0.0.1/",
            "mashdesk://back",
        ] {
            assert!(loopback(address).is_none(), "{address}");
        }
    }
}
