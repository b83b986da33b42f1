//! The .rpm, on this Debian with rpm's own tools and a root of its own. What
//! only Fedora, RHEL or SUSE can show is whether its dependencies can be had
//! there: nothing resolves them here.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::report::Report;
use super::{room, said, traces};
use crate::command::program;
use crate::dist::{Kind, installer, version};
use crate::system;

/// What the package must bring.
const FILES: &[&str] = &[
    "/usr/bin/mashdesk",
    "/usr/share/applications/Mashdesk.desktop",
    "/usr/share/bash-completion/completions/mashdesk",
    "/usr/share/fish/vendor_completions.d/mashdesk.fish",
    "/usr/share/icons/hicolor/16x16/apps/mashdesk.png",
    "/usr/share/icons/hicolor/512x512/apps/mashdesk.png",
    "/usr/share/icons/hicolor/scalable/apps/mashdesk.svg",
    "/usr/share/licenses/mashdesk.txt",
    "/usr/share/man/man1/mashdesk.1",
    "/usr/share/metainfo/app.mashdesk.desktop.metainfo.xml",
    "/usr/share/zsh/site-functions/_mashdesk",
];
/// What it must ask for: Fedora, RHEL and SUSE call their packages otherwise, but
/// all say which of these they have.
const REQUIRES: &[&str] = &["libgtk-3.so.0()(64bit)", "libwebkit2gtk-4.1.so.0()(64bit)"];

pub(crate) fn check(report: &mut Report) -> Result<()> {
    system::packages(&["rpm"])?;
    let package = installer(Kind::Rpm)?;
    let room = room()?;
    let root = room.path();
    report.check("rpm.contents", || {
        let files = said(program("rpm", &["--query", "--list", "--package"]).arg(&package))?;
        for file in FILES {
            ensure!(files.lines().any(|line| line == *file), "no {file}");
        }
        Ok(format!("{} files", files.lines().count()))
    });
    report.check("rpm.requires", || {
        let requires = said(program("rpm", &["--query", "--requires", "--package"]).arg(&package))?;
        for name in REQUIRES {
            ensure!(requires.lines().any(|line| line == *name), "not {name}, but {requires}");
        }
        Ok(format!("{} (nothing here resolves them)", REQUIRES.join(", ")))
    });
    report.check("rpm.installs", || {
        said(rpm(root, &["--install", "--nodeps"]).arg(&package))?;
        said(&mut rpm(root, &["--verify", "--nodeps", "mashdesk"]))?;
        said(&mut rpm(root, &["--query", "mashdesk"]))
    });
    report.check("rpm.version", || {
        let mut app = Command::new(root.join("usr/bin/mashdesk"));
        let version_said = said(app.arg("--version"))?;
        ensure!(version_said == format!("mashdesk {}", version()), "{version_said}");
        Ok(format!("{version_said}, with this machine's libraries"))
    });
    report.check("rpm.removes", || {
        said(&mut rpm(root, &["--erase", "mashdesk"]))?;
        let left = traces(root);
        ensure!(left.is_empty(), "{left:?}");
        Ok("nothing is left".to_owned())
    });
    Ok(())
}

fn rpm(root: &Path, arguments: &[&str]) -> Command {
    let mut rpm = program("rpm", &["--root"]);
    rpm.arg(root).args(arguments);
    rpm
}
