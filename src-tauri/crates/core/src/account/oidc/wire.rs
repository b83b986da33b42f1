//! How the OpenID library reaches a provider: by the client that the whole app
//! shares, never in the clear.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::{Client, Request};
use url::Url;

use crate::http::{BODY_MAX, Fault, body};
use crate::navigation::Origin;

/// Longest wait for a whole answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Wire(pub(super) Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("it would be reached without encryption")]
    Insecure,
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("its certificate is not trusted: {0}")]
    Tls(String),
    #[error("it did not answer in time")]
    Timeout,
    #[error("the proxy on the way wants a name and a password")]
    Proxy,
    #[error("an answer without end")]
    Endless,
    #[error("{0}")]
    Malformed(#[from] http::Error),
}

impl From<Fault> for Unanswered {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreachable(reason) => Self::Unreachable(reason),
            Fault::Tls(reason) => Self::Tls(reason),
            Fault::Timeout => Self::Timeout,
            Fault::ProxyAuth => Self::Proxy,
        }
    }
}

impl Wire {
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let secure = Url::parse(&request.uri().to_string()).is_ok_and(|url| Origin::of(&url).is_some());
        if !secure {
            return Err(Unanswered::Insecure);
        }
        let mut request = Request::try_from(request).map_err(Fault::from)?;
        *request.timeout_mut() = Some(ANSWER_TIMEOUT);
        let answer = self.0.execute(request).await.map_err(Fault::from)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = body(answer, BODY_MAX).await?.ok_or(Unanswered::Endless)?;
        let mut whole = http::Response::new(body);
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(whole)
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
