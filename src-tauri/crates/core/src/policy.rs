//! What IT has settled for everyone who works at this machine. What it leaves
//! open is the person's to set, or has the default named here.
//!
//! The type is the only list of values: the file is read by it, and the
//! documents for IT (docs/policy.schema.json, the templates in
//! src-tauri/packaging) are made from it by the test in `policy/templates.rs`.

mod authorities;
mod proxy;
mod settled;
#[cfg(test)]
mod templates;

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, de};
use url::Url;

use crate::navigation::Origin;
use crate::{SignInKind, Sleep, website};
pub(crate) use authorities::certificates;
pub use proxy::{Proxy, ProxyAddress};
pub use settled::{Level, PolicyError, Settled, Source, Value, Whence};

/// What IT has settled. Written out, it holds no password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The company's website, as `https://portal.example.com`. People can
    /// neither change it nor be led to another one.
    #[cfg_attr(test, schemars(title = "Website", with = "Option<String>"))]
    #[serde(deserialize_with = "address")]
    pub website: Option<Url>,
    /// The ways to sign in that people may use, of those that the website
    /// offers; otherwise all of them.
    #[cfg_attr(test, schemars(title = "Ways to sign in"))]
    pub sign_in: Option<Vec<SignInKind>>,
    /// `system` for the system's own proxy settings, `none` for no proxy, or
    /// the address of one, as `http://proxy.example.com:3128`; a name and a
    /// password may stand in it. Otherwise the system's.
    #[cfg_attr(test, schemars(title = "Proxy", with = "Option<String>"))]
    pub proxy: Option<Proxy>,
    /// Hosts that are reached without the proxy whose address is given:
    /// `qlik.example.com`, `.example.com` for a whole domain, `10.0.0.0/8`.
    #[cfg_attr(test, schemars(title = "Hosts without the proxy"))]
    pub no_proxy: Option<Vec<String>>,
    /// Files of certificate authorities (PEM) that Mashdesk trusts besides the
    /// system's in what it asks of the website and of Qlik. The mashups' pages
    /// are loaded by the system's webview, which trusts the system's alone: an
    /// authority that signs those belongs in the system's store.
    #[cfg_attr(test, schemars(title = "Certificate authorities"))]
    pub ca_files: Option<Vec<PathBuf>>,
    /// Where exports are saved; otherwise as the person has set, or their
    /// download folder.
    #[cfg_attr(test, schemars(title = "Folder for exports"))]
    #[serde(deserialize_with = "whole_path")]
    pub download_folder: Option<PathBuf>,
    /// Whether each export asks where it goes; otherwise as the person has set,
    /// or not.
    #[cfg_attr(test, schemars(title = "Ask where to save each export"))]
    pub ask_where_to_save: Option<bool>,
    /// Whether a mashup may keep cookies of other sites than its own, as it must
    /// where Qlik is on another one; otherwise yes.
    #[cfg_attr(test, schemars(title = "Cookies of other sites"))]
    pub third_party_cookies: Option<bool>,
    /// Who redeems a ticket; otherwise the shell.
    #[cfg_attr(test, schemars(title = "Who redeems tickets"))]
    pub redemption: Option<Redemption>,
    /// Whether a window is built ahead of the next click, where there is memory
    /// for it; otherwise yes.
    #[cfg_attr(test, schemars(title = "Build a window ahead"))]
    pub spare_window: Option<bool>,
    /// How much memory must be free for a window to be built ahead; where only
    /// half of that is left, it goes again. Otherwise one GiB.
    #[cfg_attr(test, schemars(title = "Free memory for a window ahead"))]
    pub spare_window_memory: Option<FreeMemory>,
    /// Whether the scripts and pictures that a mashup's pages have loaded are kept
    /// in the person's cache folder for the next time, where the system's webview
    /// can keep them apart from cookies and storages; otherwise yes. What servers
    /// mark `no-store` is never kept.
    #[cfg_attr(test, schemars(title = "Keep what mashups have loaded"))]
    pub http_cache: Option<bool>,
    /// After how long a window that nobody looks at gives its memory back;
    /// otherwise as the person has set.
    #[cfg_attr(test, schemars(title = "Let windows sleep"))]
    pub sleep: Option<Sleep>,
    /// Where IT offers newer versions; otherwise none are looked for.
    #[cfg_attr(test, schemars(title = "Address of updates", with = "Option<String>"))]
    #[serde(deserialize_with = "open_address")]
    pub updates: Option<Url>,
    /// The public key that they are signed with; otherwise none is good.
    #[cfg_attr(test, schemars(title = "Public key of updates"))]
    pub updates_key: Option<String>,
    /// Whether a window shares the session of another one of the same mashup
    /// when Qlik gives no more sessions; otherwise yes.
    #[cfg_attr(test, schemars(title = "Share sessions when they run out"))]
    pub shared_sessions: Option<bool>,
    /// Whether Mashdesk starts when a person signs in to the computer;
    /// otherwise as the person has set, or not.
    #[cfg_attr(test, schemars(title = "Start with the system"))]
    pub start_with_system: Option<bool>,
    /// How much is written to the log; otherwise `info`.
    #[cfg_attr(test, schemars(title = "Log level"))]
    pub log_level: Option<LogLevel>,
}

