//! WebKitGTK.

use std::ptr::null_mut;
use std::rc::Rc;

use gtk::prelude::WidgetExt;
use mashdesk_core::Error;
use mashdesk_core::navigation::Way;
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::sync::oneshot;
use url::Url;
use webkit2gtk::glib::gobject_ffi::{G_SIGNAL_MATCH_ID, g_signal_handler_disconnect, g_signal_handler_find};
use webkit2gtk::glib::prelude::{ObjectType, StaticType};
use webkit2gtk::glib::subclass::SignalId;
use webkit2gtk::glib::translate::IntoGlib;
use webkit2gtk::{
    CookieAcceptPolicy, CookieManagerExt, NetworkError, PolicyError, ScriptDialogType, SettingsExt,
    UserContentInjectedFrames, UserContentManager, UserContentManagerExt, UserScript,
    UserScriptInjectionTime, WebProcessTerminationReason, WebViewExt, WebsiteDataManagerExt,
};

use super::failure::{failed, host};

/// `kWKErrorCodeFrameLoadBlockedByContentBlocker`; the bindings have no name for it.
const BLOCKED_BY_CONTENT_RULES: i32 = 104;

/// On navigation nobody tells whether it is the page itself or a frame in it.
pub(in crate::windows) const NAVIGATION: Way = Way::InPlace;

/// Makes a window on the main thread, where alone WebKit's objects are made.
pub(in crate::windows) async fn build<T: Send + 'static>(
    app: &AppHandle,
    make: impl FnOnce() -> tauri::Result<T> + Send + 'static,
) -> tauri::Result<T> {
    let (tell, told) = oneshot::channel();
    // Nobody waits any more: the window goes with the value.
    app.run_on_main_thread(move || drop(tell.send(make())))?;
    told.await.map_err(|_| tauri::Error::FailedToReceiveMessage)?
}

/// Takes Tauri's scripts and its message handler out of the page.
pub(in crate::windows) fn seal(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        if let Some(content) = webview.inner().user_content_manager() {
            content.unregister_script_message_handler("ipc");
            forget_message_handler(&content);
            content.remove_all_scripts();
        }
    })
}

/// Puts the observer script in, and lets a mashup open windows after a wait (its
/// export has to come back first). `third_parties` is whether its store keeps
/// cookies of other sites.
pub(in crate::windows) fn observe(
    window: &WebviewWindow,
    script: &'static str,
    third_parties: bool,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        if let Some(content) = view.user_content_manager() {
            let (frames, time) = (UserContentInjectedFrames::TopFrame, UserScriptInjectionTime::Start);
            content.add_script(&UserScript::new(script, frames, time, &[], &[]));
        }
        if let Some(settings) = WebViewExt::settings(&view) {
            settings.set_javascript_can_open_windows_automatically(true);
        }
        if let Some(cookies) = view.website_data_manager().and_then(|manager| manager.cookie_manager()) {
            // Qlik may be on another site than the mashup; the store is its own.
            cookies.set_accept_policy(if third_parties {
                CookieAcceptPolicy::Always
            } else {
                CookieAcceptPolicy::NoThirdParty
            });
        }
    })
}

/// Shows a page's dialogs for as long as they are admitted; the others are
/// closed before anybody sees them, and none keeps the page from being left.
pub(in crate::windows) fn bound_dialogs(
    window: &WebviewWindow,
    admits: impl Fn() -> bool + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        webview.inner().connect_script_dialog(move |_, dialog| {
            let shown = admits();
            if !shown && dialog.dialog_type() == ScriptDialogType::BeforeUnloadConfirm {
                dialog.confirm_set_confirmed(true);
            }
            !shown
        });
    })
}

/// Reports pages that fail, and pages that would leave their mashup; has
/// `window.close()` close the window.
pub(in crate::windows) fn listen(
    window: &WebviewWindow,
    report: impl Fn(Error) + Send + 'static,
    astray: impl Fn(&Url) + Send + 'static,
) -> tauri::Result<()> {
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    window.with_webview(move |webview| {
        let view = webview.inner();
        // wry takes the view away when the page closes itself, and leaves an
        // empty window. Later: whoever destroys the view may hold the windows.
        view.connect_destroy(move |_| {
            let (app, label) = (app.clone(), label.clone());
            tauri::async_runtime::spawn(async move { close(&app, &label) });
        });
        let report = Rc::new(report);
        let tls = Rc::clone(&report);
        let crashed = Rc::clone(&report);
        view.connect_web_process_terminated(move |_, reason| {
            // Not a failure: a window that sleeps.
            if reason != WebProcessTerminationReason::TerminatedByApi {
                crashed(Error::PageCrashed);
            }
        });
        view.connect_load_failed(move |_, _, url, error| {
            // Not failures: a newer navigation, a stop, a page that became an
            // export.
            let meant = error.matches(NetworkError::Cancelled)
                || error.matches(PolicyError::FrameLoadInterruptedByPolicyChange);
            if error.matches(PolicyError::__Unknown(BLOCKED_BY_CONTENT_RULES)) {
                if let Ok(url) = Url::parse(url) {
                    astray(&url);
                }
            } else if !meant {
                report(failed(url, error.message().to_owned()));
            }
            true
        });
        view.connect_load_failed_with_tls_errors(move |_, url, _, _| {
            tls(Error::PageTls { host: host(url) });
            true
        });
    })
}

fn close(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
        tracing::warn!(%error, "an empty window stays");
    }
}

/// Shows a page of the shell's own, at `about:blank`.
pub(in crate::windows) fn show(window: &WebviewWindow, page: String) -> tauri::Result<()> {
    window.with_webview(move |webview| webview.inner().load_html(&page, None))
}

/// Lets go of wry's closure for messages from the page. It holds the view, and
/// the view holds it: left there, no closed window would ever give its memory,
/// its threads and its connections back.
fn forget_message_handler(content: &UserContentManager) {
    let Some(signal) = SignalId::lookup("script-message-received", UserContentManager::static_type()) else {
        return;
    };
    let manager = content.as_ptr().cast();
    // SAFETY: the manager lives, a match by signal alone looks at no pointer,
    // and what is found there is disconnected once.
    unsafe {
        let found = g_signal_handler_find(
            manager,
            G_SIGNAL_MATCH_ID,
            signal.into_glib(),
            0,
            null_mut(),
            null_mut(),
            null_mut(),
        );
        if found != 0 {
            g_signal_handler_disconnect(manager, found);
        }
    }
}
