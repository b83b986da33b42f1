//! The .deb, in a Debian of its own that has never seen the app: made by
//! mmdebstrap once, unpacked for each run, and entered with namespaces.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::report::Report;
use super::{OLDER, examined, room, said, said_as, token_file, traces, until, website};
use crate::command::{output, program, run, top};
use crate::display::Headless;
use crate::dist::{Kind, installer, version};
use crate::{lab, system};

/// What sets that Debian up and looks at its windows.
const PACKAGES: &[&str] = &["mmdebstrap", "xvfb", "openbox", "xdotool", "maim"];
/// What any desktop has, besides Debian's minimum.
const DESKTOP: &str = "ca-certificates,dbus,desktop-file-utils,appstream,libgtk-3-bin,libglib2.0-bin,\
    shared-mime-info,xdg-utils,fonts-dejavu-core,bash-completion,man-db";
/// Enters the other Debian with processes and devices of its own.
const ENTER: &str = r#"
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" "$@"
"#;
/// Where its packages come from, for those of a Debian in a container.
const SOURCES: &str = "/etc/apt/sources.list.d/debian.sources";

pub(crate) fn check(report: &mut Report) -> Result<()> {
    system::packages(PACKAGES)?;
    ensure!(
        output(&mut program("id", &["--user"]))?.trim() == "0",
        "a Debian of its own takes root: try again with sudo, or with --only rpm or msi"
    );
    let room = room()?;
    let debian = Debian::unpack(room.path())?;
    let package = installer(Kind::Deb)?;
    let older = older(&package, room.path())?;
    debian.take(&package, "new.deb")?;
    debian.take(&older, "old.deb")?;
    report.check("deb.installs", || {
        debian.run(&["apt-get", "install", "--yes", "--no-install-recommends", "/old.deb"])?;
        debian.version()
    });
    report.check("deb.upgrades", || {
        debian.run(&["apt-get", "install", "--yes", "--no-install-recommends", "/new.deb"])?;
        let now = debian.version()?;
        ensure!(now == version(), "{now}");
        Ok(format!("from {OLDER} to {now}"))
    });
    report.check("deb.version", || {
        let said = debian.run(&["mashdesk", "--version"])?;
        ensure!(said == format!("mashdesk {}", version()), "{said}");
        Ok(said)
    });
    report.check("deb.contents", || contents(&debian));
    report.check("deb.scheme", || {
        let said = debian.run(&["gio", "mime", "x-scheme-handler/mashdesk"])?;
        ensure!(said.contains("Mashdesk.desktop"), "{said}");
        Ok("mashdesk:// goes to Mashdesk.desktop".to_owned())
    });
    let display = Headless::start()?;
    report.check("deb.launches", || launches(&debian, &display));
    report.check("deb.doctor", || doctor(&debian));
    report.check("deb.removes", || removes(&debian));
    Ok(())
}

fn contents(debian: &Debian) -> Result<String> {
    debian.run(&["desktop-file-validate", "/usr/share/applications/Mashdesk.desktop"])?;
    debian.run(&[
        "appstreamcli",
        "validate",
        "--no-net",
        "/usr/share/metainfo/app.mashdesk.desktop.metainfo.xml",
    ])?;
    for size in ["16x16", "24x24", "32x32", "48x48", "64x64", "96x96", "128x128", "256x256", "512x512"] {
        let icon = format!("usr/share/icons/hicolor/{size}/apps/mashdesk.png");
        ensure!(debian.root.join(&icon).exists(), "no {icon}");
    }
    debian.run(&["man", "--where", "mashdesk"])?;
    let complete = "source /usr/share/bash-completion/completions/mashdesk && complete -p mashdesk";
    debian.run(&["bash", "-c", complete])?;
    for file in [
        "usr/share/doc/mashdesk/copyright",
        "usr/share/fish/vendor_completions.d/mashdesk.fish",
        "usr/share/icons/hicolor/scalable/apps/mashdesk.svg",
        "usr/share/zsh/vendor-completions/_mashdesk",
    ] {
        ensure!(debian.root.join(file).exists(), "no {file}");
    }
    Ok("desktop file, icons, man page, completions, AppStream, licences".to_owned())
}

/// The desktop's own way to start it, and its window on the display.
fn launches(debian: &Debian, display: &Headless) -> Result<String> {
    let mut start =
        debian.command(&["dbus-run-session", "--", "sh", "-c", "gtk-launch Mashdesk && sleep 600"]);
    let mut started = Started(
        display
            .equip(&mut start)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("gtk-launch")?,
    );
    let window = until("the window of the launcher", || {
        if let Some(ended) = started.0.try_wait()? {
            bail!("gtk-launch: {ended}");
        }
        let mut search = program("xdotool", &["search", "--onlyvisible", "--name", "^Mashdesk$"]);
        Ok(said(display.equip(&mut search)).ok())
    })?;
    let picture = top().join("target/installers/deb.png");
    // A page takes a moment more than its window to be drawn.
    until("the launcher's page", || {
        said(display.equip(program("maim", &["--window", &window]).arg(&picture)))?;
        Ok(fs::metadata(&picture).ok().filter(|file| file.len() > 10_000))
    })?;
    Ok(format!("the launcher; see {}", picture.display()))
}

