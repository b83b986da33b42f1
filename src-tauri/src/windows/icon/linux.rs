//! GTK draws the initials.

use std::f64::consts::{FRAC_PI_2, PI};

use gtk::cairo::{Context, Error, FontSlant, FontWeight, Format, ImageSurface};
use gtk::gdk::pixbuf_get_from_surface;
use gtk::glib::prelude::Cast;
use gtk::prelude::{GtkWindowExt, WidgetExt};
use mashdesk_core::WindowIcon;
use tauri::WebviewWindow;

use super::{CORNER, SIDE};

/// Gives a window its icon.
pub(in crate::windows) fn set(window: &WebviewWindow, icon: &WindowIcon) -> tauri::Result<()> {
    let icon = icon.clone();
    window.with_webview(move |webview| {
        let top = webview.inner().toplevel().and_then(|top| top.downcast::<gtk::Window>().ok());
        let drawn =
            draw(&icon).inspect_err(|error| tracing::warn!(%error, "a window has no icon of its own"));
        if let (Some(top), Ok(drawn)) = (top, drawn) {
            let side = i32::from(SIDE);
            top.set_icon(pixbuf_get_from_surface(&drawn, 0, 0, side, side).as_ref());
        }
    })
}

fn draw(icon: &WindowIcon) -> Result<ImageSurface, Error> {
    let (side, corner) = (f64::from(SIDE), f64::from(CORNER));
    let surface = ImageSurface::create(Format::ARgb32, i32::from(SIDE), i32::from(SIDE))?;
    let pen = Context::new(&surface)?;
    let [red, green, blue] = icon.colour.map(|part| f64::from(part) / 255.0);
    pen.set_source_rgb(red, green, blue);
    let corners = [
        (side - corner, corner, -FRAC_PI_2),
        (side - corner, side - corner, 0.0),
        (corner, side - corner, FRAC_PI_2),
        (corner, corner, PI),
    ];
    for (x, y, from) in corners {
        pen.arc(x, y, corner, from, from + FRAC_PI_2);
    }
    pen.close_path();
    pen.fill()?;

    let ink = if icon.is_dark() { 1.0 } else { 0.0 };
    pen.set_source_rgb(ink, ink, ink);
    pen.select_font_face("sans-serif", FontSlant::Normal, FontWeight::Bold);
    pen.set_font_size(side * 0.5);
    let size = pen.text_extents(&icon.initials)?;
    pen.move_to(
        (side - size.width()) / 2.0 - size.x_bearing(),
        (side - size.height()) / 2.0 - size.y_bearing(),
    );
    pen.show_text(&icon.initials)?;
    drop(pen);
    surface.flush();
    Ok(surface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initials_stand_on_the_colour() {
        let icon = |initials: &str| {
            let icon = WindowIcon { initials: initials.to_owned(), colour: [0x1a, 0x5f, 0xb4] };
            let drawn = draw(&icon).expect("a drawing");
            drawn.take_data().expect("pixels").to_vec()
        };
        let plain = icon("");
        let pixel = |image: &[u8], x: usize, y: usize| -> Vec<u8> {
            image[(y * usize::from(SIDE) + x) * 4..][..4].to_vec()
        };
        // As the machine has it: blue first on a little-endian one.
        assert_eq!(pixel(&plain, 32, 32), 0xff1a_5fb4_u32.to_ne_bytes());
        assert_eq!(pixel(&plain, 0, 0), [0; 4], "its corners are round");
        let lettered = icon("SN");
        assert_ne!(lettered, plain);
        assert_ne!(lettered, icon("NS"));
    }
}
