//! A window gives its page's memory back and says that it sleeps, until it goes
//! somewhere again.

use tauri::WebviewWindow;

use crate::words::Language;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod page;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use page as platform;

/// Lets a window sleep.
pub(super) fn put(window: &WebviewWindow, mashup: &str, language: &'static Language) -> tauri::Result<()> {
    platform::put(window, mashup, language)
}
