//! Where the proxy sends whoever has no session, and the page that waits there.

use axum::{
    http::{StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use uuid::Uuid;

use crate::qlik::Site;

/// 302 to the login page, which keeps the address asked for under a target id.
pub(super) fn redirect(site: &Site, asked: &Uri) -> Response {
    let location = site.login_address(asked.path_and_query().map_or("/", |asked| asked.as_str()));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// The login page: this server signs people in by tickets, so it is a dead end.
pub(super) async fn page() -> Html<&'static str> {
    Html(
        r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Qlik Sense login</title>
<style>body{font:15px system-ui;display:grid;place-items:center;min-height:90vh;color:#333}</style>
<form><h1>Log in</h1>
<p><label>User name <input name="username" autocomplete="off"></label></p>
<p><label>Password <input name="pwd" type="password" autocomplete="off"></label></p>
<p><button disabled>Log in</button></p></form></html>"#,
    )
}

impl Site {
    /// The login page's address for a visitor who wanted `asked`, relative to the proxy's root.
    pub(in crate::qlik) fn login_address(&self, asked: &str) -> String {
        let target = Uuid::new_v4().to_string();
        let location = format!("/internal_forms_authentication/?targetId={target}");
        let asked = self.proxy_url.join(asked).unwrap_or_else(|_| self.proxy_url.clone());
        self.targets.lock().insert(target, asked);
        location
    }
}
