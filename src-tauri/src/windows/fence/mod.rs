//! Where WebKit itself keeps a page within its mashup: it asks its content rules
//! before it sends a request, and for redirects as well. Elsewhere the shell is
//! asked in time (Windows), or stops the page as its load begins (macOS).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(super) use linux::{navigate, share};

#[cfg(not(target_os = "linux"))]
mod none {
    use std::path::Path;

    use tauri::WebviewWindow;
    use tauri::webview::NewWindowFeatures;
    use url::Url;

    /// Sends a window to its mashup.
    pub(in crate::windows) fn navigate(
        window: &WebviewWindow,
        url: &Url,
        _rules: &str,
        _folder: &Path,
        _goes: impl FnOnce(Result<(), String>) -> bool + Send + 'static,
    ) -> tauri::Result<()> {
        window.navigate(url.clone())
    }

    /// Gives a window what its opener has.
    pub(in crate::windows) fn share(
        _features: &NewWindowFeatures,
    ) -> impl FnOnce(&WebviewWindow) -> tauri::Result<()> + use<> {
        |_| Ok(())
    }
}
#[cfg(not(target_os = "linux"))]
pub(super) use none::{navigate, share};
