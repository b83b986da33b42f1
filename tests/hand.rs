//! A hand on the real mouse and keyboard, and an eye on the screen (xdotool,
//! maim).

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The title of the window that has the keyboard.
pub(crate) fn active_title() -> Result<String> {
    Ok(xdotool(&["getactivewindow", "getwindowname"])?.trim_end().to_owned())
}

/// Clicks in the active window, at a place given in its own pixels.
pub(crate) fn click(x: f64, y: f64) -> Result<()> {
    let window = active()?;
    let (x, y) = (format!("{x:.0}"), format!("{y:.0}"));
    xdotool(&["mousemove", "--window", &window, &x, &y, "click", "1"])?;
    Ok(())
}

/// Types a text into the active window.
pub(crate) fn write(text: &str) -> Result<()> {
    xdotool(&["type", "--delay", "2", "--", text])?;
    Ok(())
}

/// Presses one key, by its X name.
pub(crate) fn press(key: &str) -> Result<()> {
    xdotool(&["key", key])?;
    Ok(())
}

/// Takes a picture of the active window.
pub(crate) fn picture(file: &Path) -> Result<()> {
    run("maim", &["--hidecursor", "--window", &active()?, &file.display().to_string()])?;
    Ok(())
}

/// Takes a picture of the whole screen.
pub(crate) fn picture_of_all(file: &Path) -> Result<()> {
    run("maim", &[&file.display().to_string()])?;
    Ok(())
}

fn active() -> Result<String> {
    Ok(xdotool(&["getactivewindow"])?.trim().to_owned())
}

fn xdotool(arguments: &[&str]) -> Result<String> {
    run("xdotool", arguments)
}

fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {}: {complaint}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}
