//! WebKitGTK: a search bar above the page.

use gtk::gdk::{ModifierType, keys::constants as key};
use gtk::glib::clone;
use gtk::glib::prelude::Cast;
use gtk::prelude::{
    BoxExt, ButtonExt, ContainerExt, EntryExt, LabelExt, SearchEntryExt, StyleContextExt, WidgetExt,
};
use gtk::{Button, IconSize, Label, Orientation, ReliefStyle, SearchEntry, glib};
use tauri::AppHandle;
use webkit2gtk::{FindController, FindControllerExt, FindOptions, WebView, WebViewExt};

use crate::desk;
use crate::words::Language;

/// Most matches that are counted.
const COUNTED_MAX: u32 = 10_000;

/// A search bar above a page.
pub(in crate::windows) struct FindBar {
    bar: gtk::Box,
    entry: SearchEntry,
    finder: FindController,
}

impl FindBar {
    /// Puts one above a page.
    pub(in crate::windows) fn above(view: &WebView, app: &AppHandle) -> Option<Self> {
        let container = view.parent()?.downcast::<gtk::Box>().ok()?;
        let finder = view.find_controller()?;
        let words = Language::chosen(desk(app).settings().language);
        let entry = SearchEntry::builder()
            .placeholder_text(words.message("find.placeholder"))
            .width_chars(30)
            .build();
        let told = Label::new(None);
        let bar = gtk::Box::new(Orientation::Horizontal, 6);
        bar.set_border_width(4);
        bar.pack_start(&entry, false, false, 0);
        for (icon, words, forward) in [
            ("go-up-symbolic", words.message("find.previous"), false),
            ("go-down-symbolic", words.message("find.next"), true),
        ] {
            let button = Button::from_icon_name(Some(icon), IconSize::Button);
            button.set_tooltip_text(Some(words));
            button.connect_clicked(clone!(@weak entry, @strong finder => move |_| {
                step(&finder, &entry, forward);
            }));
            bar.pack_start(&button, false, false, 0);
        }
        bar.pack_start(&told, false, false, 6);
        let close = Button::from_icon_name(Some("window-close-symbolic"), IconSize::Button);
        close.set_tooltip_text(Some(words.message("find.close")));
        close.set_relief(ReliefStyle::None);
        close.connect_clicked(clone!(@weak bar => move |_| bar.hide()));
        bar.pack_end(&close, false, false, 0);
        bar.show_all();
        // Showing the window must not show it.
        bar.set_no_show_all(true);
        bar.hide();
        container.pack_start(&bar, false, false, 0);
        container.reorder_child(&bar, 0);
        listen(view, &bar, &entry, &finder);
        tell(&finder, &entry, &told, words);
        Some(Self { bar, entry, finder })
    }

    pub(in crate::windows) fn is_open(&self) -> bool {
        self.bar.is_visible()
    }

    pub(in crate::windows) fn open(&self) {
        self.bar.show();
        self.entry.grab_focus();
        search(&self.finder, &self.entry);
    }

    pub(in crate::windows) fn close(&self) {
        self.bar.hide();
    }

    /// Goes to the next match, or to the one before.
    pub(in crate::windows) fn step(&self, forward: bool) {
        step(&self.finder, &self.entry, forward);
    }
}

fn listen(view: &WebView, bar: &gtk::Box, entry: &SearchEntry, finder: &FindController) {
    entry.connect_search_changed(clone!(@strong finder => move |entry| search(&finder, entry)));
    entry.connect_activate(clone!(@strong finder => move |entry| step(&finder, entry, true)));
    entry.connect_key_press_event(clone!(@strong finder => move |entry, event| {
        let enter = matches!(event.keyval(), key::Return | key::KP_Enter);
        if enter && event.state().contains(ModifierType::SHIFT_MASK) {
            step(&finder, entry, false);
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    }));
    entry.connect_stop_search(clone!(@weak bar => move |_| bar.hide()));
    bar.connect_hide(clone!(@weak view, @strong finder => move |_| {
        finder.search_finish();
        view.grab_focus();
    }));
}

/// Says how many matches there are.
fn tell(finder: &FindController, entry: &SearchEntry, told: &Label, words: &'static Language) {
    const NOTHING_THERE: &str = "error";
    finder.connect_found_text(clone!(@weak entry, @weak told => move |_, count| {
        entry.style_context().remove_class(NOTHING_THERE);
        // WebKit answers the largest number where there are more than it counts.
        let count = if count > COUNTED_MAX { format!("{COUNTED_MAX}+") } else { count.to_string() };
        told.set_text(&words.message("find.found").replace("{count}", &count));
    }));
    finder.connect_failed_to_find_text(clone!(@weak entry, @weak told => move |_| {
        entry.style_context().add_class(NOTHING_THERE);
        told.set_text(words.message("find.nothing"));
    }));
    entry.connect_search_changed(clone!(@weak told => move |entry| {
        if entry.text().is_empty() {
            entry.style_context().remove_class(NOTHING_THERE);
            told.set_text("");
        }
    }));
}

fn search(finder: &FindController, entry: &SearchEntry) {
    let text = entry.text();
    if text.is_empty() {
        finder.search_finish();
    } else {
        let options = FindOptions::CASE_INSENSITIVE | FindOptions::WRAP_AROUND;
        finder.search(&text, options.bits(), COUNTED_MAX);
    }
}

fn step(finder: &FindController, entry: &SearchEntry, forward: bool) {
    // A quick hand is here before the entry has told of its letters.
    if finder.search_text().as_deref() != Some(&*entry.text()) {
        search(finder, entry);
    } else if forward {
        finder.search_next();
    } else {
        finder.search_previous();
    }
}
