//! An ear on the session bus: what the app asks the desktop to tell
//! (dbus-monitor).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use anyhow::{Context, Result};

use crate::desktop::until;

/// Listens for as long as it lives.
pub(crate) struct Notifications {
    monitor: Child,
    lines: Receiver<String>,
}

impl Notifications {
    pub(crate) fn listen() -> Result<Self> {
        let mut monitor = Command::new("dbus-monitor")
            .args(["--session", "interface='org.freedesktop.Notifications',member='Notify'"])
            .stdout(Stdio::piped())
            .spawn()
            .context("dbus-monitor")?;
        let said = monitor.stdout.take().context("dbus-monitor says nothing")?;
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        // Its first words are that the bus knows it.
        lines.recv().context("dbus-monitor has ended")?;
        Ok(Self { monitor, lines })
    }

    /// Waits for a notification with a text in it; answers its line.
    pub(crate) fn with(&self, text: &str) -> Result<String> {
        until(&format!("a notification with {text}"), || {
            Ok(self.lines.try_iter().find(|line| line.contains(text)))
        })
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}
