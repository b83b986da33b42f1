//! What `mashdesk-lab --json` prints: everything that a client from outside needs to know.

use std::path::PathBuf;

use serde::Serialize;
use url::Url;

use crate::{Lab, options::IdentityModel};

/// The end points, files and people of a running lab.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// The proxy, its API and the engine.
    pub qlik: QlikDescription,
    /// The company's site.
    pub website: WebsiteDescription,
    /// What a website talks to QPS with.
    pub certificates: CertificatesDescription,
    /// Who can sign in.
    pub people: Vec<PersonDescription>,
    /// The first few of the catalog.
    pub mashups: Vec<MashupDescription>,
}

/// Where Qlik is.
#[derive(Clone, Debug, Serialize)]
pub struct QlikDescription {
    /// The proxy's root.
    pub proxy: Url,
    /// The root of the proxy's API, which wants a client certificate.
    pub qps: Url,
    /// The virtual proxy's prefix.
    pub virtual_proxy: String,
    /// The name of the session cookie.
    pub session_cookie: String,
    /// Whether the engine's websocket asks for a CSRF token.
    pub csrf: bool,
    /// `user-per-app` or `directory-per-app`.
    pub identity: &'static str,
    /// User directory of `user-per-app`.
    pub user_directory: String,
}

/// Where the website is.
#[derive(Clone, Debug, Serialize)]
pub struct WebsiteDescription {
    /// Its root, which `mashdesk --website` takes.
    pub url: Url,
}

/// Paths of the PEM files.
#[derive(Clone, Debug, Serialize)]
pub struct CertificatesDescription {
    /// `client.pem`
    pub client: PathBuf,
    /// `client_key.pem`
    pub client_key: PathBuf,
    /// `root.pem`
    pub root: PathBuf,
}

/// One person who can sign in.
#[derive(Clone, Debug, Serialize)]
pub struct PersonDescription {
    /// The user name.
    pub name: String,
    /// The password of the sign-in page.
    pub password: String,
    /// A token for the app.
    pub token: Option<String>,
}

/// One mashup of the catalog.
#[derive(Clone, Debug, Serialize)]
pub struct MashupDescription {
    /// The catalog's id.
    pub id: String,
    /// The id of the app it opens.
    pub app: String,
    /// Its title.
    pub title: String,
}

impl Description {
    pub(crate) fn of(lab: &Lab) -> Self {
        let Lab { qlik, website, apps, options, .. } = lab;
        let files = qlik.certificates();
        Self {
            qlik: QlikDescription {
                proxy: qlik.proxy_url().clone(),
                qps: qlik.qps_url().clone(),
                virtual_proxy: qlik.virtual_proxy().into(),
                session_cookie: qlik.session_cookie_name(),
                csrf: options.csrf,
                identity: match options.identity {
                    IdentityModel::UserPerApp => "user-per-app",
                    IdentityModel::DirectoryPerApp => "directory-per-app",
                },
                user_directory: options.user_directory.clone(),
            },
            website: WebsiteDescription { url: website.url().clone() },
            certificates: CertificatesDescription {
                client: files.client.clone(),
                client_key: files.client_key.clone(),
                root: files.root.clone(),
            },
            people: website
                .people()
                .into_iter()
                .map(|person| PersonDescription {
                    token: website.app_token(&person.name),
                    name: person.name,
                    password: person.password,
                })
                .collect(),
            mashups: apps
                .iter()
                .take(5)
                .map(|app| MashupDescription {
                    id: app.mashup.clone(),
                    app: app.id.clone(),
                    title: app.title.clone(),
                })
                .collect(),
        }
    }
}
