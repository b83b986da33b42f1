//! The website and who is signed in there, as the launcher's page sees them.

use mashdesk_core::{Account, Connection, website};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Problem;

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum WebsiteView {
    Unset,
    Connecting {
        url: String,
    },
    Failed {
        url: String,
        problem: Problem,
    },
    Ready {
        url: String,
        name: String,
        /// In the website's order, the preferred one first.
        sign_in: Vec<SignInWay>,
        has_support: bool,
    },
}

/// A way to sign in.
#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SignInWay {
    Oidc { host: String },
    Web { host: String },
    Token { help: Option<String>, has_page: bool },
}

#[derive(Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInKind {
    Oidc,
    Web,
    Token,
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum AccountView {
    SignedOut {
        problem: Option<Problem>,
    },
    SigningIn {
        /// None where the sign-in of an earlier run is tried.
        way: Option<SignInKind>,
    },
    SignedIn {
        name: String,
        /// Whether the keyring keeps the sign-in for the next run.
        remembered: bool,
    },
}

impl From<Connection> for WebsiteView {
    fn from(connection: Connection) -> Self {
        match connection {
            Connection::Unset => Self::Unset,
            Connection::Connecting(url) => Self::Connecting { url },
            Connection::Failed(url, error) => Self::Failed { url, problem: error.into() },
            Connection::Ready(website) => Self::Ready {
                url: website.url.to_string(),
                name: website.name.clone(),
                sign_in: website.sign_in.iter().map(SignInWay::from).collect(),
                has_support: website.support.is_some(),
            },
        }
    }
}

impl From<&website::SignInWay> for SignInWay {
    fn from(way: &website::SignInWay) -> Self {
        let host = way.host().unwrap_or_default();
        match way {
            website::SignInWay::Oidc(_) => Self::Oidc { host },
            website::SignInWay::Web(_) => Self::Web { host },
            website::SignInWay::Token { help, page } => {
                Self::Token { help: help.clone(), has_page: page.is_some() }
            }
        }
    }
}

impl From<mashdesk_core::SignInKind> for SignInKind {
    fn from(kind: mashdesk_core::SignInKind) -> Self {
        match kind {
            mashdesk_core::SignInKind::Oidc => Self::Oidc,
            mashdesk_core::SignInKind::Web => Self::Web,
            mashdesk_core::SignInKind::Token => Self::Token,
        }
    }
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        match account {
            Account::SignedOut(error) => Self::SignedOut { problem: error.map(Problem::from) },
            Account::SigningIn(kind) => Self::SigningIn { way: kind.map(SignInKind::from) },
            Account::SignedIn { name, remembered, credentials: _, website: _ } => {
                Self::SignedIn { name, remembered }
            }
        }
    }
}
