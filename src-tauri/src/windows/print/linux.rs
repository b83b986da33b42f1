//! WebKitGTK: its print dialog runs a loop of its own on the main thread, for
//! which all windows would wait. This is the same dialog, and nobody waits.

use std::ffi::{c_char, c_int};
use std::ptr::null;

use gtk::ffi::{GtkPageSetup, GtkPrintSettings, GtkWidget, GtkWindow};
use gtk::glib::prelude::Cast;
use gtk::glib::translate::{ToGlibPtr, from_glib_full, from_glib_none};
use gtk::prelude::{DialogExt, GtkWindowExt, WidgetExt};
use gtk::{PageSetup, PrintSettings, ResponseType};
use webkit2gtk::{PrintOperation, PrintOperationExt, WebView};

// In the library that `gtk` links; it has no words for this dialog.
unsafe extern "C" {
    fn gtk_print_unix_dialog_new(title: *const c_char, parent: *mut GtkWindow) -> *mut GtkWidget;
    fn gtk_print_unix_dialog_set_embed_page_setup(dialog: *mut GtkWidget, embed: c_int);
    fn gtk_print_unix_dialog_set_manual_capabilities(dialog: *mut GtkWidget, capabilities: c_int);
    fn gtk_print_unix_dialog_get_settings(dialog: *mut GtkWidget) -> *mut GtkPrintSettings;
    fn gtk_print_unix_dialog_get_page_setup(dialog: *mut GtkWidget) -> *mut GtkPageSetup;
}

/// What WebKit does itself, whatever the printer can: which pages (1, 2, 4, 8:
/// odd or even, copies, collated, reversed), scaled (16), several on a sheet
/// (256, 512).
const WEBKIT_DOES: c_int = 1 | 2 | 4 | 8 | 16 | 256 | 512;

/// Asks how to print a page, and prints it.
pub(in crate::windows) fn ask(view: &WebView, operation: PrintOperation) {
    let Some(top) = view.toplevel().and_then(|top| top.downcast::<gtk::Window>().ok()) else { return };
    // SAFETY: called on the main thread, as all of GTK; a new window is GTK's
    // own until it is destroyed, and the value holds it besides.
    let dialog: gtk::Widget = unsafe {
        let dialog = gtk_print_unix_dialog_new(null(), top.to_glib_none().0);
        gtk_print_unix_dialog_set_embed_page_setup(dialog, 1);
        gtk_print_unix_dialog_set_manual_capabilities(dialog, WEBKIT_DOES);
        from_glib_none(dialog)
    };
    let Ok(dialog) = dialog.downcast::<gtk::Dialog>() else { return };
    dialog.set_destroy_with_parent(true);
    dialog.connect_response(move |dialog, response| {
        if response == ResponseType::Ok {
            let chosen = dialog.upcast_ref::<gtk::Widget>().to_glib_none();
            // SAFETY: it is the dialog made above; its settings are made for
            // the caller, its page setup stays its own.
            let (settings, setup): (PrintSettings, PageSetup) = unsafe {
                (
                    from_glib_full(gtk_print_unix_dialog_get_settings(chosen.0)),
                    from_glib_none(gtk_print_unix_dialog_get_page_setup(chosen.0)),
                )
            };
            operation.set_print_settings(&settings);
            operation.set_page_setup(&setup);
            operation.print();
        }
        dialog.close();
    });
    dialog.show();
}
