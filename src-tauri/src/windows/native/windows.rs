//! WebView2.

use std::rc::Rc;

use mashdesk_core::Error;
use mashdesk_core::navigation::Way;
use tauri::{AppHandle, Manager, WebviewWindow};
use url::Url;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_PROCESS_FAILED_KIND, COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
    COREWEBVIEW2_TRACKING_PREVENTION_LEVEL_NONE, COREWEBVIEW2_TRACKING_PREVENTION_LEVEL_STRICT,
    COREWEBVIEW2_WEB_ERROR_STATUS, COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_COMMON_NAME_IS_INCORRECT,
    COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_EXPIRED, COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_IS_INVALID,
    COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_REVOKED, COREWEBVIEW2_WEB_ERROR_STATUS_OPERATION_CANCELED,
    ICoreWebView2, ICoreWebView2_13, ICoreWebView2Profile3,
};
use webview2_com::{
    CoTaskMemPWSTR, NavigationCompletedEventHandler, ProcessFailedEventHandler,
    WindowCloseRequestedEventHandler, take_pwstr,
};
use windows::core::{BOOL, Interface, PWSTR};

use super::failure::{failed, host};

/// Frames' navigations do not come to the shell.
pub(in crate::windows) const NAVIGATION: Way = Way::Top;

/// Makes a window on the thread that asks for it: Tauri takes it to the main one.
pub(in crate::windows) async fn build<T>(
    _app: &AppHandle,
    make: impl FnOnce() -> tauri::Result<T>,
) -> tauri::Result<T> {
    make()
}

/// Closes the page's message channel to the shell. (Tauri's scripts stay in the
/// page; without the channel they reach nothing, and no capability matches the
/// window.)
pub(in crate::windows) fn seal(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live controller, on the main thread.
        let sealed = unsafe {
            let core = webview.controller().CoreWebView2();
            core.and_then(|core| core.Settings()?.SetIsWebMessageEnabled(false))
        };
        if let Err(error) = sealed {
            tracing::error!(%error, "a mashup's window could not be sealed");
        }
    })
}

/// Sets whether the store keeps cookies of other sites. The observer script is
/// there: Tauri's own way has put it in, and nothing has taken it out.
pub(in crate::windows) fn observe(
    window: &WebviewWindow,
    _script: &'static str,
    third_parties: bool,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live controller, on the main thread.
        let set = unsafe {
            webview.controller().CoreWebView2().and_then(|core| prevent_tracking(&core, third_parties))
        };
        if let Err(error) = set {
            tracing::error!(%error, "cookies of other sites are as WebView2 likes");
        }
    })
}

/// WebView2 itself lets the person end a row of dialogs.
pub(in crate::windows) fn bound_dialogs(
    _window: &WebviewWindow,
    _admits: impl Fn() -> bool + Send + 'static,
) -> tauri::Result<()> {
    Ok(())
}

/// Reports pages that fail, and has `window.close()` close the window. Pages that
/// would leave are stopped before, as navigations.
pub(in crate::windows) fn listen(
    window: &WebviewWindow,
    report: impl Fn(Error) + Send + 'static,
    _astray: impl Fn(&Url) + Send + 'static,
) -> tauri::Result<()> {
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    window.with_webview(move |webview| {
        // SAFETY: Tauri hands out its live controller, on the main thread.
        let heard = unsafe {
            webview.controller().CoreWebView2().and_then(|core| {
                hear(&core, report)?;
                close_with_page(&core, app, label)
            })
        };
        if let Err(error) = heard {
            tracing::error!(%error, "a page that fails will not be told");
        }
    })
}

/// Shows a page of the shell's own, at `about:blank`.
pub(in crate::windows) fn show(window: &WebviewWindow, page: String) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let page = CoTaskMemPWSTR::from(page.as_str());
        // SAFETY: Tauri hands out its live controller, on the main thread, and
        // the text outlives the call.
        let shown = unsafe {
            webview
                .controller()
                .CoreWebView2()
                .and_then(|core| core.NavigateToString(*page.as_ref().as_pcwstr()))
        };
        if let Err(error) = shown {
            tracing::error!(%error, "a page of words could not be shown");
        }
    })
}

