//! A launch agent of the person's own.

use std::path::Path;

use auto_launch::{AutoLaunch, AutoLaunchBuilder, MacOSLaunchMode};
use tauri::AppHandle;

use super::NAME;

/// What starts the app.
pub(super) struct Entry(AutoLaunch);

impl Entry {
    pub(super) const PLACE: &str = "Library/LaunchAgents";

    pub(super) fn of(_app: &AppHandle, program: &Path) -> Result<Self, String> {
        let path = program.display().to_string();
        AutoLaunchBuilder::new()
            .set_app_name(NAME)
            .set_app_path(&path)
            .set_macos_launch_mode(MacOSLaunchMode::LaunchAgent)
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
