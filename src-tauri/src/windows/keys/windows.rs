//! WebView2: finding, printing, reloading and zooming are its own, after the
//! page. It asks the shell about other keys before the page, so there are but
//! two of them.

use mashdesk_core::{WindowId, Zoom};
use tauri::{AppHandle, WebviewWindow};
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_KEY_EVENT_KIND, COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN,
    COREWEBVIEW2_KEY_EVENT_KIND_SYSTEM_KEY_DOWN, ICoreWebView2Controller,
};
use webview2_com::{AcceleratorKeyPressedEventHandler, ZoomFactorChangedEventHandler};
use windows::Win32::UI::Input::KeyboardAndMouse::{
    GetKeyState, VIRTUAL_KEY, VK_CONTROL, VK_F5, VK_F11, VK_K, VK_MENU, VK_R, VK_SHIFT,
};

use super::{Action, act};
use crate::desk;

/// Listens for keys, and for the webview's own zoom.
pub(in crate::windows) fn listen(
    window: &WebviewWindow,
    app: &AppHandle,
    mashup: WindowId,
) -> tauri::Result<()> {
    let (app, label) = (app.clone(), window.label().to_owned());
    window.with_webview(move |webview| {
        let controller = webview.controller();
        // SAFETY: Tauri hands out its live controller, on the main thread.
        let listening = unsafe {
            controller
                .CoreWebView2()
                .and_then(|core| core.Settings()?.SetIsZoomControlEnabled(true))
                .and_then(|()| remember_zoom(&controller, app.clone(), mashup))
                .and_then(|()| take_keys(&controller, app, label, mashup))
        };
        if let Err(error) = listening {
            tracing::warn!(%error, "a mashup's window has no keys of the shell's");
        }
    })
}

unsafe fn remember_zoom(
    controller: &ICoreWebView2Controller,
    app: AppHandle,
    mashup: WindowId,
) -> windows::core::Result<()> {
    let changed = ZoomFactorChangedEventHandler::create(Box::new(move |controller, _| {
        let Some(controller) = controller else { return Ok(()) };
        let mut factor = 1.0;
        // SAFETY: the out parameter is of the call's own type.
        unsafe { controller.ZoomFactor(&mut factor)? };
        let app = app.clone();
        // The main thread has better to do than to write settings.
        tauri::async_runtime::spawn(async move { desk(&app).zoomed(mashup, Zoom::from_factor(factor)) });
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: the handler lives as long as the webview holds it.
    unsafe { controller.add_ZoomFactorChanged(&changed, &mut token) }
}

unsafe fn take_keys(
    controller: &ICoreWebView2Controller,
    app: AppHandle,
    label: String,
    mashup: WindowId,
) -> windows::core::Result<()> {
    let pressed = AcceleratorKeyPressedEventHandler::create(Box::new(move |_, arguments| {
        let Some(arguments) = arguments else { return Ok(()) };
        let mut kind = COREWEBVIEW2_KEY_EVENT_KIND::default();
        let mut key = 0;
        // SAFETY: the two are out parameters of the calls' own types.
        unsafe {
            arguments.KeyEventKind(&mut kind)?;
            arguments.VirtualKey(&mut key)?;
        }
        let down = [COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN, COREWEBVIEW2_KEY_EVENT_KIND_SYSTEM_KEY_DOWN];
        if !down.contains(&kind) {
            return Ok(());
        }
        let words = desk(&app).host().shows_message(mashup);
        if let Some(action) = action(key, words) {
            act(&app, &label, mashup, action);
            // SAFETY: the arguments live during the call.
            unsafe { arguments.SetHandled(true)? };
        }
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: the handler lives as long as the webview holds it.
    unsafe { controller.add_AcceleratorKeyPressed(&pressed, &mut token) }
}

/// `words` is whether the window shows a page of words, which has no address
/// that the webview could load again.
fn action(key: u32, words: bool) -> Option<Action> {
    if held(VK_MENU) || held(VK_SHIFT) {
        return None;
    }
    let is = |wanted: VIRTUAL_KEY| u32::from(wanted.0) == key;
    match held(VK_CONTROL) {
        false if is(VK_F11) => Some(Action::TurnFullScreen),
        false if words && is(VK_F5) => Some(Action::Reload),
        true if is(VK_K) => Some(Action::Switch),
        true if words && is(VK_R) => Some(Action::Reload),
        _ => None,
    }
}

fn held(key: VIRTUAL_KEY) -> bool {
    // SAFETY: it reads the state of a key and nothing else.
    unsafe { GetKeyState(i32::from(key.0)) < 0 }
}
