//! What Mashdesk decides without a screen: the website, tickets and their
//! redemption, sessions, navigation and exports.
//!
//! This crate never depends on Tauri. What it needs of a screen it asks of a
//! [`Host`]; what it needs of the operating system's keyring, of a
//! [`TokenStore`]. [`Desk`] ties the parts together.

#![forbid(unsafe_code)]

pub mod account;
mod catalog;
pub mod conformance;
mod desk;
pub mod doctor;
mod error;
mod events;
pub mod exports;
mod frame;
mod host;
pub mod http;
pub mod http_cache;
mod icons;
mod ids;
pub mod isolation;
mod last_run;
pub mod loopback;
pub mod navigation;
mod outside;
#[cfg(any(test, fuzzing))]
pub mod parsers;
mod personal;
pub mod policy;
pub mod qlik;
mod redaction;
mod secret;
pub mod sessions;
mod settings;
pub mod slots;
pub mod stores;
mod wake;
pub mod website;
mod zoom;

pub use account::{Account, Credentials, SignInKind, TokenStore, TokenStoreError};
pub use catalog::Catalog;
pub use desk::{Connection, Desk, Setup};
pub use error::{Error, Result};
pub use frame::{Frame, WindowIcon};
pub use host::{Change, Geometry, Host, HostError, Next};
pub use icons::Icon;
pub use ids::{ExportId, Instance, MashupId, WindowId};
pub use outside::parse_link;
pub use policy::{LogLevel, Policy, Redemption};
pub use redaction::redacted;
pub use secret::{Secret, SecretUrl};
pub use settings::{Language, Settings, Sleep, Theme, Used};
pub use zoom::{Zoom, ZoomStep};
