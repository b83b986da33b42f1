//! Newer versions, from the server that IT names by policy: found, verified, and
//! installed when the person agrees. Whatever goes wrong, this version stays.

use std::time::Duration;

use mashdesk_core::Error;
use mashdesk_core::http::Road;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_updater::{Config, Update, UpdaterExt};
use url::Url;

use crate::question::{self, Question};
use crate::{desk, launcher};

/// How often a newer version is looked for.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// When it is tried again where the server is away.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// Longest silence of the server.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What came of looking for a newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is none.
    None,
    /// The server is away, or the download broke off.
    Away,
    /// What the server offers does not pass its checks; the person is told.
    Refused,
    /// The person does not want it now.
    Later,
    /// It is installed, and used from the next start on.
    Installed,
    /// The system did not install it; the person is told.
    Failed,
}

/// What finds and installs versions that are signed with a key.
pub(crate) fn plugin(key: Option<&str>) -> TauriPlugin<Wry, Config> {
    tauri_plugin_updater::Builder::new().pubkey(key.unwrap_or_default()).build()
}

/// Looks for newer versions for as long as the app runs, and starts it again
/// with one that was installed.
pub(crate) async fn watch(app: AppHandle, source: Url) {
    loop {
        match update(&app, &source).await {
            Outcome::Installed => {
                desk(&app).quit().await;
                return app.request_restart();
            }
            Outcome::Away => tokio::time::sleep(AGAIN).await,
            _ => tokio::time::sleep(EVERY).await,
        }
    }
}

/// Looks for a newer version once, and installs it if the person agrees.
pub async fn update(app: &AppHandle, source: &Url) -> Outcome {
    match verified(app, source).await {
        Ok(None) => Outcome::None,
        Ok(Some((update, package))) => offer(app, update, package).await,
        Err(error) if is_refusal(&error) => {
            let host = source.host_str().unwrap_or_default().to_owned();
            desk(app).give_notice(Error::UpdateRefused { host, reason: error.to_string() });
            Outcome::Refused
        }
        Err(error) => {
            tracing::warn!(%error, "no newer version could be brought");
            Outcome::Away
        }
    }
}

/// A newer version and its package, whose signature is good.
async fn verified(app: &AppHandle, source: &Url) -> tauri_plugin_updater::Result<Option<(Update, Vec<u8>)>> {
    let road = Road::of(desk(app).policy()).map_err(tauri_plugin_updater::Error::Network)?;
    let updater = app
        .updater_builder()
        .endpoints(vec![source.clone()])?
        .configure_client(move |client| {
            road.take(client).connect_timeout(SILENCE_MAX).read_timeout(SILENCE_MAX)
        })
        .build()?;
    let Some(update) = updater.check().await? else { return Ok(None) };
    tracing::info!(version = update.version, "a newer version is there");
    let package = update.download(|_, _| {}, || {}).await?;
    Ok(Some((update, package)))
}

async fn offer(app: &AppHandle, update: Update, package: Vec<u8>) -> Outcome {
    let Some(window) = app.get_webview_window(launcher::LABEL) else { return Outcome::Later };
    if !question::ask(app, window, Question::Update).await {
        return Outcome::Later;
    }
    // There the installer ends this process, and nothing runs after it.
    if cfg!(windows) {
        desk(app).quit().await;
    }
    let version = update.version.clone();
    // It asks for a password, and waits for it.
    let installed = tauri::async_runtime::spawn_blocking(move || update.install(package)).await;
    let installed = installed.map_err(|error| error.to_string());
    match installed.and_then(|installed| installed.map_err(|error| error.to_string())) {
        Ok(()) => Outcome::Installed,
        Err(reason) => {
            desk(app).give_notice(Error::UpdateFailed { version, reason });
            Outcome::Failed
        }
    }
}

/// Whether the server answered, and its answer is not what it should be.
fn is_refusal(error: &tauri_plugin_updater::Error) -> bool {
    use tauri_plugin_updater::Error as E;
    matches!(
        error,
        E::Minisign(_)
            | E::Base64(_)
            | E::SignatureUtf8(_)
            | E::SignedVersionMismatch { .. }
            | E::MissingSignedVersion
            | E::InsecureTransportProtocol
            | E::InvalidUpdaterFormat
            | E::Serialization(_)
            | E::TargetNotFound(_)
            | E::TargetsNotFound(_)
    )
}
