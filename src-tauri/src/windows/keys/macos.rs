//! WKWebView: the app's menu has full screen; the other keys are still to come.

use mashdesk_core::WindowId;
use tauri::{AppHandle, WebviewWindow};

/// Nothing to listen for.
pub(in crate::windows) fn listen(
    _window: &WebviewWindow,
    _app: &AppHandle,
    _mashup: WindowId,
) -> tauri::Result<()> {
    Ok(())
}