/// What IT types to see that all is well.
fn doctor(debian: &Debian) -> Result<String> {
    let lab = lab::Running::start()?;
    token_file(&lab, &debian.root)?;
    let doctor = ["mashdesk", "doctor", "--json", "--website", website(&lab)?, "--token-file", "/token"];
    // Nobody is signed in to that Debian.
    examined(&mut debian.command(&doctor), &["keyring"])
}

fn removes(debian: &Debian) -> Result<String> {
    debian.run(&["apt-get", "remove", "--yes", "mashdesk"])?;
    for package in ["new.deb", "old.deb"] {
        fs::remove_file(debian.root.join(package)).context(package)?;
    }
    let left = traces(&debian.root.join("usr"));
    ensure!(left.is_empty(), "{left:?}");
    let left = traces(&debian.root.join("var"));
    ensure!(left.is_empty(), "{left:?}");
    let left = traces(&debian.root.join("etc"));
    ensure!(left.is_empty(), "{left:?}");
    let schemes = fs::read_to_string(debian.root.join("usr/share/applications/mimeinfo.cache"));
    ensure!(!schemes.unwrap_or_default().contains("mashdesk"), "the scheme is still registered");
    ensure!(debian.version().is_err(), "dpkg still knows it");
    Ok("no file, no scheme, nothing that dpkg knows".to_owned())
}

/// The same package, said to be older.
fn older(package: &Path, room: &Path) -> Result<PathBuf> {
    let (tree, older) = (room.join("older"), room.join("older.deb"));
    run(program("dpkg-deb", &["--raw-extract"]).arg(package).arg(&tree))?;
    let control = tree.join("DEBIAN/control");
    let text = fs::read_to_string(&control).context("the package's control file")?;
    fs::write(&control, text.replace(&format!("Version: {}", version()), &format!("Version: {OLDER}")))?;
    said(program("dpkg-deb", &["--root-owner-group", "--build"]).arg(&tree).arg(&older))?;
    Ok(older)
}

struct Debian {
    root: PathBuf,
}

impl Debian {
    fn unpack(room: &Path) -> Result<Self> {
        let archive = top().join("target/installers/debian.tar");
        if !archive.exists() {
            let fresh = archive.with_extension("new.tar");
            let release = output(&mut program("sh", &["-c", ". /etc/os-release && echo $VERSION_CODENAME"]))?;
            let mut make = program("mmdebstrap", &["--variant=apt", &format!("--include={DESKTOP}")]);
            make.arg(release.trim()).arg(&fresh);
            if Path::new(SOURCES).exists() {
                make.arg(SOURCES);
            }
            run(&mut make)?;
            fs::rename(&fresh, &archive).context("the archive of a clean Debian")?;
        }
        let root = room.join("debian");
        fs::create_dir(&root).context("a folder for a Debian")?;
        run(program("tar", &["--extract", "--file"]).arg(&archive).arg("--directory").arg(&root))?;
        fs::copy("/etc/resolv.conf", root.join("etc/resolv.conf")).context("/etc/resolv.conf")?;
        let debian = Self { root };
        debian.run(&["apt-get", "update"])?;
        Ok(debian)
    }

    fn take(&self, file: &Path, name: &str) -> Result<()> {
        fs::copy(file, self.root.join(name)).with_context(|| file.display().to_string())?;
        Ok(())
    }

    fn command(&self, words: &[&str]) -> Command {
        let enter = ["--mount", "--pid", "--fork", "--kill-child", "sh", "-e", "-c", ENTER, "sh"];
        let mut command = program("unshare", &enter);
        command.arg(&self.root).args(words).env("DEBIAN_FRONTEND", "noninteractive").env("HOME", "/root");
        command
    }

    fn run(&self, words: &[&str]) -> Result<String> {
        said_as(&words.join(" "), &mut self.command(words))
    }

    /// The version that dpkg has installed.
    fn version(&self) -> Result<String> {
        let status = self.run(&["dpkg-query", "--show", "--showformat=${Status} ${Version}", "mashdesk"])?;
        let version = status.strip_prefix("install ok installed ").with_context(|| status.clone())?;
        Ok(version.to_owned())
    }
}

/// A program in the background, ended with all that it started.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
