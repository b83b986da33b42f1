//! The real `mashdesk` in a process of its own, for what only a process can go
//! through: being killed, being stopped, starting again in the morning.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use mashdesk::Keyring;
use mashdesk_core::{Secret, TokenStore};
use mashdesk_lab::Lab;

use crate::desktop::until;

/// A computer: what the app finds again when it starts anew.
pub(crate) struct Computer {
    home: tempfile::TempDir,
    website: String,
}

impl Computer {
    /// A computer whose keyring holds a person's token for the lab's website.
    pub(crate) fn of(lab: &Lab, person: &str) -> Result<Self> {
        let website = lab.website.url().to_string();
        let token = lab.website.app_token(person).context("a token")?;
        Keyring.save(&website, &Secret::new(token))?;
        let computer = Self { home: tempfile::tempdir()?, website };
        // Where the desktop keeps what the person's folders are called.
        fs::create_dir_all(computer.config())?;
        let folders = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", computer.downloads().display());
        fs::write(computer.config().join("user-dirs.dirs"), folders)?;
        Ok(computer)
    }

    /// Starts the app.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<Running> {
        let child = self.program().args(["--website", &self.website]).args(arguments).spawn();
        Ok(Running(child.context("mashdesk")?))
    }

    /// Starts it once more, as the system does for a link: it hands over to
    /// the one that runs, and ends.
    pub(crate) fn start_again(&self, arguments: &[&str]) -> Result<()> {
        let mut second = Running(self.program().args(arguments).spawn().context("mashdesk")?);
        let ended = until("the second start to end", || Ok(second.0.try_wait()?))?;
        ensure!(ended.success(), "it ended with {ended}");
        Ok(())
    }

    fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_mashdesk"));
        program
            .env("XDG_CONFIG_HOME", self.config())
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            .stdout(Stdio::null());
        program
    }

    fn config(&self) -> PathBuf {
        self.home.path().join("config")
    }

    /// Where it saves exports.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.home.path().join("downloads")
    }
}

/// The app, running; killed if it is still there at the end.
pub(crate) struct Running(Child);

impl Running {
    /// The system ends the person's session: the app quits by itself.
    pub(crate) fn quit(mut self) -> Result<()> {
        self.signal("TERM")?;
        let ended = until("the app to quit", || Ok(self.0.try_wait()?))?;
        ensure!(ended.success(), "it ended with {ended}");
        Ok(())
    }

    /// The power goes.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// The lid closes, and it runs no more.
    pub(crate) fn stop(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// The lid opens.
    pub(crate) fn go_on(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let sent = Command::new("kill").args(["-s", signal, &self.0.id().to_string()]).status()?;
        ensure!(sent.success(), "kill -s {signal}: {sent}");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
