//! WebKitGTK: a key goes to the page first, and comes back to the window where
//! the page did nothing with it.

use std::cell::OnceCell;

use gtk::gdk::{Event, ModifierType, WindowState, keys::Key, keys::constants as key};
use gtk::glib::prelude::{Cast, ObjectExt, ToValue};
use gtk::prelude::WidgetExt;
use mashdesk_core::sessions::Wish;
use mashdesk_core::{WindowId, ZoomStep};
use tauri::{AppHandle, WebviewWindow};
use webkit2gtk::{PrintOperation, WebViewExt};

use super::{Action, act};
use crate::windows::admits;
use crate::windows::find_bar::FindBar;
use crate::windows::print;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Act(Action),
    Find,
    FindNext,
    FindPrevious,
    Print,
    /// Closes the search, or leaves full screen.
    Escape,
}

/// Listens for what the window's page leaves alone.
pub(in crate::windows) fn listen(
    window: &WebviewWindow,
    app: &AppHandle,
    mashup: WindowId,
) -> tauri::Result<()> {
    let (app, label) = (app.clone(), window.label().to_owned());
    window.with_webview(move |webview| {
        let view = webview.inner();
        let Some(top) = view.toplevel().and_then(|top| top.downcast::<gtk::Window>().ok()) else { return };
        // A page that prints itself gets the same dialog.
        let asks = app.clone();
        view.connect_print(move |view, operation| {
            if admits(&asks, mashup, Wish::Dialog) {
                print::ask(view, operation.clone());
            }
            true
        });
        // Weak: the window must not keep its own webview.
        let view = view.downgrade();
        let find_bar = OnceCell::new();
        let pressed = move |top: &gtk::Window, event: &Event| {
            let (Some(view), Some(meaning)) = (view.upgrade(), meaning(event)) else { return false };
            match meaning {
                Meaning::Act(action) => act(&app, &label, mashup, action),
                Meaning::Print => print::ask(&view, PrintOperation::new(&view)),
                Meaning::Find => {
                    if let Some(bar) = find_bar.get().or_else(|| {
                        let made = FindBar::above(&view, &app)?;
                        Some(find_bar.get_or_init(|| made))
                    }) {
                        bar.open();
                    }
                }
                Meaning::FindNext | Meaning::FindPrevious => {
                    let Some(bar) = find_bar.get().filter(|bar| bar.is_open()) else { return false };
                    bar.step(meaning == Meaning::FindNext);
                }
                Meaning::Escape => match find_bar.get().filter(|bar| bar.is_open()) {
                    Some(bar) => bar.close(),
                    None if is_full_screen(top) => act(&app, &label, mashup, Action::LeaveFullScreen),
                    None => return false,
                },
            }
            true
        };
        // After the window's own handler, which takes the key to the page.
        top.connect_local("key-press-event", true, move |arguments| {
            let top = arguments.first().and_then(|top| top.get::<gtk::Window>().ok());
            let event = arguments.get(1).and_then(|event| event.get::<Event>().ok());
            Some(top.zip(event).is_some_and(|(top, event)| pressed(&top, &event)).to_value())
        });
    })
}

fn meaning(event: &Event) -> Option<Meaning> {
    let chord = ModifierType::CONTROL_MASK | ModifierType::MOD1_MASK | ModifierType::SUPER_MASK;
    let (state, pressed) = (event.state()?, Key::from(event.keyval()?).to_lower());
    let shift = state.contains(ModifierType::SHIFT_MASK);
    let modifiers = state & chord;
    if modifiers.is_empty() {
        return Some(match (pressed, shift) {
            (key::F3, false) => Meaning::FindNext,
            (key::F3, true) => Meaning::FindPrevious,
            (key::F5, false) => Meaning::Act(Action::Reload),
            (key::F11, false) => Meaning::Act(Action::TurnFullScreen),
            (key::Escape, false) => Meaning::Escape,
            _ => return None,
        });
    }
    if modifiers != ModifierType::CONTROL_MASK {
        return None;
    }
    Some(match (pressed, shift) {
        // On many keyboards a plus is typed with Shift.
        (key::plus | key::equal | key::KP_Add, _) => Meaning::Act(Action::Zoom(ZoomStep::In)),
        (key::minus | key::KP_Subtract, false) => Meaning::Act(Action::Zoom(ZoomStep::Out)),
        (key::_0 | key::KP_0, false) => Meaning::Act(Action::Zoom(ZoomStep::Reset)),
        (key::r, false) => Meaning::Act(Action::Reload),
        (key::k, false) => Meaning::Act(Action::Switch),
        (key::f, false) => Meaning::Find,
        (key::p, false) => Meaning::Print,
        _ => return None,
    })
}

fn is_full_screen(top: &gtk::Window) -> bool {
    top.window().is_some_and(|window| window.state().contains(WindowState::FULLSCREEN))
}
