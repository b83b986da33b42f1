//! WebKitGTK: set on the window's own data manager, before its first
//! navigation.

use mashdesk_core::policy::Proxy;
use mashdesk_core::{Policy, Secret};
use tauri::WebviewWindow;
use webkit2gtk::glib::translate::{ToGlibPtr, ToGlibPtrMut};
use webkit2gtk::{
    AuthenticationRequest, AuthenticationRequestExt, Credential, CredentialPersistence, NetworkProxyMode,
    NetworkProxySettings, WebView, WebViewExt, WebsiteDataManager, WebsiteDataManagerExt, ffi,
};

use crate::windows::Builder;

pub(in crate::windows) fn rule<'a>(builder: Builder<'a>, _policy: &Policy) -> Builder<'a> {
    builder
}

pub(in crate::windows) fn set(window: &WebviewWindow, policy: &Policy) -> tauri::Result<()> {
    let proxy = match &policy.proxy {
        None | Some(Proxy::System) => return Ok(()),
        Some(Proxy::None) => None,
        Some(Proxy::At(address)) => Some(address.clone()),
    };
    // WebKit says "this domain" by a star.
    let star = |host: &String| match host.strip_prefix('.') {
        Some(domain) => format!("*.{domain}"),
        None => host.clone(),
    };
    let hosts: Vec<String> = policy.no_proxy.iter().flatten().map(star).collect();
    window.with_webview(move |webview| {
        let view = webview.inner();
        let Some(manager) = view.website_data_manager() else { return };
        match proxy {
            None => manager.set_network_proxy_settings(NetworkProxyMode::NoProxy, None),
            Some(address) => {
                go_through(&manager, address.url.as_str(), &hosts);
                if let Some((name, password)) = address.credentials {
                    answer_for(&view, name, password);
                }
            }
        }
    })
}

fn go_through(manager: &WebsiteDataManager, proxy: &str, hosts: &[String]) {
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut settings = NetworkProxySettings::new(Some(proxy), &hosts);
    manager.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut settings));
}

/// Signs in to the proxy, once; one that refuses that is told by the page that
/// does not load. With the name and the password in its address, libsoup asks
/// the proxy for the proxy itself.
fn answer_for(view: &WebView, name: String, password: Secret) {
    view.connect_authenticate(move |_, request| {
        if !request.is_for_proxy() {
            return false;
        }
        if request.is_retry() {
            request.cancel();
        } else {
            let credential = Credential::new(&name, password.expose(), CredentialPersistence::ForSession);
            authenticate(request, credential);
        }
        true
    });
}

/// What webkit2gtk leaves out.
fn authenticate(request: &AuthenticationRequest, mut credential: Credential) {
    // SAFETY: both live as long as the call, which copies the credential.
    unsafe {
        ffi::webkit_authentication_request_authenticate(
            request.to_glib_none().0,
            credential.to_glib_none_mut().0,
        );
    }
}
