//! WebView2 and WKWebView: a page of words takes the mashup's place, and the
//! webview frees what the mashup held.

use tauri::WebviewWindow;

use crate::windows::message_page::escape;
use crate::windows::native;
use crate::words::Language;

pub(super) fn put(window: &WebviewWindow, mashup: &str, language: &'static Language) -> tauri::Result<()> {
    let page = format!(
        include_str!("page.html"),
        language = language.tag,
        mashup = escape(mashup),
        title = escape(language.message("sleep.title")),
        advice = escape(language.message("sleep.advice")),
    );
    native::show(window, page)
}
