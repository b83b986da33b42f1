//! Fontconfig and the kernel's graphics devices.

use std::fs;
use std::process::Command;

use crate::environment;

/// The font that text without a font of its own gets.
pub(super) fn fonts() -> Result<String, &'static str> {
    let lacking = "fonts";
    let mut matching = Command::new("fc-match");
    environment::give_back(&mut matching);
    let matched = matching.arg("sans-serif").output().map_err(|_| "fontconfig (fc-match)")?;
    let font = String::from_utf8_lossy(&matched.stdout).trim().to_owned();
    if matched.status.success() && !font.is_empty() { Ok(font) } else { Err(lacking) }
}

/// Without a device that renders, pages are drawn by the processor: slower, and
/// no fault.
pub(super) fn gpu() -> String {
    let devices = fs::read_dir("/dev/dri").into_iter().flatten().filter_map(Result::ok);
    let names = devices.map(|device| device.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("renderD")).min().unwrap_or_else(|| "none, in software".to_owned())
}
