//! WKWebView.

use mashdesk_core::Error;
use mashdesk_core::navigation::Way;
use objc2::MainThreadOnly;
use objc2_foundation::NSString;
use objc2_web_kit::{WKUserScript, WKUserScriptInjectionTime, WKWebView};
use tauri::{AppHandle, WebviewWindow};
use url::Url;

/// On navigation nobody tells whether it is the page itself or a frame in it.
pub(in crate::windows) const NAVIGATION: Way = Way::InPlace;

/// Makes a window on the thread that asks for it: Tauri takes it to the main one.
pub(in crate::windows) async fn build<T>(
    _app: &AppHandle,
    make: impl FnOnce() -> tauri::Result<T>,
) -> tauri::Result<T> {
    make()
}

/// Takes Tauri's scripts and its message handler out of the page.
pub(in crate::windows) fn seal(window: &WebviewWindow) -> tauri::Result<()> {
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

/// Puts the observer script in. WebKit keeps no third party's cookies here,
/// whoever asks.
pub(in crate::windows) fn observe(
    window: &WebviewWindow,
    script: &'static str,
    _third_parties: bool,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live WKWebView, on the main thread.
        unsafe {
            let view: &WKWebView = &*webview.inner().cast();
            let observer = WKUserScript::initWithSource_injectionTime_forMainFrameOnly(
                WKUserScript::alloc(view.mtm()),
                &NSString::from_str(script),
                WKUserScriptInjectionTime::AtDocumentStart,
                true,
            );
            view.configuration().userContentController().addUserScript(&observer);
        }
    })
}

/// A page's dialogs do not show here: wry has none.
pub(in crate::windows) fn bound_dialogs(
    _window: &WebviewWindow,
    _admits: impl Fn() -> bool + Send + 'static,
) -> tauri::Result<()> {
    Ok(())
}

/// Pages that fail show WebKit's own page here, and those that leave are stopped
/// as their load begins: wry has the navigation delegate.
pub(in crate::windows) fn listen(
    _window: &WebviewWindow,
    _report: impl Fn(Error) + Send + 'static,
    _astray: impl Fn(&Url) + Send + 'static,
) -> tauri::Result<()> {
    Ok(())
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
