//! The .msi, under Debian's wine. Wine has no WebView2, so only what opens no
//! window runs here.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::report::Report;
use super::{OLDER, examined, room, said, token_file, traces, until, website};
use crate::command::{program, shown};
use crate::dist::{Kind, installer, version, windows};
use crate::{lab, system};

const PACKAGES: &[&str] = &["wine", "wine64", "msitools", "gcc-mingw-w64-x86-64"];
const RANDOM: &str = include_str!("bcryptprimitives.c");
const PROGRAM: &str = "Program Files/Mashdesk/mashdesk.exe";
const SCHEME: &str = r"HKLM\Software\Classes\mashdesk";
const OPEN: &str = r"HKLM\Software\Classes\mashdesk\shell\open\command";
const INSTALLED: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall";
const POLICY: &str = r"HKLM\Software\Policies\Mashdesk";

pub(crate) fn check(report: &mut Report) -> Result<()> {
    system::packages(PACKAGES)?;
    let room = room()?;
    let windows = Windows::anew(room.path())?;
    let new = installer(Kind::Msi)?;
    let old = windows::msi(OLDER, room.path())?;
    report.check("msi.webview2", || {
        let refused = windows.msiexec(&["/i"], &new, &["REQUIREWEBVIEW2=1"]);
        ensure!(refused.is_err(), "installed without WebView2, though it was required");
        ensure!(!windows.disk().join(PROGRAM).exists(), "refused, but not clean");
        Ok("without WebView2 it is refused where IT requires it, and installed otherwise".to_owned())
    });
    report.check("msi.installs", || {
        windows.msiexec(&["/i"], &old, &[])?;
        windows.versions()
    });
    report.check("msi.upgrades", || {
        windows.msiexec(&["/i"], &new, &[])?;
        let versions = windows.versions()?;
        ensure!(versions == version(), "{versions}");
        Ok(format!("from {OLDER} to {versions}, in place"))
    });
    report.check("msi.refuses_downgrade", || {
        ensure!(windows.msiexec(&["/i"], &old, &[]).is_err(), "the older one was installed");
        let versions = windows.versions()?;
        ensure!(versions == version(), "{versions}");
        Ok(format!("still {versions}"))
    });
    report.check("msi.files", || files(&windows));
    report.check("msi.registry", || registry(&windows));
    report.check("msi.version", || {
        let said = windows.mashdesk(&["--version"])?;
        ensure!(said == format!("mashdesk {}", version()), "{said}");
        Ok(said)
    });
    report.check("msi.names_webview2", || names_webview2(&windows));
    report.check("msi.conformance", || conformance(&windows, room.path()));
    report.check("msi.policy", || policy(&windows));
    report.check("msi.doctor", || doctor(&windows, room.path()));
    report.check("msi.repairs", || repairs(&windows, &new));
    report.check("msi.removes", || removes(&windows, &new));
    Ok(())
}

fn files(windows: &Windows) -> Result<String> {
    for file in [PROGRAM, "Program Files/Mashdesk/WebView2Loader.dll", "Program Files/Mashdesk/licences.txt"]
    {
        ensure!(windows.disk().join(file).exists(), "no {file}");
    }
    let found = traces(&windows.disk());
    let shortcut = found.iter().find(|file| file.ends_with("Start Menu/Programs/Mashdesk.lnk"));
    ensure!(shortcut.is_some(), "nothing in the Start menu: {found:?}");
    Ok("the app, WebView2Loader.dll, the licences, the Start menu".to_owned())
}

fn registry(windows: &Windows) -> Result<String> {
    let scheme = windows.registry(&["query", SCHEME])?;
    ensure!(scheme.contains("URL Protocol"), "{scheme}");
    let open = windows.registry(&["query", OPEN])?;
    let command = r#""C:\Program Files\Mashdesk\mashdesk.exe" "%1""#;
    ensure!(open.contains(command), "{open}");
    Ok(format!("mashdesk:// opens {command}"))
}

/// A person who starts it reads what is missing, and who can help.
fn names_webview2(windows: &Windows) -> Result<String> {
    let mut app = windows.app(&[]);
    app.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = app.spawn().context("wine")?;
    let ended = until("the app to end", || Ok(running.try_wait()?));
    if ended.is_err() {
        // Gone already is as good.
        let _ = running.kill();
    }
    let mut words = String::new();
    running.stderr.take().context("its words")?.read_to_string(&mut words)?;
    ensure!(!ended?.success(), "it ended as if all were well");
    let words = words.trim().to_owned();
    ensure!(words.contains("WebView2"), "{words}");
    Ok(words)
}

fn policy(windows: &Windows) -> Result<String> {
    let value = "https://mashups.example.com/";
    windows.registry(&["add", POLICY, "/v", "website", "/t", "REG_SZ", "/d", value, "/f"])?;
    let said = windows.mashdesk(&["policy", "--json"]);
    windows.registry(&["delete", POLICY, "/f"])?;
    let said = said?;
    ensure!(said.contains("mashups.example.com"), "{said}");
    Ok(format!("{POLICY} is read"))
}

