//! WebKitGTK: set on the window's own data manager, before its first
//! navigation.

use mashdesk_core::Policy;
use mashdesk_core::policy::Proxy;
use tauri::WebviewWindow;
use webkit2gtk::{NetworkProxyMode, NetworkProxySettings, WebViewExt, WebsiteDataManagerExt};

use crate::windows::Builder;

pub(in crate::windows) fn rule<'a>(builder: Builder<'a>, _policy: &Policy) -> Builder<'a> {
    builder
}

pub(in crate::windows) fn set(window: &WebviewWindow, policy: &Policy) -> tauri::Result<()> {
    let proxy = match &policy.proxy {
        None | Some(Proxy::System) => return Ok(()),
        Some(Proxy::None) => None,
        Some(Proxy::At(address)) => Some(address.with_credentials()),
    };
    // WebKit says "this domain" by a star.
    let star = |host: &String| match host.strip_prefix('.') {
        Some(domain) => format!("*.{domain}"),
        None => host.clone(),
    };
    let hosts: Vec<String> = policy.no_proxy.iter().flatten().map(star).collect();
    window.with_webview(move |webview| {
        let Some(manager) = webview.inner().website_data_manager() else { return };
        match proxy {
            None => manager.set_network_proxy_settings(NetworkProxyMode::NoProxy, None),
            Some(proxy) => {
                let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
                let mut settings = NetworkProxySettings::new(Some(proxy.expose()), &hosts);
                manager.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut settings));
            }
        }
    })
}
