//! Managed preferences, as a configuration profile brings them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mashdesk_core::policy::{PolicyError, Source};
use serde_json::{Map, Value};

/// The domain; the profile in src-tauri/packaging/macos names it as well.
const DOMAIN: &str = "app.mashdesk.desktop.plist";

pub(super) fn machine() -> Result<Option<Source>, PolicyError> {
    read(&folder().join(DOMAIN))
}

pub(super) fn user() -> Result<Option<Source>, PolicyError> {
    match dirs::home_dir().as_deref().and_then(Path::file_name) {
        Some(name) => read(&folder().join(name).join(DOMAIN)),
        None => Ok(None),
    }
}

fn folder() -> PathBuf {
    PathBuf::from("/Library/Managed Preferences")
}

fn read(file: &Path) -> Result<Option<Source>, PolicyError> {
    let place = file.display().to_string();
    let broken = |reason: String| PolicyError { place: place.clone(), reason };
    match file.try_exists() {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(error.to_string())),
    }
    let values: Map<String, Value> = plist::from_file(file).map_err(|error| broken(error.to_string()))?;
    // The system adds values of its own about the payload.
    let own = values.into_iter().filter(|(name, _)| !name.starts_with("Payload")).collect();
    Source::of(&place, own).map(Some)
}