/// The website's implementation of the contract, asked from Windows.
fn conformance(windows: &Windows, room: &Path) -> Result<String> {
    let lab = lab::Running::start()?;
    let token = format!("Z:{}", token_file(&lab, room)?.display());
    let words = ["conformance", website(&lab)?, "--token-file", &token, "--quick", "--json"];
    let said = windows.mashdesk(&words)?;
    Ok(said.lines().last().unwrap_or_default().to_owned())
}

fn doctor(windows: &Windows, room: &Path) -> Result<String> {
    let lab = lab::Running::start()?;
    let token = format!("Z:{}", token_file(&lab, room)?.display());
    let words = ["doctor", "--json", "--website", website(&lab)?, "--token-file", &token];
    examined(&mut windows.app(&words), &["webview"])
}

fn repairs(windows: &Windows, package: &Path) -> Result<String> {
    let loader = windows.disk().join("Program Files/Mashdesk/WebView2Loader.dll");
    fs::remove_file(&loader).context("WebView2Loader.dll")?;
    windows.registry(&["delete", SCHEME, "/f"])?;
    // What `msiexec /fomus` means; wine's takes no file there.
    windows.msiexec(&["/i"], package, &["REINSTALL=ALL", "REINSTALLMODE=omus"])?;
    ensure!(loader.exists(), "WebView2Loader.dll is still missing");
    registry(windows)?;
    Ok("a lost file and a lost registry key are back".to_owned())
}

fn removes(windows: &Windows, package: &Path) -> Result<String> {
    windows.msiexec(&["/x"], package, &[])?;
    // A log is the person's, as settings are; no installer goes through people's homes.
    let own = windows.home_of_person().join("AppData/Local/mashdesk");
    let left: Vec<_> = traces(&windows.disk()).into_iter().filter(|path| !path.starts_with(&own)).collect();
    ensure!(left.is_empty(), "{left:?}");
    for key in [SCHEME, r"HKLM\Software\Mashdesk"] {
        ensure!(windows.registry(&["query", key]).is_err(), "{key} is still there");
    }
    let versions = windows.versions()?;
    ensure!(versions.is_empty(), "{versions} is still installed");
    Ok("no file, no key, nothing in the Start menu; the person's log stays".to_owned())
}

/// A Windows on which the app has never been.
struct Windows {
    home: PathBuf,
}

impl Windows {
    fn anew(room: &Path) -> Result<Self> {
        let windows = Self { home: room.join("wine") };
        let mut start = program("wineboot", &["--init"]);
        said(windows.equip(&mut start))?;
        windows.complete(room)?;
        Ok(windows)
    }

    /// Adds what every Windows has and Debian's wine lacks.
    fn complete(&self, room: &Path) -> Result<()> {
        let library = self.disk().join("windows/system32/bcryptprimitives.dll");
        if library.exists() {
            return Ok(());
        }
        let source = room.join("bcryptprimitives.c");
        fs::write(&source, RANDOM)?;
        let mut compiler = program("x86_64-w64-mingw32-gcc", &["-shared", "-o"]);
        said(compiler.arg(&library).arg(&source).arg("-ladvapi32"))?;
        Ok(())
    }

    fn disk(&self) -> PathBuf {
        self.home.join("drive_c")
    }

    /// Of the one who runs wine.
    fn home_of_person(&self) -> PathBuf {
        let name = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        self.disk().join("users").join(name)
    }

    fn equip<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("WINEPREFIX", &self.home)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // No page to offer for .NET and no menus of this machine's.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=")
            .env_remove("DISPLAY")
    }

    fn wine(&self, words: &[&str]) -> Command {
        let mut wine = program("wine", words);
        self.equip(&mut wine);
        wine
    }

    /// Windows Installer, without a question.
    fn msiexec(&self, task: &[&str], package: &Path, properties: &[&str]) -> Result<()> {
        let mut msiexec = self.wine(&["msiexec"]);
        msiexec.args(task).arg(package).arg("/qn").args(properties);
        said(&mut msiexec)?;
        Ok(())
    }

    fn registry(&self, words: &[&str]) -> Result<String> {
        said(self.wine(&["reg"]).args(words))
    }

    /// The versions that Windows says are installed; one is right.
    fn versions(&self) -> Result<String> {
        let keys = self.registry(&["query", INSTALLED, "/s"])?;
        let versions: Vec<&str> = keys
            .split("\n\n")
            .filter(|key| key.contains("Mashdesk"))
            .filter_map(|key| key.lines().find(|line| line.contains("DisplayVersion")))
            .filter_map(|line| line.split_whitespace().last())
            .collect();
        Ok(versions.join(" and "))
    }

    /// The installed app.
    fn app(&self, words: &[&str]) -> Command {
        let mut app = self.wine(&[]);
        app.arg(self.disk().join(PROGRAM)).args(words);
        app
    }

    /// Its answer.
    fn mashdesk(&self, words: &[&str]) -> Result<String> {
        let mut app = self.app(words);
        let answer = said(&mut app)?;
        if answer.is_empty() {
            bail!("{} says nothing", shown(&app));
        }
        Ok(answer)
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        // What goes on in the background ends with its Windows.
        let _ = self.equip(&mut program("wineboot", &["--kill"])).status();
    }
}
