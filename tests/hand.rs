//! A hand on the real mouse and keyboard, and an eye on the screen (xdotool,
//! maim).

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::desktop::until;

/// The title of the window that has the keyboard.
pub(crate) fn active_title() -> Result<String> {
    Ok(xdotool(&["getactivewindow", "getwindowname"])?.trim_end().to_owned())
}

/// Clicks in the active window, at a place given in its own pixels.
pub(crate) fn click(x: f64, y: f64) -> Result<()> {
    let window = active_window()?;
    let (x, y) = (format!("{x:.0}"), format!("{y:.0}"));
    xdotool(&["mousemove", "--window", &window, &x, &y, "click", "1"])?;
    Ok(())
}

/// Clicks twice there, as those do who take a button for an icon.
pub(crate) fn double_click(x: f64, y: f64) -> Result<()> {
    let window = active_window()?;
    let (x, y) = (format!("{x:.0}"), format!("{y:.0}"));
    let twice = ["click", "--repeat", "2", "--delay", "80", "1"];
    xdotool(&[&["mousemove", "--window", &window, &x, &y][..], &twice].concat())?;
    Ok(())
}

/// Closes the active window, by the window manager's key for it.
pub(crate) fn close() -> Result<()> {
    press("alt+F4")
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
    run("maim", &["--hidecursor", "--window", &active_window()?, &file.display().to_string()])?;
    Ok(())
}

/// Takes a picture of a part of the screen.
pub(crate) fn picture_of(place: Place, file: &Path) -> Result<()> {
    let Place { x, y, width, height } = place;
    run("maim", &["-g", &format!("{width}x{height}+{x}+{y}"), &file.display().to_string()])?;
    Ok(())
}

/// Takes a picture of the whole screen.
pub(crate) fn picture_of_all(file: &Path) -> Result<()> {
    run("maim", &[&file.display().to_string()])?;
    Ok(())
}

/// The X window that has the keyboard.
pub(crate) fn active_window() -> Result<String> {
    Ok(xdotool(&["getactivewindow"])?.trim().to_owned())
}

/// The X window that has the keyboard, if it is another. While one hands it to
/// the next, none has it.
pub(crate) fn active_other_than(window: &str) -> Option<String> {
    active_window().ok().filter(|active| active != window)
}

/// The titles of all windows on the screen, a line each.
pub(crate) fn titles() -> Result<String> {
    let windows = search(&["--name", "."])?;
    let titles = windows.lines().map(|window| xdotool(&["getwindowname", window]));
    // One that is gone by now has none.
    Ok(titles.filter_map(Result::ok).collect())
}

/// How many windows this process has on the screen.
pub(crate) fn windows() -> Result<usize> {
    let own = std::process::id().to_string();
    Ok(search(&["--onlyvisible", "--pid", &own])?.lines().count())
}

/// Where a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Place {
    /// Whether it is the same for the eye: window managers count a frame's edge
    /// now in, now out.
    pub(crate) fn near(self, other: Self) -> bool {
        const EDGE: i32 = 30;
        let near = |a: i32, b: i32| (a - b).abs() <= EDGE;
        near(self.x, other.x)
            && near(self.y, other.y)
            && self.width == other.width
            && self.height == other.height
    }
}

/// Where the window of a mashup is.
pub(crate) fn place(title: &str) -> Result<Place> {
    let said = xdotool(&["getwindowgeometry", "--shell", &titled(title)?])?;
    let field = |name: &str| -> Result<i32> {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.context("a geometry")?.parse().context("a number")
    };
    Ok(Place { x: field("X")?, y: field("Y")?, width: field("WIDTH")?, height: field("HEIGHT")? })
}

/// Puts the window of a mashup somewhere else, as a person drags it.
pub(crate) fn put(title: &str, place: Place) -> Result<()> {
    let window = titled(title)?;
    let [x, y, width, height] =
        [place.x, place.y, place.width, place.height].map(|number| number.to_string());
    xdotool(&["windowsize", "--sync", &window, &width, &height])?;
    xdotool(&["windowmove", &window, &x, &y])?;
    Ok(())
}

fn titled(title: &str) -> Result<String> {
    let found = search(&["--onlyvisible", "--name", &format!("^{title}( — .*)?$")])?;
    Ok(found.lines().next().context("no such window")?.to_owned())
}

/// The X windows that are as asked for. Debian's xdotool gives up when a window goes while it
/// looks, whichever that is (<https://github.com/jordansissel/xdotool/pull/335>): it looks again.
fn search(arguments: &[&str]) -> Result<String> {
    until("a look at all windows", || match xdotool(&[&["search"], arguments].concat()) {
        Err(error) if error.to_string().contains("BadWindow") => Ok(None),
        found => found.map(Some),
    })
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
