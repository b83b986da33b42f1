//! A mashup's page is asked for while its ticket is redeemed, and the answer is held
//! until the session is in the window's store: nothing of the page runs without it.
//! WebView2 lets nobody hold an answer, and wry decides about WKWebView's at once;
//! there a page is asked for when its session is there.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(super) use linux::{HOLDS, end, hold};

#[cfg(not(target_os = "linux"))]
mod none {
    use tauri::WebviewWindow;

    /// Whether an answer can be held.
    pub(in crate::windows) const HOLDS: bool = false;

    /// Holds the answer to what a window asks for next.
    pub(in crate::windows) fn hold(_window: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }

    /// Holds it no longer: the window gets it, or never does.
    pub(in crate::windows) fn end(_window: &WebviewWindow, _gets: bool) -> tauri::Result<()> {
        Ok(())
    }
}
#[cfg(not(target_os = "linux"))]
pub(super) use none::{HOLDS, end, hold};
