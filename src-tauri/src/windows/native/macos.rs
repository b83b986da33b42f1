//! WKWebView.

use mashdesk_core::Error;
use objc2_foundation::NSString;
use objc2_web_kit::WKWebView;
use tauri::WebviewWindow;

/// Takes Tauri's scripts and its message handler out of the page. Pages that
/// fail show WebKit's own page here: wry has the navigation delegate.
pub(in crate::windows) fn seal(
    window: &WebviewWindow,
    _report: impl Fn(Error) + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(|webview| {
        // SAFETY: Tauri hands out its live WKWebView, on the main thread.
        unsafe {
            let view: &WKWebView = &*webview.inner().cast();
            let content = view.configuration().userContentController();
            content.removeScriptMessageHandlerForName(&NSString::from_str("ipc"));
            content.removeAllUserScripts();
        }
    })
}
