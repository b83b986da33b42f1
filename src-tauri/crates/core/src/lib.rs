//! What Mashdesk decides without a screen: the website, tickets and their
//! redemption, sessions, navigation and exports.
//!
//! This crate never depends on Tauri. What it needs of a screen it asks of a
//! [`Host`]; what it needs of the operating system's keyring, of a
//! [`TokenStore`]. [`Desk`] ties the parts together.

#![forbid(unsafe_code)]

mod account;
mod catalog;
pub mod conformance;
mod desk;
mod error;
mod events;
pub mod exports;
mod host;
mod http;
mod ids;
mod last_run;
pub mod navigation;
mod personal;
pub mod qlik;
mod secret;
pub mod sessions;
mod settings;
mod wake;
pub mod website;

pub use account::{Account, TokenStore, TokenStoreError};
pub use catalog::Catalog;
pub use desk::{Connection, Desk, Setup};
pub use error::{Error, Result};
pub use host::{Change, Geometry, Host, HostError, Next};
pub use ids::{ExportId, Instance, MashupId, WindowId};
pub use secret::{Secret, SecretUrl};
pub use settings::{Language, Settings, Theme, Used};