/// A page that closes itself closes its window; wry takes the page alone away.
unsafe fn close_with_page(core: &ICoreWebView2, app: AppHandle, label: String) -> windows::core::Result<()> {
    let closing = WindowCloseRequestedEventHandler::create(Box::new(move |_, _| {
        let (app, label) = (app.clone(), label.clone());
        tauri::async_runtime::spawn(async move {
            if let Some(window) = app.get_webview_window(&label)
                && let Err(error) = window.destroy()
            {
                tracing::warn!(%error, "an empty window stays");
            }
        });
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: the handler lives as long as the webview holds it.
    unsafe { core.add_WindowCloseRequested(&closing, &mut token) }
}

/// Qlik may be on another site than the mashup: its cookies are kept unless
/// policy says otherwise. A WebView2 that is older than this has no such choice.
unsafe fn prevent_tracking(core: &ICoreWebView2, third_parties: bool) -> windows::core::Result<()> {
    let level = if third_parties {
        COREWEBVIEW2_TRACKING_PREVENTION_LEVEL_NONE
    } else {
        COREWEBVIEW2_TRACKING_PREVENTION_LEVEL_STRICT
    };
    let Ok(core) = core.cast::<ICoreWebView2_13>() else { return Ok(()) };
    // SAFETY: the profile is the live webview's own.
    unsafe {
        match core.Profile()?.cast::<ICoreWebView2Profile3>() {
            Ok(profile) => profile.SetPreferredTrackingPreventionLevel(level),
            Err(_) => Ok(()),
        }
    }
}

unsafe fn hear(core: &ICoreWebView2, report: impl Fn(Error) + 'static) -> windows::core::Result<()> {
    let report = Rc::new(report);
    let crashed = Rc::clone(&report);
    let died = ProcessFailedEventHandler::create(Box::new(move |_, arguments| {
        let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND::default();
        if let Some(arguments) = arguments {
            // SAFETY: the out parameter is of the call's own type.
            unsafe { arguments.ProcessFailedKind(&mut kind)? };
        }
        // Other processes of the browser come back by themselves.
        if kind == COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED {
            crashed(Error::PageCrashed);
        }
        Ok(())
    }));
    let completed = NavigationCompletedEventHandler::create(Box::new(move |core, arguments| {
        let (Some(core), Some(arguments)) = (core, arguments) else { return Ok(()) };
        let mut fine = BOOL::default();
        let mut status = COREWEBVIEW2_WEB_ERROR_STATUS::default();
        let mut url = PWSTR::null();
        // SAFETY: the three are out parameters of the call's own types.
        unsafe {
            arguments.IsSuccess(&mut fine)?;
            arguments.WebErrorStatus(&mut status)?;
            core.Source(&mut url)?;
        }
        let url = take_pwstr(url);
        if fine.as_bool() || status == COREWEBVIEW2_WEB_ERROR_STATUS_OPERATION_CANCELED {
            return Ok(());
        }
        report(if is_certificate(status) {
            Error::PageTls { host: host(&url) }
        } else {
            failed(&url, format!("WebView2 error {}", status.0))
        });
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: the handlers live as long as the webview holds them.
    unsafe {
        core.add_ProcessFailed(&died, &mut token)?;
        core.add_NavigationCompleted(&completed, &mut token)
    }
}

fn is_certificate(status: COREWEBVIEW2_WEB_ERROR_STATUS) -> bool {
    [
        COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_COMMON_NAME_IS_INCORRECT,
        COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_EXPIRED,
        COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_IS_INVALID,
        COREWEBVIEW2_WEB_ERROR_STATUS_CERTIFICATE_REVOKED,
    ]
    .contains(&status)
}
