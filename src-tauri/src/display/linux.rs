//! X11 or Wayland, by GTK.

/// Looks whether there is a screen; without one, opening the app's windows would
/// end it without a word.
pub(crate) fn check() -> Result<(), String> {
    gtk::init().map_err(|_| {
        "there is no display to open windows on: DISPLAY and WAYLAND_DISPLAY name none that answers"
            .to_owned()
    })
}
