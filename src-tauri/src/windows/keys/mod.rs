//! Keys in a mashup's window. The page has each first; what it leaves alone
//! comes here, as far as the platform can tell the two apart.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use mashdesk_core::{WindowId, ZoomStep};
use tauri::{AppHandle, Manager};

use super::mashup_label;
use crate::{commands, desk};

#[cfg(target_os = "linux")]
pub(super) use linux::listen;
#[cfg(target_os = "macos")]
pub(super) use macos::listen;
#[cfg(windows)]
pub(super) use windows::listen;

/// What a key does that no webview does by itself.
// Each platform has keys for those that its webview lacks.
#[cfg_attr(not(target_os = "linux"), expect(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Zoom(ZoomStep),
    Reload,
    /// Into full screen or out of it.
    TurnFullScreen,
    LeaveFullScreen,
    /// The launcher's switcher.
    Switch,
}

/// Does it to the window with a label: a mashup's own, or one that it opened.
#[cfg_attr(target_os = "macos", expect(dead_code, reason = "its keys are still to come"))]
pub(super) fn act(app: &AppHandle, label: &str, window: WindowId, action: Action) {
    let (app, label) = (app.clone(), label.to_owned());
    // The main thread has better to do than to write settings.
    tauri::async_runtime::spawn(async move {
        let Some(webview) = app.get_webview_window(&label) else { return };
        let done = match action {
            Action::Zoom(step) => {
                desk(&app).zoom(window, step);
                Ok(())
            }
            Action::Reload if label == mashup_label(window) => {
                // Closed meanwhile: nothing is left to load.
                let _ = desk(&app).reload(window);
                Ok(())
            }
            Action::Reload => webview.reload(),
            Action::TurnFullScreen => {
                webview.is_fullscreen().and_then(|is_full| webview.set_fullscreen(!is_full))
            }
            Action::LeaveFullScreen => webview.set_fullscreen(false),
            Action::Switch => {
                commands::open_switcher(&app);
                Ok(())
            }
        };
        if let Err(error) = done {
            tracing::warn!(%window, ?action, %error, "a key did nothing");
        }
    });
}
