//! The real `mashdesk` in a process of its own, for what only a process can go
//! through: being killed, being stopped, starting again in the morning.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use mashdesk::Keyring;
use mashdesk_core::{Secret, TokenStore};
use mashdesk_lab::Lab;

use crate::desktop::until;

/// A computer: what the app finds again when it starts anew.
pub(crate) struct Computer {
    home: tempfile::TempDir,
    website: String,
    keyring: bool,
    talkative: bool,
}

impl Computer {
    /// A computer whose keyring holds a person's token for the lab's website.
    pub(crate) fn of(lab: &Lab, person: &str) -> Result<Self> {
        let token = lab.website.app_token(person).context("a token")?;
        Keyring.save(lab.website.url().as_str(), &Secret::new(token))?;
        Self::anew(lab)
    }

    /// A computer on which the app has never run, set up for the lab's website.
    pub(crate) fn anew(lab: &Lab) -> Result<Self> {
        let computer = Self {
            home: tempfile::tempdir()?,
            website: lab.website.url().to_string(),
            keyring: true,
            talkative: false,
        };
        // Where the desktop keeps what the person's folders are called.
        fs::create_dir_all(computer.config())?;
        let folders = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", computer.downloads().display());
        fs::write(computer.config().join("user-dirs.dirs"), folders)?;
        computer.lay_browser()?;
        Ok(computer)
    }

    /// The same one, where nobody keeps passwords.
    pub(crate) fn without_keyring(mut self) -> Self {
        self.keyring = false;
        self
    }

    /// The same one, where the app says all that it can, into a file, and has a
    /// folder of its own for what is temporary.
    pub(crate) fn talkative(mut self) -> Result<Self> {
        self.talkative = true;
        fs::create_dir_all(self.temporary())?;
        let program = self.binary();
        let (app, log) = (env!("CARGO_BIN_EXE_mashdesk"), self.log());
        fs::write(&program, format!("#!/bin/sh\nexec '{app}' \"$@\" 2>>'{}'\n", log.display()))?;
        fs::set_permissions(program, Permissions::from_mode(0o755))?;
        Ok(self)
    }

    /// What starts the app.
    pub(crate) fn binary(&self) -> PathBuf {
        if self.talkative {
            self.programs().join("mashdesk")
        } else {
            PathBuf::from(env!("CARGO_BIN_EXE_mashdesk"))
        }
    }

    /// Where a talkative app's words go.
    pub(crate) fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }

    /// Everything that the app writes is below it.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    fn temporary(&self) -> PathBuf {
        self.home.path().join("temporary")
    }

    /// What the system starts for a link: it writes the link down, and whoever
    /// tells the story opens it in a browser.
    fn lay_browser(&self) -> Result<()> {
        fs::create_dir_all(self.programs())?;
        let program = self.programs().join("xdg-open");
        let line = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", self.links().display());
        fs::write(&program, line)?;
        Ok(fs::set_permissions(program, Permissions::from_mode(0o755))?)
    }

    /// The links that the app has opened in the system's browser.
    pub(crate) fn opened(&self) -> Result<Vec<String>> {
        match fs::read_to_string(self.links()) {
            Ok(links) => Ok(links.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(vec![]),
            Err(error) => Err(error.into()),
        }
    }

    /// What the app is always started with.
    pub(crate) fn arguments(&self) -> [&str; 2] {
        ["--website", &self.website]
    }

    /// Makes a program find this computer's folders.
    pub(crate) fn equip(&self, program: &mut Command) {
        let path = std::env::var("PATH").unwrap_or_default();
        program
            .env("XDG_CONFIG_HOME", self.config())
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            .env("PATH", format!("{}:{path}", self.programs().display()));
        if self.talkative {
            program
                .env("MASHDESK_LOG", "trace")
                .env("XDG_DATA_HOME", self.home.path().join("data"))
                .env("TMPDIR", self.temporary());
        }
        if !self.keyring {
            program.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        }
    }

    /// Starts the app.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<Running> {
        let mut app = self.app(arguments);
        Ok(Running(app.stdout(Stdio::null()).spawn().context("mashdesk")?))
    }

    /// The app, about to start.
    pub(crate) fn app(&self, arguments: &[&str]) -> Command {
        let mut app = Command::new(env!("CARGO_BIN_EXE_mashdesk"));
        self.equip(&mut app);
        app.args(self.arguments()).args(arguments);
        app
    }

    /// Runs one of the app's commands to its end, where there is no display.
    pub(crate) fn run(&self, command: &str, input: &str) -> Result<Output> {
        let mut app = self.app(&[command]);
        app.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        app.stdin.take().context("its standard input")?.write_all(input.as_bytes())?;
        Ok(app.wait_with_output()?)
    }

    /// Starts it once more, as the system does for a link: it hands over to
    /// the one that runs, and ends.
    pub(crate) fn start_again(&self, arguments: &[&str]) -> Result<()> {
        let mut second = Command::new(env!("CARGO_BIN_EXE_mashdesk"));
        self.equip(&mut second);
        let mut second = Running(second.args(arguments).stdout(Stdio::null()).spawn()?);
        let ended = until("the second start to end", || Ok(second.0.try_wait()?))?;
        ensure!(ended.success(), "it ended with {ended}");
        Ok(())
    }

    fn programs(&self) -> PathBuf {
        self.home.path().join("programs")
    }

    fn links(&self) -> PathBuf {
        self.home.path().join("links")
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
