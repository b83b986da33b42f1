//! A value under the person's own `Run` key.

use std::path::Path;

use auto_launch::{AutoLaunch, AutoLaunchBuilder, WindowsEnableMode};
use tauri::AppHandle;

use super::NAME;

/// What starts the app.
pub(super) struct Entry(AutoLaunch);

impl Entry {
    pub(super) const PLACE: &str = "HKEY_CURRENT_USER Run";

    pub(super) fn of(_app: &AppHandle, program: &Path) -> Result<Self, String> {
        // Quoted: otherwise a part of the path before a space could be started.
        let path = format!("\"{}\"", program.display());
        AutoLaunchBuilder::new()
            .set_app_name(NAME)
            .set_app_path(&path)
            .set_windows_enable_mode(WindowsEnableMode::CurrentUser)
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    pub(super) fn is_there(&self) -> bool {
        self.0.is_enabled().unwrap_or(false)
    }

    pub(super) fn make(&self) -> Result<(), String> {
        self.0.enable().map_err(|error| error.to_string())
    }

    pub(super) fn remove(&self) -> Result<(), String> {
        self.0.disable().map_err(|error| error.to_string())
    }
}
