//! Cookies, between core's type and the webview's.
//!
//! A cookie of a whole domain has a dot before it, for core and for every webview. The
//! type that Tauri has between them takes one away from whoever asks it.

use std::collections::BTreeSet;

use mashdesk_core::Secret;
use mashdesk_core::qlik::{SameSite, StoreCookie};
use tauri::WebviewWindow;
use tauri::webview::{Cookie, cookie};

/// All that a window's store holds; a cookie of a whole domain looks like one of a host.
/// Whoever asks has the turn.
pub(super) fn all(window: &WebviewWindow) -> tauri::Result<Vec<StoreCookie>> {
    Ok(window.cookies()?.iter().map(from_webview).collect())
}

/// All that a window's store holds, and which of it is for whole domains: those are what
/// the webview would send to a host below. (On macOS wry names none there.) Whoever asks has
/// the turn.
pub(super) fn with_domains(window: &WebviewWindow) -> tauri::Result<Vec<StoreCookie>> {
    let mut cookies = all(window)?;
    let below: BTreeSet<_> = cookies.iter().filter_map(StoreCookie::below).collect();
    for url in below {
        let sent: Vec<_> = window.cookies_for_url(url)?.iter().map(from_webview).collect();
        for cookie in cookies.iter_mut().filter(|cookie| sent.contains(cookie)) {
            cookie.domain.insert(0, '.');
        }
    }
    Ok(cookies)
}

pub(super) fn to_webview(cookie: &StoreCookie) -> Cookie<'static> {
    let wide = cookie.domain.starts_with('.');
    let domain = if wide { format!(".{}", cookie.domain) } else { cookie.domain.clone() };
    let mut built = Cookie::build((cookie.name.clone(), cookie.value.expose().to_owned()))
        .domain(domain)
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

fn from_webview(cookie: &Cookie<'_>) -> StoreCookie {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webview_gets_the_dot_of_a_whole_domain() {
        for (domain, attribute) in [("qlik.example.com", ""), (".example.com", "; Domain=example.com")] {
            let set_cookie = format!("s=1; Path=/{attribute}");
            let at = "https://qlik.example.com/".parse().expect("a URL");
            let cookie = StoreCookie::parse(&set_cookie, &at).expect("a cookie");
            assert_eq!(to_webview(&cookie).domain(), Some(domain));
        }
    }
}
