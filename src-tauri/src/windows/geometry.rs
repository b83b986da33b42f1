//! Where a window is on the screen, and back to where it was.

use mashdesk_core::Geometry;
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow};

/// Where a window is; `None` while nobody sees it, or while it fills the screen.
pub(super) fn of(webview: &WebviewWindow) -> tauri::Result<Option<Geometry>> {
    if !webview.is_visible()? || webview.is_minimized()? || webview.is_fullscreen()? {
        return Ok(None);
    }
    let (place, size) = (webview.outer_position()?, webview.inner_size()?);
    Ok(Some(Geometry {
        x: place.x,
        y: place.y,
        width: size.width,
        height: size.height,
        maximized: webview.is_maximized()?,
    }))
}

/// Puts a window where it was, unless that screen is gone.
pub(super) fn restore(webview: &WebviewWindow, geometry: Geometry) -> tauri::Result<()> {
    let Geometry { x, y, width, height, maximized } = geometry;
    webview.set_size(PhysicalSize::new(width, height))?;
    let there = webview.available_monitors()?.iter().any(|monitor| {
        let (from, size) = (monitor.position(), monitor.size());
        let inside =
            |at: i32, from: i32, size: u32| at >= from && i64::from(at) < i64::from(from) + i64::from(size);
        inside(x, from.x, size.width) && inside(y, from.y, size.height)
    });
    if there {
        webview.set_position(PhysicalPosition::new(x, y))?;
    }
    if maximized { webview.maximize() } else { Ok(()) }
}
