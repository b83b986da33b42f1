//! What keeps a mashup's page in its place.

use mashdesk_core::WindowId;
use mashdesk_core::navigation::{Allowed, Decision, Way, content_rules, decide};
use mashdesk_core::sessions::Wish;
use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{AppHandle, WebviewWindow};
use url::Url;

use super::native;
use crate::desk;

/// Keeps mashups' pages in their place. The product has one kind, [`Guarded`];
/// the end-to-end tests bring one that holds nothing back, to see each attack
/// get through.
pub trait Guard: Send + Sync + 'static {
    /// Closes a new window's way to the shell, before its first navigation.
    ///
    /// # Errors
    /// Where it stays open: the window must not show a page.
    fn seal(&self, webview: &WebviewWindow) -> tauri::Result<()>;

    /// Where a window goes.
    fn decide(&self, allowed: &Allowed, url: &Url, way: Way) -> Decision;

    /// WebKit's content rules for a window.
    fn content_rules(&self, allowed: &Allowed) -> String;

    /// Whether a page gets what it would have to ask a person for: the camera,
    /// where they are, what they copied.
    fn permits(&self, kind: PermissionKind) -> PermissionResponse;

    /// Whether a page gets one more of what it asks for.
    fn admits(&self, app: &AppHandle, window: WindowId, wish: Wish) -> bool;
}

/// Everything is held back.
#[derive(Debug, Default)]
pub struct Guarded;

impl Guard for Guarded {
    fn seal(&self, webview: &WebviewWindow) -> tauri::Result<()> {
        native::seal(webview)
    }

    fn decide(&self, allowed: &Allowed, url: &Url, way: Way) -> Decision {
        decide(allowed, url, way)
    }

    fn content_rules(&self, allowed: &Allowed) -> String {
        content_rules(allowed)
    }

    fn permits(&self, kind: PermissionKind) -> PermissionResponse {
        match kind {
            // The webview itself asks the person.
            PermissionKind::AutomaticDownloads => PermissionResponse::Default,
            _ => PermissionResponse::Deny,
        }
    }

    fn admits(&self, app: &AppHandle, window: WindowId, wish: Wish) -> bool {
        desk(app).admits(window, wish)
    }
}