/// Who redeems a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Redemption {
    /// Core, by a request of its own.
    #[default]
    Shell,
    /// The window, by going there: for networks where only a webview gets out.
    Window,
}

/// How much memory a new process could use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says it all")]
pub enum FreeMemory {
    HalfAGib,
    #[default]
    OneGib,
    TwoGib,
    FourGib,
}

impl FreeMemory {
    /// In bytes.
    pub(crate) fn bytes(self) -> u64 {
        let mib = match self {
            Self::HalfAGib => 512,
            Self::OneGib => 1024,
            Self::TwoGib => 2048,
            Self::FourGib => 4096,
        };
        mib << 20
    }
}

/// How much is written to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says it all")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Policy {
    /// The names of the values that IT has settled.
    pub fn managed(&self) -> Vec<String> {
        let settled = |(name, value): (String, serde_json::Value)| (!value.is_null()).then_some(name);
        self.values().into_iter().filter_map(settled).collect()
    }

    /// Whether people may sign in that way.
    pub(crate) fn allows(&self, way: SignInKind) -> bool {
        self.sign_in.as_ref().is_none_or(|ways| ways.contains(&way))
    }

    /// Whether a window may share another one's session.
    pub(crate) fn shares_sessions(&self) -> bool {
        self.shared_sessions != Some(false)
    }

    /// Whether what pages have loaded may be kept. A window that redeems a ticket
    /// itself would keep the answer with the session's cookie.
    pub(crate) fn keeps_pages(&self) -> bool {
        self.http_cache != Some(false) && self.redemption != Some(Redemption::Window)
    }

    /// Every value by its name, in the order of the type; null is open.
    fn values(&self) -> Vec<(String, serde_json::Value)> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(values)) => values.into_iter().collect(),
            // A struct is an object.
            _ => Vec::new(),
        }
    }
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| website::parse_address(&text)).transpose().map_err(de::Error::custom)
}

/// Something that is fetched for everyone, and told by `mashdesk policy`: encrypted
/// on its way, and without a password.
fn open_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    // The text may hold a password: no word of it is repeated.
    match Url::parse(text.trim()) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(de::Error::custom("holds a name or a password, which anybody could read"))
        }
        Ok(url) if Origin::of(&url).is_some() => Ok(Some(url)),
        _ => Err(de::Error::custom("is no address as https://it.example.com/latest.json")),
    }
}

/// A relative path would be another one in every start.
fn whole_path<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let path = Option::<PathBuf>::deserialize(from)?;
    match path {
        Some(path) if !path.is_absolute() => {
            Err(de::Error::custom(format!("{} does not begin at the root", path.display())))
        }
        path => Ok(path),
    }
}
