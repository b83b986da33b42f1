//! A square in the mashup's colour. There are no letters on it: nothing that is
//! at hand draws them into memory.

use mashdesk_core::WindowIcon;
use tauri::WebviewWindow;
use tauri::image::Image;

use super::{CORNER, SIDE};

/// Gives a window its icon.
pub(in crate::windows) fn set(window: &WebviewWindow, icon: &WindowIcon) -> tauri::Result<()> {
    let [red, green, blue] = icon.colour;
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let rgba = pixels.flat_map(|(x, y)| [red, green, blue, if inside(x, y) { 255 } else { 0 }]).collect();
    window.set_icon(Image::new_owned(rgba, SIDE.into(), SIDE.into()))
}

fn inside(x: u16, y: u16) -> bool {
    // How far a pixel reaches into a corner's square, on each axis.
    let into = |at: u16| u32::from(CORNER.saturating_sub(at.min(SIDE - 1 - at)));
    into(x).pow(2) + into(y).pow(2) <= u32::from(CORNER).pow(2)
}
