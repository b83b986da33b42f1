//! The way into a mashup: the website swaps the one-time code of its address for a
//! cookie and redirects away from it. Core goes that way, so that no window ever has
//! the code.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use url::Url;

use super::{refused, unreached};
use crate::http;
use crate::navigation::Allowed;
use crate::qlik::{self, StoreCookie};
use crate::{Error, Result, SecretUrl};

/// Longest wait for the website, well inside a code's minute.
const ENTRY_TIMEOUT: Duration = Duration::from_secs(20);

/// What a window needs to show a mashup's page.
pub(crate) struct Entry {
    /// The website's; none where it asks for none.
    pub(crate) cookies: Vec<StoreCookie>,
    /// Where the page is: without a code, where there was one.
    pub(crate) page: SecretUrl,
}

/// Swaps the code of a mashup's address. What is not redirected has no code, or no good
/// one: the window goes there and shows what the website says.
///
/// # Errors
/// [`Error::PageSentAway`] where the website redirects to an origin that it has not
/// named; a `Website…` error where it does not answer, or not now.
pub(crate) async fn enter(http: &Client, mashup_url: &SecretUrl, allowed: &Allowed) -> Result<Entry> {
    let host = mashup_url.origin().host();
    let sent_away = || Error::PageSentAway { host: host.to_owned() };
    let url = Url::parse(mashup_url.expose()).map_err(|_| sent_away())?;
    let request = http.get(url.clone()).header(header::ACCEPT, "text/html,*/*;q=0.8").timeout(ENTRY_TIMEOUT);
    let answer = request.send().await.map_err(|error| unreached(host, error.into()))?;
    let status = answer.status();
    let not_now = [StatusCode::TOO_MANY_REQUESTS, StatusCode::PROXY_AUTHENTICATION_REQUIRED];
    if status.is_server_error() || not_now.contains(&status) {
        return Err(refused(host, status, None, http::retry_after(answer.headers())));
    }
    let mut cookies = Vec::new();
    qlik::take_in(&mut cookies, answer.headers(), answer.url());
    let page = match http::location(status, answer.headers(), answer.url()) {
        Some(mut page) => {
            // As browsers do it: what stands behind the `#` stays.
            if page.fragment().is_none() {
                page.set_fragment(url.fragment());
            }
            SecretUrl::new(&page).filter(|_| allowed.contains(&page)).ok_or_else(sent_away)?
        }
        None => mashup_url.clone(),
    };
    Ok(Entry { cookies, page })
}
