//! Pages that nothing holds back: their way to the shell is open, they go where
//! they like and get what they ask for. So each attack is seen to get through
//! where it is not stopped. The product has no such thing.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use mashdesk::guard::Guard;
use mashdesk::store::{Isolated, Stores};
use mashdesk_core::WindowId;
use mashdesk_core::http_cache::Slot;
use mashdesk_core::navigation::{Allowed, Decision, Way};
use mashdesk_core::sessions::Wish;
use tauri::ipc::CapabilityBuilder;
use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry};
use url::Url;
use webkit2gtk::{TLSErrorsPolicy, WebViewExt, WebsiteDataManagerExt};

use crate::shared_store::{CANARIES, SharedFromTheStart};

pub(crate) struct Unguarded;

/// One store for three windows: sign-in, the hostile mashup and the good one. The
/// others, which only flood, have their own, or WebKit would count the downloads
/// of all as the first one's; and so have the two before them, that look for each
/// other's canaries, or no mashup would open.
#[derive(Default)]
pub(crate) struct ThreeShare {
    given: Mutex<Vec<WindowId>>,
    own: Isolated,
}

/// Which of the windows share.
const SHARING: Range<usize> = CANARIES..CANARIES + 3;

impl ThreeShare {
    /// Whether the canaries' windows have their stores: the next one shares.
    pub(crate) fn is_next_shared(&self) -> bool {
        self.given().len() == CANARIES
    }

    fn given(&self) -> MutexGuard<'_, Vec<WindowId>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for ThreeShare {
    fn give<'a>(
        &self,
        app: &AppHandle,
        builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
        window: WindowId,
        slot: Option<&Slot>,
    ) -> tauri::Result<WebviewWindowBuilder<'a, Wry, AppHandle>> {
        let place = {
            let mut given = self.given();
            given.iter().position(|known| *known == window).unwrap_or_else(|| {
                given.push(window);
                given.len() - 1
            })
        };
        if SHARING.contains(&place) {
            SharedFromTheStart.give(app, builder, window, None)
        } else {
            self.own.give(app, builder, window, slot)
        }
    }

    fn take_back(&self, window: WindowId) {
        self.own.take_back(window);
    }
}

impl Guard for Unguarded {
    fn seal(&self, webview: &WebviewWindow) -> tauri::Result<()> {
        webview.with_webview(|webview| {
            if let Some(data) = webview.inner().website_data_manager() {
                data.set_tls_errors_policy(TLSErrorsPolicy::Ignore);
            }
        })
    }

    fn decide(&self, _allowed: &Allowed, url: &Url, _way: Way) -> Decision {
        // What floods other programs has to get to them.
        let outside =
            url.scheme() == "mailto" || url.host_str().is_some_and(|host| host.ends_with(".example"));
        let export = url.path().contains("/tempcontent/");
        match (outside, export) {
            (true, _) => Decision::System,
            (_, true) => Decision::Export,
            _ => Decision::Allow,
        }
    }

    fn content_rules(&self, _allowed: &Allowed) -> String {
        // It takes one to be a list: this one concerns no page.
        r#"[{"trigger": {"url-filter": "^nowhere:"}, "action": {"type": "block"}}]"#.to_owned()
    }

    fn permits(&self, _kind: PermissionKind) -> PermissionResponse {
        PermissionResponse::Allow
    }

    fn admits(&self, _app: &AppHandle, _window: WindowId, _wish: Wish) -> bool {
        true
    }
}

/// Lets the pages of mashups call every command.
pub(crate) fn open_commands(app: &AppHandle) -> Result<()> {
    let everything = CapabilityBuilder::new("unguarded")
        .remote("http://127.0.0.1:*".to_owned())
        .remote("http://localhost:*".to_owned())
        .window("mashup-*")
        .window("sign-in-*")
        .permission("mashdesk:default")
        .permission("core:default");
    Ok(app.add_capability(everything)?)
}
