//! The website's client of QPS, Qlik's proxy API: mutual TLS with the certificate files that an
//! administrator exports, and an xrfkey with every request.

use rand::{Rng, distr::Alphanumeric};
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::qlik::{Attributes, Identity, Qlik};

/// What the website writes into a ticket, and finds again in the session that comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Purpose {
    pub(super) window: Uuid,
    pub(super) instance: Uuid,
}

/// A session as QPS lists it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Session {
    session_id: String,
    #[serde(default)]
    attributes: Attributes,
}

/// Why QPS did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum QpsError {
    #[error("no proper answer from QPS")]
    Transport(#[from] reqwest::Error),
    #[error("QPS answered {status} to {method} {path}")]
    Refused { method: Method, path: String, status: StatusCode },
}

#[derive(Debug)]
pub(super) struct Qps {
    client: Client,
    /// `https://host:4243/qps/{virtual proxy}/`
    base: Url,
}

impl Session {
    pub(super) fn is_for(&self, window: Uuid) -> bool {
        self.attributes.get("window") == Some(&window.to_string())
    }
}

impl Qps {
    pub(super) fn new(qlik: &Qlik) -> Result<Self, reqwest::Error> {
        let files = qlik.certificates();
        let identity = format!("{}{}", files.client_pem, files.client_key_pem);
        let client = Client::builder()
            .identity(reqwest::Identity::from_pem(identity.as_bytes())?)
            .tls_certs_only([Certificate::from_pem(files.root_pem.as_bytes())?])
            .redirect(redirect::Policy::none())
            // QPS is a neighbour; a proxy set in the environment is for the world outside.
            .no_proxy()
            .build()?;
        let mut base = qlik.qps_url().clone();
        base.set_path(&match qlik.virtual_proxy() {
            "" => "/qps/".to_owned(),
            prefix => format!("/qps/{prefix}/"),
        });
        Ok(Self { client, base })
    }

    /// A ticket for `user`, whose session will know its window and instance.
    pub(super) async fn ticket(&self, user: &Identity, purpose: Purpose) -> Result<String, QpsError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Wish<'a> {
            user_directory: &'a str,
            user_id: &'a str,
            attributes: Attributes,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            ticket: String,
        }
        let wish = Wish {
            user_directory: &user.directory,
            user_id: &user.user,
            attributes: [("window", purpose.window), ("instance", purpose.instance)]
                .map(|(name, value)| (name, value.to_string()))
                .into_iter()
                .collect(),
        };
        let answer = self.send(Method::POST, &["ticket"], |request| request.json(&wish)).await?;
        Ok(answer.json::<Answer>().await?.ticket)
    }

    pub(super) async fn sessions(&self, user: &Identity) -> Result<Vec<Session>, QpsError> {
        let answer = self.send(Method::GET, &["user", &user.directory, &user.user], |request| request).await;
        match answer {
            Ok(answer) => Ok(answer.json().await?),
            Err(QpsError::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Ends one session. Never by user: that would end everybody's on the same dummy user.
    pub(super) async fn end(&self, session: &Session) -> Result<(), QpsError> {
        let answer = self.send(Method::DELETE, &["session", &session.session_id], |request| request).await;
        match answer {
            Ok(_) | Err(QpsError::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        finish: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, QpsError> {
        let key: String = rand::rng().sample_iter(Alphanumeric).take(16).map(char::from).collect();
        let mut url = self.base.clone();
        // An https URL always has segments to extend.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let path = url.path().to_owned();
        url.query_pairs_mut().append_pair("Xrfkey", &key);
        let request = self.client.request(method.clone(), url).header("X-Qlik-Xrfkey", key);
        let answer = finish(request).send().await?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status => Err(QpsError::Refused { method, path, status }),
        }
    }
}
