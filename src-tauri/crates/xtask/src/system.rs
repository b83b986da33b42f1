//! What the machine itself must have: Debian packages and Node.js.

use anyhow::{Context, Result, bail};

use crate::command::{output, program, run, say};

/// What builds the app.
pub(crate) const BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"];
/// What the real windows of the tests need.
const WINDOWS: &[&str] = &[
    // A display without a screen, a window manager, a hand on the mouse and
    // keyboard, and pictures of it all.
    "xvfb",
    "openbox",
    "xdotool",
    "maim",
    "xclip",
    "fonts-dejavu-core",
    // The launcher driven as a page, and a person's own browser.
    "webkit2gtk-driver",
    "chromium",
    "chromium-driver",
    // A real Secret Service for the sign-in token.
    "dbus",
    "gnome-keyring",
    // One of the sample websites.
    "python3",
    // A company's proxy, one that looks inside what is encrypted.
    "squid-openssl",
    "openssl",
];
/// What the launcher's tests need: a real browser.
pub(crate) const BROWSER: &[&str] = &["chromium"];
/// The oldest Node.js that the front end builds with.
const NODE_MIN: u32 = 20;

/// Sets up what every task on the app itself needs.
pub(crate) fn set_up() -> Result<()> {
    node()?;
    packages(&[BUILD, WINDOWS].concat())
}

/// The front end builds with it.
pub(crate) fn node() -> Result<()> {
    let node = output(program("node", &["--version"]).env_remove("NODE_OPTIONS"))
        .context("Node.js is missing: install version 20 or later from https://nodejs.org")?;
    let major = node.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MIN) {
        bail!("Node.js {} is too old: version {NODE_MIN} or later is needed", node.trim());
    }
    Ok(())
}

/// Installs those Debian packages that are missing, or says the one line to
/// type.
pub(crate) fn packages(wanted: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if output(&mut program("dpkg-query", &["--version"])).is_err() {
        eprintln!("Not a Debian: make sure that you have what Debian calls {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --yes --no-install-recommends {}", missing.join(" "));
    say(&format!("System packages are missing: {}", missing.join(" ")));
    let Some(prefix) = root() else {
        bail!("type this, then try again:\n\n    sudo apt-get update && sudo {line}\n");
    };
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> =
            prefix.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
        let mut command = program(words[0], &words[1..]);
        // Its chatter does not belong to what was asked for.
        command.env("DEBIAN_FRONTEND", "noninteractive").stdout(std::io::stderr());
        run(&mut command)
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "--yes", "-qq", "--no-install-recommends"], &*missing].concat())
}

fn installed(package: &str) -> bool {
    output(&mut program("dpkg-query", &["--show", "--showformat=${db:Status-Abbrev}", package]))
        .is_ok_and(|status| status.starts_with("ii"))
}

/// What comes before apt-get, where this user may install at all.
fn root() -> Option<&'static [&'static str]> {
    let user = output(&mut program("id", &["--user"])).unwrap_or_default();
    if user.trim() == "0" {
        Some(&[])
    } else if program("sudo", &["--non-interactive", "true"]).status().is_ok_and(|status| status.success()) {
        Some(&["sudo", "--preserve-env=DEBIAN_FRONTEND"])
    } else {
        None
    }
}
