//! The real `mashdesk` in a process of its own, for what only a process can go
//! through: being killed, being stopped, starting again in the morning.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use mashdesk::Keyring;
use mashdesk_core::{Secret, TokenStore};
use mashdesk_lab::Lab;
use url::Url;

use crate::desktop::until;

/// The real app.
const APP: &str = env!("CARGO_BIN_EXE_mashdesk");
/// Puts a folder over `/etc`, where nobody else sees it, then becomes the
/// program that is to run.
const OVER_ETC: &str = r#"mount -t overlay overlay -o "$1" /etc && shift && exec "$@""#;

/// A computer: what the app finds again when it starts anew.
pub(crate) struct Computer {
    home: tempfile::TempDir,
    /// What the app is told on the command line.
    website: Option<String>,
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
        Self::for_website(lab.website.url())
    }

    /// The same, for any website.
    pub(crate) fn for_website(website: &Url) -> Result<Self> {
        let computer = Self {
            home: tempfile::tempdir()?,
            website: Some(website.to_string()),
            keyring: true,
            talkative: false,
        };
        // Where the desktop keeps what the person's folders are called.
        fs::create_dir_all(computer.config())?;
        let folders = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", computer.downloads().display());
        fs::write(computer.config().join("user-dirs.dirs"), folders)?;
        lay_browser(&computer.programs(), &computer.links())?;
        Ok(computer)
    }

    /// The same one, where nobody keeps passwords.
    pub(crate) fn without_keyring(mut self) -> Self {
        self.lose_keyring();
        self
    }

    /// The same one, whose app is not told which website.
    pub(crate) fn untold(mut self) -> Self {
        self.forget_website();
        self
    }

    /// The same, for one that is in use.
    pub(crate) fn forget_website(&mut self) {
        self.website = None;
    }

    /// Its app is told of another website.
    pub(crate) fn set_website(&mut self, website: &Url) {
        self.website = Some(website.to_string());
    }

    /// Nobody keeps passwords any more.
    pub(crate) fn lose_keyring(&mut self) {
        self.keyring = false;
    }

    /// Lays a file over the machine's own `/etc`, for this computer alone.
    pub(crate) fn lay(&self, path: &str, text: &str) -> Result<()> {
        let file = self.etc().join(path);
        fs::create_dir_all(file.parent().context("a folder")?)?;
        Ok(fs::write(file, text)?)
    }

    /// Lays a file into the person's own folder of settings.
    pub(crate) fn lay_own(&self, path: &str, text: &str) -> Result<()> {
        let file = self.config().join(path);
        fs::create_dir_all(file.parent().context("a folder")?)?;
        Ok(fs::write(file, text)?)
    }

    /// Takes a file of the machine's away again.
    pub(crate) fn lift(&self, path: &str) -> Result<()> {
        Ok(fs::remove_file(self.etc().join(path))?)
    }

    /// A program on this computer: it sees its folders, and its `/etc`.
    pub(crate) fn program(&self, name: &str) -> Result<Command> {
        let mut program = if self.etc().exists() {
            let mut program = Command::new("unshare");
            // Who is not root becomes so within.
            if fs::metadata("/proc/self")?.uid() != 0 {
                program.args(["--map-current-user", "--keep-caps"]);
            }
            let lower = format!("lowerdir={}:/etc", self.etc().display());
            program.args(["--mount", "sh", "-c", OVER_ETC, "sh", &lower, name]);
            program
        } else {
            Command::new(name)
        };
        self.equip(&mut program);
        Ok(program)
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

    /// The links that the app has opened in the system's browser.
    pub(crate) fn opened(&self) -> Result<Vec<String>> {
        opened(&self.links())
    }

    /// What the app is always started with.
    pub(crate) fn arguments(&self) -> Vec<&str> {
        self.website.iter().flat_map(|website| ["--website", website]).collect()
    }

    /// Makes a program find this computer's folders.
    fn equip(&self, program: &mut Command) {
        let path = std::env::var("PATH").unwrap_or_default();
        // The story's own process has settled some, as the app does.
        mashdesk::environment::give_back(program);
        program
            .env("XDG_CONFIG_HOME", self.config())
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            .env("XDG_STATE_HOME", self.home.path().join("state"))
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

    /// Starts an app that is about to start.
    pub(crate) fn watch(&self, mut app: Command) -> Result<Running> {
        Ok(Running(app.stdout(Stdio::null()).spawn().context("mashdesk")?))
    }

    /// Whether the app starts with the system.
    pub(crate) fn starts_with_system(&self) -> bool {
        self.config().join("autostart/mashdesk.desktop").exists()
    }

    /// Starts the app.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<Running> {
        self.watch(self.app(arguments)?)
    }

    /// The app, about to start.
    pub(crate) fn app(&self, arguments: &[&str]) -> Result<Command> {
        let mut app = self.program(APP)?;
        app.args(self.arguments()).args(arguments);
        Ok(app)
    }

    /// Runs one of the app's commands to its end, where there is no display.
    pub(crate) fn run(&self, command: &[&str], input: &str) -> Result<Output> {
        let mut app = self.app(command)?;
        app.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        app.stdin.take().context("its standard input")?.write_all(input.as_bytes())?;
        Ok(app.wait_with_output()?)
    }

    /// Starts it once more, as the system does for a link: it hands over to
    /// the one that runs, and ends.
    pub(crate) fn start_again(&self, arguments: &[&str]) -> Result<()> {
        let mut second = self.program(APP)?;
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

    fn etc(&self) -> PathBuf {
        self.home.path().join("etc")
    }

    /// Where the app keeps its log.
    pub(crate) fn logs(&self) -> PathBuf {
        self.home.path().join("state/mashdesk/logs")
    }

    fn config(&self) -> PathBuf {
        self.home.path().join("config")
    }

    /// Where it saves exports.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.home.path().join("downloads")
    }
}

/// Lays down what the system starts for a link: it writes the link down, and
/// whoever tells the story opens it in a browser.
pub(crate) fn lay_browser(programs: &Path, links: &Path) -> Result<()> {
    fs::create_dir_all(programs)?;
    let program = programs.join("xdg-open");
    let script = format!(
        "#!/bin/sh\nenv > '{}'\nprintf '%s\\n' \"$1\" >> '{}'\n",
        environment(links).display(),
        links.display()
    );
    fs::write(&program, script)?;
    Ok(fs::set_permissions(program, Permissions::from_mode(0o755))?)
}

/// Where it writes down the variables that it was started with.
pub(crate) fn environment(links: &Path) -> PathBuf {
    links.with_extension("environment")
}

/// The links that were opened so.
pub(crate) fn opened(links: &Path) -> Result<Vec<String>> {
    match fs::read_to_string(links) {
        Ok(links) => Ok(links.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(error.into()),
    }
}

/// The app, running; killed if it is still there at the end.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// The system ends the person's session: the app quits by itself.
    pub(crate) fn quit(mut self) -> Result<()> {
        self.signal("TERM")?;
        let ended = until("the app to quit", || Ok(self.0.try_wait()?))?;
        ensure!(ended.success(), "it ended with {ended}");
        Ok(())
    }

    /// Waits until it ends by itself, and answers its code.
    pub(crate) fn ended(mut self) -> Result<Option<i32>> {
        Ok(until("the app to end", || Ok(self.0.try_wait()?))?.code())
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
