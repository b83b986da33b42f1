//! What Mashdesk is measured beside: a browser with a profile of its own for
//! each mashup, as a careful person would open them today.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::AddAssign;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result};
use mashdesk::environment::{WITHOUT_OPENGL, give_back};
use tempfile::TempDir;
use url::Url;

use super::tickets::Entry;
use crate::processes;

/// Where Debian's libwebkit2gtk-4.1-0 has its small browser.
const MINI_BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
/// The page that a website shows first: it has the ticket redeemed by a small
/// resource, as Qlik's documentation has it, and goes on to the mashup.
const DOOR: &str = "<!doctype html><script>
const [redeem, mashup] = decodeURIComponent(location.hash.slice(1)).split(' ');
const style = document.createElement('link');
style.rel = 'stylesheet';
style.href = redeem;
style.onload = style.onerror = () => location.replace(mashup);
document.head.append(style);
</script>";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Chromium,
    /// As it comes.
    MiniBrowser,
    /// Told to draw without OpenGL, as Mashdesk tells itself where there is no
    /// graphics card.
    MiniBrowserWithoutOpenGl,
}

/// What browsers keep, a folder each.
pub(super) struct Profiles(Vec<TempDir>);

impl Profiles {
    /// Fresh ones.
    pub(super) fn new(count: usize) -> Result<Self> {
        Ok(Self((0..count).map(|_| tempfile::tempdir()).collect::<std::io::Result<_>>()?))
    }
}

/// Some browser windows; they go with the value.
pub(super) struct Browsers {
    processes: Vec<Child>,
    /// Those that are nobody else's.
    profiles: Option<Profiles>,
}

impl Browsers {
    /// Starts one browser a mashup, all at once, with a fresh profile each.
    pub(super) fn open(peer: Peer, door: &Url, entries: &[Entry]) -> Result<Self> {
        let profiles = Profiles::new(entries.len())?;
        let mut browsers = Self::open_in(peer, door, entries, &profiles)?;
        browsers.profiles = Some(profiles);
        Ok(browsers)
    }

    /// The same with these profiles.
    pub(super) fn open_in(peer: Peer, door: &Url, entries: &[Entry], profiles: &Profiles) -> Result<Self> {
        let mut browsers = Self { processes: Vec::new(), profiles: None };
        for (entry, profile) in entries.iter().zip(&profiles.0) {
            let address = entry.through(door);
            let mut browser = match peer {
                Peer::Chromium => {
                    let mut chromium = Command::new("chromium");
                    chromium
                        // Root, as in a container, has no sandbox of Chromium's.
                        .args(["--no-sandbox", "--no-first-run", "--no-default-browser-check"])
                        // Nothing beside the page: no update, no greeting.
                        .args([
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                        ])
                        .args(["--password-store=basic", "--window-size=1180,820"])
                        // A window behind another paints as well.
                        .args(["--disable-backgrounding-occluded-windows"])
                        .arg(format!("--user-data-dir={}", profile.path().display()))
                        .arg(format!("--app={address}"));
                    chromium
                }
                Peer::MiniBrowser | Peer::MiniBrowserWithoutOpenGl => {
                    let mut browser = Command::new(MINI_BROWSER);
                    browser.args(["--private", "--geometry=1180x820", address.as_str()]);
                    browser
                }
            };
            // This process has settled some for itself, as Mashdesk does.
            give_back(&mut browser);
            match peer {
                Peer::MiniBrowserWithoutOpenGl => _ = browser.envs(WITHOUT_OPENGL),
                // Whatever has settled it for all that runs here.
                _ => WITHOUT_OPENGL.iter().for_each(|(name, _)| _ = browser.env_remove(name)),
            }
            let browser = browser.stdout(Stdio::null()).stderr(Stdio::null());
            browsers.processes.push(browser.spawn().with_context(|| format!("{peer:?}"))?);
        }
        Ok(browsers)
    }

    /// Has them end as a person ends them, so that they keep what they keep.
    pub(super) fn quit(mut self) -> Result<()> {
        for browser in &mut self.processes {
            Command::new("kill").arg(browser.id().to_string()).status()?;
            browser.wait()?;
        }
        Ok(())
    }

    /// How long all their processes have computed, by their names, in seconds.
    pub(super) fn computed(&self) -> Result<BTreeMap<String, f64>> {
        self.of_all(processes::computed)
    }

    /// The memory of all their processes, by their names, in bytes: what several
    /// share is counted once.
    pub(super) fn memory(&self) -> Result<BTreeMap<String, u64>> {
        self.of_all(processes::memory_of)
    }

    fn of_all<N: AddAssign + Default>(
        &self,
        of: impl Fn(u32) -> Result<BTreeMap<String, N>>,
    ) -> Result<BTreeMap<String, N>> {
        let mut all: BTreeMap<String, N> = BTreeMap::new();
        for browser in &self.processes {
            for (name, amount) in of(browser.id())? {
                *all.entry(name).or_default() += amount;
            }
        }
        Ok(all)
    }
}

impl Drop for Browsers {
    fn drop(&mut self) {
        for browser in &mut self.processes {
            // Gone already is as good.
            let below = processes::tree(browser.id()).unwrap_or_default();
            let _ = browser.kill();
            let _ = browser.wait();
            for process in below {
                let _ = Command::new("kill")
                    .args(["-9", &process.pid.to_string()])
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }
}

/// Serves the door at an address of this computer, for as long as the process lives.
/// It has to be the one that Qlik is known at: its cookie is no third party's then.
pub(super) fn door(address: Ipv4Addr) -> Result<Url> {
    let listener = TcpListener::bind((address, 0))?;
    let address = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || {
        for visitor in listener.incoming().flatten() {
            thread::spawn(move || answer(visitor));
        }
    });
    Ok(address.parse()?)
}

fn answer(mut visitor: TcpStream) -> std::io::Result<()> {
    // One read is enough for a browser's short request, and any gets the page.
    let _ = visitor.read(&mut [0; 8192])?;
    write!(
        visitor,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{DOOR}",
        DOOR.len()
    )
}
