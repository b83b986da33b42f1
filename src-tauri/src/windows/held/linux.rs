//! WebKitGTK asks what becomes of an answer, and waits.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::glib::SignalHandlerId;
use gtk::glib::prelude::{Cast, ObjectExt};
use tauri::WebviewWindow;
use webkit2gtk::{
    PolicyDecision, PolicyDecisionExt, PolicyDecisionType, ResponsePolicyDecision, ResponsePolicyDecisionExt,
    URIRequestExt, WebView, WebViewExt,
};

/// Whether an answer can be held.
pub(in crate::windows) const HOLDS: bool = true;

/// Under which name a view keeps what it holds.
const KEY: &str = "mashdesk-held";

struct Held {
    answer: Rc<RefCell<Option<PolicyDecision>>>,
    handler: SignalHandlerId,
}

/// Holds the answer to what a window asks for next.
pub(in crate::windows) fn hold(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let view = webview.inner();
        release(&view, false);
        let answer = Rc::new(RefCell::new(None));
        let comes = Rc::clone(&answer);
        let handler = view.connect_decide_policy(move |_, decision, kind| {
            let holds = kind == PolicyDecisionType::Response && is_page(decision);
            if holds {
                comes.replace(Some(decision.clone()));
            }
            holds
        });
        // SAFETY: nothing else keeps anything under this name.
        unsafe { view.set_data(KEY, Held { answer, handler }) };
    })
}

/// Holds it no longer: the window gets it, or never does.
pub(in crate::windows) fn end(window: &WebviewWindow, gets: bool) -> tauri::Result<()> {
    window.with_webview(move |webview| release(&webview.inner(), gets))
}

fn release(view: &WebView, gets: bool) {
    // SAFETY: whatever is kept under this name is that.
    let Some(Held { answer, handler }) = (unsafe { view.steal_data::<Held>(KEY) }) else { return };
    view.disconnect(handler);
    match answer.take() {
        Some(answer) if gets => answer.use_(),
        // Left alone, WebKit would take it for a yes.
        Some(answer) => answer.ignore(),
        // It has not come yet, and nobody stops it any more.
        None => {}
    }
}

/// Whether it is the window's own page, from the network, and can be shown.
fn is_page(decision: &PolicyDecision) -> bool {
    decision.downcast_ref::<ResponsePolicyDecision>().is_some_and(|answer| {
        let address = answer.request().and_then(|request| request.uri());
        answer.is_main_frame_main_resource()
            && answer.is_mime_type_supported()
            && address.is_some_and(|address| address.starts_with("http"))
    })
}
