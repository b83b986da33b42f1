//! Cookies, between core's type and the webview's.

use mashdesk_core::Secret;
use mashdesk_core::qlik::{SameSite, StoreCookie};
use tauri::webview::{Cookie, cookie};

pub(super) fn to_webview(cookie: &StoreCookie) -> Cookie<'static> {
    let mut built = Cookie::build((cookie.name.clone(), cookie.value.expose().to_owned()))
        .domain(cookie.domain.clone())
        .path(cookie.path.clone())
        .secure(cookie.secure)
        .http_only(cookie.http_only);
    if let Some(same_site) = cookie.same_site {
        built = built.same_site(match same_site {
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::None => cookie::SameSite::None,
        });
    }
    built.build()
}

pub(super) fn from_webview(cookie: &Cookie<'_>) -> StoreCookie {
    StoreCookie {
        name: cookie.name().to_owned(),
        value: Secret::new(cookie.value()),
        domain: cookie.domain().unwrap_or_default().to_owned(),
        path: cookie.path().unwrap_or("/").to_owned(),
        secure: cookie.secure().unwrap_or(false),
        http_only: cookie.http_only().unwrap_or(false),
        same_site: cookie.same_site().map(|site| match site {
            cookie::SameSite::Strict => SameSite::Strict,
            cookie::SameSite::Lax => SameSite::Lax,
            cookie::SameSite::None => SameSite::None,
        }),
    }
}
