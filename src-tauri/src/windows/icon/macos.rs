//! Windows of a Mac have no icons; all of an app share the one in the Dock.

use mashdesk_core::WindowIcon;
use tauri::WebviewWindow;

/// Nothing to give.
pub(in crate::windows) fn set(_window: &WebviewWindow, _icon: &WindowIcon) -> tauri::Result<()> {
    Ok(())
}
