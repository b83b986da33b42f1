//! WKWebView.

use mashdesk_core::Error;
use objc2::MainThreadOnly;
use objc2_foundation::NSString;
use objc2_web_kit::{WKUserScript, WKUserScriptInjectionTime, WKWebView};
use tauri::WebviewWindow;

/// Takes Tauri's scripts and its message handler out of the page, and puts the
/// observer script in. Pages that fail show WebKit's own page here: wry has the
/// navigation delegate.
pub(in crate::windows) fn seal(
    window: &WebviewWindow,
    script: &'static str,
    // WebKit keeps no third party's cookies here, whoever asks.
    _third_parties: bool,
    _report: impl Fn(Error) + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live WKWebView, on the main thread.
        unsafe {
            let view: &WKWebView = &*webview.inner().cast();
            let content = view.configuration().userContentController();
            content.removeScriptMessageHandlerForName(&NSString::from_str("ipc"));
            content.removeAllUserScripts();
            let observer = WKUserScript::initWithSource_injectionTime_forMainFrameOnly(
                WKUserScript::alloc(view.mtm()),
                &NSString::from_str(script),
                WKUserScriptInjectionTime::AtDocumentStart,
                true,
            );
            content.addUserScript(&observer);
        }
    })
}

/// Shows a page of the shell's own, at `about:blank`.
pub(in crate::windows) fn show(window: &WebviewWindow, page: String) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live WKWebView, on the main thread.
        unsafe {
            let view: &WKWebView = &*webview.inner().cast();
            view.loadHTMLString_baseURL(&NSString::from_str(&page), None);
        }
    })
}
