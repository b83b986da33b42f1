//! Who a request acts for: redeems the ticket it carries, or finds the session its cookie names.
//! Everything behind the prefix passes here, so a ticket works on any resource.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};
use cookie::Cookie;

use super::login;
use crate::{
    journal::ActedAs,
    options::{BadTicketWithCookie, SameSite, SecondTicketWithCookie},
    qlik::{Identity, Site},
};

/// The session that a request acts in. As an extractor it sends whoever has none to the login
/// page.
#[derive(Clone, Debug)]
pub(in crate::qlik) struct Signed {
    pub(in crate::qlik) session: String,
    pub(in crate::qlik) identity: Identity,
    /// Whether this very request redeemed the ticket that opened the session.
    pub(in crate::qlik) by_ticket: bool,
}

/// The middleware that admits.
pub(super) async fn admit(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let session = session_in(request.headers(), &site.session_cookie_name())
        .filter(|session| site.links.reaches(session, request.headers()));
    let signed = site.admit(ticket_in(request.uri()), session);
    if let Some(signed) = &signed {
        if signed.by_ticket {
            site.links.pin(&signed.session, request.headers());
        }
        request.extensions_mut().insert(signed.clone());
    }
    let mut response = next.run(request).await;
    if let Some(signed) = signed {
        if signed.by_ticket
            && let Ok(cookie) = HeaderValue::from_str(&site.session_cookie(&signed.session))
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response.extensions_mut().insert(ActedAs(signed.identity.to_string()));
    }
    response
}

impl FromRequestParts<Arc<Site>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        parts.extensions.get::<Self>().cloned().ok_or_else(|| login::redirect(site, asked))
    }
}

impl OptionalFromRequestParts<Arc<Site>> for Signed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Site>) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

impl Site {
    fn admit(&self, ticket: Option<String>, cookie: Option<String>) -> Option<Signed> {
        let current = cookie.and_then(|session| {
            let identity = self.touch(&session)?;
            Some(Signed { session, identity, by_ticket: false })
        });
        let Some(ticket) = ticket else { return current };
        if current.is_some() && self.options.second_ticket_with_cookie == SecondTicketWithCookie::KeepSession
        {
            return current;
        }
        let redeemed = self.redeem(&ticket).and_then(|session| {
            let identity = self.touch(&session)?;
            Some(Signed { session, identity, by_ticket: true })
        });
        redeemed.or_else(|| {
            current.filter(|_| self.options.bad_ticket_with_cookie == BadTicketWithCookie::Ignored)
        })
    }

    fn session_cookie(&self, session: &str) -> String {
        let cookie = Cookie::build((self.session_cookie_name(), session)).path("/").http_only(true);
        let cookie = if self.options.https { cookie.secure(true) } else { cookie };
        match self.options.same_site {
            SameSite::Absent => cookie,
            SameSite::None => cookie.same_site(cookie::SameSite::None),
            SameSite::Lax => cookie.same_site(cookie::SameSite::Lax),
        }
        .to_string()
    }
}

fn ticket_in(uri: &Uri) -> Option<String> {
    query_value(uri, "qlikTicket")
}

/// A query parameter's value; Qlik reads their names in any letter case.
pub(in crate::qlik) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.into_owned()))
}

fn session_in(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find_map(|cookie| (cookie.name() == name).then(|| cookie.value().to_owned()))
}
