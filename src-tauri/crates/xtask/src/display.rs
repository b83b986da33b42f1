//! A display without a screen: Xvfb with a window manager, and a session bus
//! with a Secret Service, for as long as the value lives.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::command::{program, say, shown};

/// Large enough for a launcher and two mashups.
const SCREEN: &str = "1920x1200x24";
/// Unlocks a fresh keyring, then becomes the program that is to run.
const WITH_KEYRING: &str = r#"
export XDG_DATA_HOME="$1/data" XDG_CONFIG_HOME="$1/config" XDG_CACHE_HOME="$1/cache" XDG_RUNTIME_DIR="$1/run"
mkdir -p -m 700 "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
printf %s mashdesk | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
shift
exec "$@" >&3 3>&-
"#;
/// What the session bus starts by itself talks on its standard output; that one
/// belongs to the program that is to run, so it is kept aside as the third.
const ASIDE: &str = r#"exec 3>&1 >&2; exec dbus-run-session -- "$@""#;

pub(crate) struct Headless {
    server: Child,
    manager: Child,
    display: String,
    home: tempfile::TempDir,
}

impl Headless {
    pub(crate) fn start() -> Result<Self> {
        say("A display without a screen (Xvfb, openbox)");
        let mut server =
            program("Xvfb", &["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .context("Xvfb")?;
        let mut number = String::new();
        // It says its number when it is ready.
        let said = server.stdout.take().context("Xvfb says nothing")?;
        BufReader::new(said).read_line(&mut number).context("Xvfb")?;
        let display = format!(":{}", number.trim());
        let manager = program("openbox", &[])
            .env("DISPLAY", &display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("openbox")?;
        Ok(Self { server, manager, display, home: tempfile::tempdir().context("a folder for the session")? })
    }

    /// Runs a program on this display and in a session of its own.
    pub(crate) fn status(&self, command: &Command) -> Result<ExitStatus> {
        say(&shown(command));
        self.within(command).status().context("dbus-run-session")
    }

    fn within(&self, command: &Command) -> Command {
        let home = self.home.path().display().to_string();
        let mut session = program("sh", &["-c", ASIDE, "sh", "sh", "-c", WITH_KEYRING, "sh", &home]);
        session.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => session.env(name, value),
                None => session.env_remove(name),
            };
        }
        self.equip(&mut session);
        session
    }

    /// Makes a program show its windows on this display.
    pub(crate) fn equip<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            // There is no screen reader.
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            // Gone already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether there is a screen with a person before it.
pub(crate) fn is_there() -> bool {
    cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}
