//! WKWebView: the system's own proxy alone. wry's `proxy_url` needs macOS 14
//! and a private feature, so here a proxy belongs in the network's profile.

use mashdesk_core::Policy;
use mashdesk_core::policy::Proxy;
use tauri::WebviewWindow;

use crate::windows::Builder;

pub(in crate::windows) fn rule<'a>(builder: Builder<'a>, _policy: &Policy) -> Builder<'a> {
    builder
}

pub(in crate::windows) fn set(_window: &WebviewWindow, policy: &Policy) -> tauri::Result<()> {
    if matches!(policy.proxy, Some(Proxy::None | Proxy::At(_))) {
        tracing::warn!("on macOS the mashups' pages use the system's proxy, not the policy's");
    }
    Ok(())
}
