//! The ways to sign in that a website offers.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::{address, in_short};
use crate::navigation::Origin;
use crate::{Error, Result, SignInKind};

/// One way to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInWay {
    /// OpenID Connect, in the person's browser.
    Oidc(OidcClient),
    /// The website's own page, in a window.
    Web(WebSignIn),
    /// A token that the person pastes.
    Token {
        /// Where a person gets one, in the website's words.
        help: Option<String>,
        /// A page about the same.
        page: Option<Url>,
    },
}

/// Who Mashdesk is to an OpenID provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcClient {
    /// The provider, letter for letter as it names itself.
    pub issuer: String,
    /// The id of a public client.
    pub client_id: String,
    /// What to ask for.
    pub scopes: Vec<String>,
}

/// A sign-in page, from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSignIn {
    /// Where it begins.
    pub login_url: Url,
    /// Where it ends, before the fragment with the token.
    pub done_url: Url,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Document {
    Oidc {
        issuer: String,
        client_id: String,
        scopes: Vec<String>,
    },
    Web {
        login_url: String,
        done_url: String,
    },
    Token {
        help: Option<String>,
        help_url: Option<String>,
    },
    #[serde(other)]
    Other,
}

impl SignInWay {
    /// Which way it is.
    pub fn kind(&self) -> SignInKind {
        match self {
            Self::Oidc(_) => SignInKind::Oidc,
            Self::Web(_) => SignInKind::Web,
            Self::Token { .. } => SignInKind::Token,
        }
    }

    /// Where it leads, as a person would write it; nothing for a token, which
    /// leads nowhere.
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Oidc(client) => Url::parse(&client.issuer).ok().map(|issuer| address::host(&issuer)),
            Self::Web(page) => Some(address::host(&page.login_url)),
            Self::Token { .. } => None,
        }
    }
}

/// The ways that this version knows, in the website's order. What is wrong with
/// one is said: a person who is left with the others would never know why.
pub(super) fn read(ways: Vec<Value>, answer: &Answer) -> Result<Vec<SignInWay>> {
    let mut known = Vec::new();
    for way in ways {
        let document = serde_json::from_value(way).map_err(|error| {
            answer.garbage(&format!("a way to sign in: {}", in_short(&error.to_string())))
        })?;
        match document {
            Document::Oidc { issuer, client_id, scopes } => {
                secure("issuer", &issuer, answer)?;
                known.push(SignInWay::Oidc(OidcClient { issuer, client_id, scopes }));
            }
            Document::Web { login_url, done_url } => {
                let login_url = secure("login_url", &login_url, answer)?;
                let done_url = secure("done_url", &done_url, answer)?;
                if done_url.fragment().is_some() {
                    return Err(answer.garbage("a done_url with a fragment of its own"));
                }
                known.push(SignInWay::Web(WebSignIn { login_url, done_url }));
            }
            Document::Token { help, help_url } => {
                let page = help_url.and_then(|page| answer.url().join(&page).ok());
                let page = page.filter(|page| matches!(page.scheme(), "https" | "http"));
                known.push(SignInWay::Token { help, page });
            }
            Document::Other => {}
        }
    }
    if known.is_empty() {
        return Err(answer.garbage("no way to sign in that this version knows"));
    }
    Ok(known)
}

/// An address that a person may sign in at: `https`, or this machine itself.
fn secure(name: &str, text: &str, answer: &Answer) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| answer.garbage(&format!("{name}: {error}")))?;
    match Origin::of(&url) {
        Some(_) => Ok(url),
        None if url.host_str().is_some() => Err(Error::WebsiteInsecure { host: address::host(&url) }),
        None => Err(answer.garbage(&format!("{name} is no web address"))),
    }
}
