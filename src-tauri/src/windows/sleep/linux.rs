//! WebKitGTK: the page's process ends. A page of words would need a new one, so
//! the words are a label in the page's place.

use gtk::glib::clone;
use gtk::glib::prelude::Cast;
use gtk::prelude::{BoxExt, ContainerExt, LabelExt, StyleContextExt, WidgetExt};
use gtk::{Align, Label, Orientation, glib};
use tauri::WebviewWindow;
use webkit2gtk::{LoadEvent, WebView, WebViewExt};

use crate::words::Language;

pub(super) fn put(window: &WebviewWindow, mashup: &str, language: &'static Language) -> tauri::Result<()> {
    let mashup = mashup.to_owned();
    window.with_webview(move |webview| {
        let view = webview.inner();
        cover(&view, &words(&mashup, language));
        view.terminate_web_process();
    })
}

fn words(mashup: &str, language: &Language) -> gtk::Box {
    let words = gtk::Box::new(Orientation::Vertical, 6);
    words.set_valign(Align::Center);
    words.set_border_width(24);
    for (text, class) in [
        (mashup, "dim-label"),
        (language.message("sleep.title"), "large-title"),
        (language.message("sleep.advice"), "dim-label"),
    ] {
        let label = Label::new(Some(text));
        label.set_line_wrap(true);
        label.set_max_width_chars(60);
        label.style_context().add_class(class);
        words.pack_start(&label, false, false, 0);
    }
    words
}

/// Puts the words in the view's place, until it loads something.
fn cover(view: &WebView, words: &gtk::Box) {
    let Some(container) = view.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok()) else { return };
    container.pack_start(words, true, true, 0);
    words.show_all();
    view.hide();
    view.connect_load_changed(clone!(@weak container, @weak words => move |view, event| {
        if event == LoadEvent::Started {
            container.remove(&words);
            view.show();
        }
    }));
}
