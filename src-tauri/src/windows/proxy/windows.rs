//! WebView2: arguments of the browser's, which are fixed when it starts. It
//! signs in to a proxy with the person's own account of the computer, and asks
//! them where that does not do: a name and a password cannot be handed over.

use mashdesk_core::Policy;
use mashdesk_core::policy::Proxy;
use tauri::WebviewWindow;

use crate::windows::Builder;

/// What wry gives the browser where nobody else gives it arguments.
const WRYS_OWN: &str = "--disable-features=msWebOOUI,msPdfOOUI,msSmartScreenProtection";

pub(in crate::windows) fn rule<'a>(builder: Builder<'a>, policy: &Policy) -> Builder<'a> {
    match &policy.proxy {
        None | Some(Proxy::System) => builder,
        Some(Proxy::None) => builder.additional_browser_args(&format!("{WRYS_OWN} --no-proxy-server")),
        Some(Proxy::At(address)) => {
            let server = address.url.as_str().trim_end_matches('/');
            let hosts = policy.no_proxy.as_deref().unwrap_or_default().join(";");
            let arguments = format!("{WRYS_OWN} --proxy-server={server} --proxy-bypass-list={hosts}");
            builder.additional_browser_args(&arguments)
        }
    }
}

pub(in crate::windows) fn set(_window: &WebviewWindow, _policy: &Policy) -> tauri::Result<()> {
    Ok(())
}
