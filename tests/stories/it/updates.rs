//! Updates from a server of IT's: the packages are real and signed with the tool
//! that IT would use, dpkg installs them in a root of its own. A stand-in for
//! pkexec asks for no password.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use mashdesk::store::Stores;
use mashdesk::{Outcome, update};
use mashdesk_core::Policy;
use mashdesk_core::policy::{Proxy, ProxyAddress};
use mashdesk_lab::Lab;
use mashdesk_lab::options::Options;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use url::Url;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::desktop::{self, Desktop, Start, until};
use crate::hand;
use crate::report::Report;

/// How an app knows what installed it: Tauri's CLI writes it into what it
/// bundles, as is done here with this very program.
const UNKNOWN: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_UNK";
const DEB: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_DEB";
/// Where the story keeps its things, for the program that it becomes.
const ROOM: &str = "MASHDESK_STORY_ROOM";

const OLD: &str = env!("CARGO_PKG_VERSION");
const NEW: &str = "9.9.9";

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let it = It { room: std::env::var_os(ROOM).context("no room")?.into() };
    let (key, other_key) = (it.key("it")?, it.key("other")?);
    it.install(&it.package(OLD)?)?;

    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options::default()))?;
    let server = runtime.block_on(MockServer::start());
    // Nobody but the policy's proxy knows the name; the server is the proxy as well.
    let source = Url::parse("http://updates.acme.example/latest.json")?;
    let policy = Policy {
        updates: Some(source.clone()),
        updates_key: Some(key.public()?),
        proxy: Some(Proxy::At(ProxyAddress { url: server.uri().parse()?, credentials: None })),
        no_proxy: Some(vec!["127.0.0.1".to_owned()]),
        ..Policy::default()
    };
    let start = Start {
        policy,
        ..Start::anew(Some(lab.website.url()), stores, &it.room.join("person"), screenshots)
    };
    desktop::run(start, move |desktop| {
        desktop.sign_in(&lab.website.app_token("ana").context("a token")?)?;
        let story = Story { it, key, other_key, server, source, desktop, runtime };
        story.tell(report)
    })
}

struct Story {
    it: It,
    key: Key,
    /// One that the app knows nothing of.
    other_key: Key,
    server: MockServer,
    source: Url,
    desktop: Desktop,
    runtime: Runtime,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        // By itself, as on any other day.
        until("the app to look for updates", || {
            let asked = self.runtime.block_on(self.server.received_requests()).unwrap_or_default();
            Ok(asked.iter().any(|request| request.url.path() == "/latest.json").then_some(()))
        })?;
        report.check("update.none", || self.none());
        report.check("update.refuses_unsigned", || self.refuses_unsigned());
        report.check("update.refuses_downgrade", || self.refuses_downgrade());
        report.check("update.survives_cut", || self.survives_cut());
        report.check("update.later", || self.later());
        report.check("update.failed_install", || self.failed_install());
        report.check("update.installs_signed", || self.installs_signed());
        Ok(report.end())
    }

    /// A server with nothing new.
    fn none(&self) -> Result<String> {
        self.runtime.block_on(async {
            self.server.reset().await;
            Mock::given(path("/latest.json"))
                .respond_with(ResponseTemplate::new(204))
                .mount(&self.server)
                .await;
        });
        self.ends_with(Outcome::None)
    }

    fn refuses_unsigned(&self) -> Result<String> {
        let package = self.it.package(NEW)?;
        let signature = self.key.sign(&package, NEW)?;
        let mut words = Vec::new();
        self.offer(NEW, &fs::read(&package)?, &self.other_key.sign(&package, NEW)?);
        words.push(format!("another key: {}", self.refused()?));
        let mut changed = fs::read(&package)?;
        *changed.last_mut().context("an empty package")? ^= 1;
        self.offer(NEW, &changed, &signature);
        words.push(format!("a changed package: {}", self.refused()?));
        self.offer(NEW, &fs::read(&package)?, "");
        words.push(format!("no signature: {}", self.refused()?));
        Ok(words.join("; "))
    }

    fn refuses_downgrade(&self) -> Result<String> {
        let old = self.it.package("0.0.1")?;
        let signature = self.key.sign(&old, "0.0.1")?;
        self.offer("0.0.1", &fs::read(&old)?, &signature);
        self.ends_with(Outcome::None)?;
        // An old package that is well signed, in a new one's place.
        self.offer(NEW, &fs::read(&old)?, &signature);
        Ok(format!("older: passed over; older in disguise: {}", self.refused()?))
    }

    /// The download breaks off in the middle.
    fn survives_cut(&self) -> Result<String> {
        let package = self.it.package(NEW)?;
        let signature = self.key.sign(&package, NEW)?;
        let bytes = fs::read(&package)?;
        let cut = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}/package.deb", cut.local_addr()?);
        self.announce(NEW, &url, &signature);
        let server = thread::spawn(move || -> Result<()> {
            let (mut connection, _) = cut.accept()?;
            let mut request = BufReader::new(connection.try_clone()?);
            let mut line = String::new();
            while request.read_line(&mut line)? > 2 {
                line.clear();
            }
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
            Ok(connection.write_all(&bytes[..bytes.len() / 2])?)
        });
        let ended = self.ends_with(Outcome::Away)?;
        server.join().map_err(|_| anyhow!("the server panicked"))??;
        Ok(ended)
    }

    /// The person has no time for it.
    fn later(&self) -> Result<String> {
        self.offer_the_new()?;
        let updating = self.asked_and_answered("Escape")?;
        self.ended(updating, Outcome::Later)
    }

    /// Nobody gives the password.
    fn failed_install(&self) -> Result<String> {
        let package = self.it.room.join("not-a-package");
        fs::write(&package, "!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n")?;
        self.offer(NEW, &fs::read(&package)?, &self.key.sign(&package, NEW)?);
        let updating = self.asked_and_answered("Return")?;
        self.ended(updating, Outcome::Failed)?;
        self.told("update_failed")
    }

    fn installs_signed(&self) -> Result<String> {
        self.offer_the_new()?;
        let updating = self.asked_and_answered("Return")?;
        let outcome = self.runtime.block_on(updating)?;
        ensure!(outcome == Outcome::Installed, "{outcome:?}");
        let installed = self.it.installed()?;
        ensure!(installed == NEW, "{installed} is installed");
        Ok(format!("from {OLD} to {installed}, by dpkg"))
    }

    fn offer_the_new(&self) -> Result<()> {
        let package = self.it.package(NEW)?;
        self.offer(NEW, &fs::read(&package)?, &self.key.sign(&package, NEW)?);
        Ok(())
    }

    /// The server has a package.
    fn offer(&self, version: &str, package: &[u8], signature: &str) {
        self.announce(version, &format!("{}/package.deb", self.server.uri()), signature);
        let package = ResponseTemplate::new(200).set_body_bytes(package);
        self.runtime.block_on(Mock::given(path("/package.deb")).respond_with(package).mount(&self.server));
    }

    fn announce(&self, version: &str, url: &str, signature: &str) {
        let target = format!("linux-{}-deb", std::env::consts::ARCH);
        let latest = json!({"version": version, "platforms": {target: {"url": url, "signature": signature}}});
        let latest = ResponseTemplate::new(200).set_body_json(latest);
        self.runtime.block_on(async {
            self.server.reset().await;
            Mock::given(path("/latest.json")).respond_with(latest).mount(&self.server).await;
        });
    }

    fn look_for_updates(&self) -> JoinHandle<Outcome> {
        let (app, source) = (self.desktop.app.clone(), self.source.clone());
        self.runtime.spawn(async move { update(&app, &source).await })
    }

    /// The person reads the question and presses a key.
    fn asked_and_answered(&self, key: &str) -> Result<JoinHandle<Outcome>> {
        // First, so that the question does not lose the keyboard to it.
        self.desktop.launcher()?.activate()?;
        let launcher = hand::active_window()?;
        let updating = self.look_for_updates();
        until("the question", || Ok(hand::active_other_than(&launcher)))?;
        hand::picture(&self.desktop.screenshots.join("update-question.png"))?;
        hand::press(key)?;
        until("the question to go", || {
            Ok((hand::active_window().is_ok_and(|now| now == launcher)).then_some(()))
        })?;
        Ok(updating)
    }

    /// Nothing is offered to the person, and the old version goes on.
    fn ends_with(&self, wanted: Outcome) -> Result<String> {
        self.ended(self.look_for_updates(), wanted)
    }

    fn ended(&self, updating: JoinHandle<Outcome>, wanted: Outcome) -> Result<String> {
        let outcome = self.runtime.block_on(updating)?;
        ensure!(outcome == wanted, "{outcome:?}");
        let installed = self.it.installed()?;
        ensure!(installed == OLD, "{installed} is installed");
        let rows =
            self.desktop.launcher()?.look("document.querySelectorAll('[data-testid=mashup-row]').length")?;
        ensure!(rows.as_u64() > Some(0), "the launcher shows nothing");
        Ok(format!("{outcome:?}, and {installed} goes on"))
    }

    /// The person reads that it was refused.
    fn refused(&self) -> Result<String> {
        self.ends_with(Outcome::Refused)?;
        self.told("update_refused")
    }

    /// The words in the launcher, which the person then puts away.
    fn told(&self, code: &str) -> Result<String> {
        let launcher = self.desktop.launcher()?;
        let selector = format!("[data-testid=problem][data-code={code}]");
        let words = launcher.text(&selector)?;
        self.desktop.picture(&launcher, &format!("{code}.png"))?;
        self.desktop.desk.dismiss_notice();
        launcher.until("the words to go", &format!("!document.querySelector('{selector}')"))?;
        Ok(words.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Whether this process is that program.
pub(super) fn is_a_deb() -> bool {
    std::env::var_os(ROOM).is_some()
}

/// Plays this part in a program that takes itself for one that a package has
/// installed, and tells what it checked.
pub(super) fn play_as_a_deb(report: &mut Report, screenshots: &Path) -> Result<()> {
    let room = TempDir::new()?;
    let mut program = fs::read(std::env::current_exe()?)?;
    let marks: Vec<usize> =
        (0..program.len() - DEB.len()).filter(|at| program[*at..].starts_with(UNKNOWN)).collect();
    ensure!(!marks.is_empty(), "this program does not say what installed it");
    for at in marks {
        program[at..at + DEB.len()].copy_from_slice(DEB);
    }
    let deb = executable(&room.path().join("story"), program)?;
    let pkexec = format!(
        "#!/bin/sh\nset -e\nshift\nexec dpkg --root='{}' --log=/dev/null --force-depends \"$@\" >&2\n",
        room.path().join("root").display()
    );
    fs::create_dir_all(room.path().join("bin"))?;
    executable(&room.path().join("bin/pkexec"), pkexec)?;
    for folder in ["root/var/lib/dpkg/info", "root/var/lib/dpkg/updates", "person"] {
        fs::create_dir_all(room.path().join(folder))?;
    }
    fs::write(room.path().join("root/var/lib/dpkg/status"), "")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let played = Command::new(deb)
        .args(["--story", "it", "--json", "--screenshots"])
        .arg(screenshots)
        .env("PATH", format!("{}:{path}", room.path().join("bin").display()))
        .env(ROOM, room.path())
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8(played.stdout)?;
    let checks: Vec<Value> = said.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(!checks.is_empty(), "updates ended with {}", played.status);
    for check in checks {
        if let (Some(name), Some(detail)) = (check["check"].as_str(), check["detail"].as_str()) {
            report.check(name, || match &check["ok"] {
                Value::Bool(true) => Ok(detail.to_owned()),
                _ => Err(anyhow!("{detail}")),
            });
        }
    }
    Ok(())
}

fn executable(file: &Path, content: impl AsRef<[u8]>) -> Result<PathBuf> {
    fs::write(file, content)?;
    fs::set_permissions(file, Permissions::from_mode(0o755))?;
    Ok(file.to_owned())
}

/// Who makes and signs packages.
struct It {
    room: PathBuf,
}

/// A key of theirs.
struct Key {
    file: PathBuf,
}

impl It {
    fn key(&self, name: &str) -> Result<Key> {
        let file = self.room.join(name);
        tauri(&["signer", "generate", "--ci", "--password", "", "--write-keys"], &file)?;
        Ok(Key { file })
    }

    /// A package of a version; what it installs is not the point here.
    fn package(&self, version: &str) -> Result<PathBuf> {
        let tree = self.room.join(format!("tree-{version}"));
        fs::create_dir_all(tree.join("usr/bin"))?;
        fs::create_dir_all(tree.join("DEBIAN"))?;
        executable(&tree.join("usr/bin/mashdesk"), format!("#!/bin/sh\necho mashdesk {version}\n"))?;
        let control = format!(
            "Package: mashdesk\nVersion: {version}\nArchitecture: all\nMaintainer: IT <it@example.com>\n\
             Description: one version of it\n"
        );
        fs::write(tree.join("DEBIAN/control"), control)?;
        let file = self.room.join(format!("mashdesk-{version}.deb"));
        said(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(tree).arg(&file))?;
        Ok(file)
    }

    fn install(&self, package: &Path) -> Result<()> {
        said(Command::new("pkexec").args(["dpkg", "-i"]).arg(package))?;
        Ok(())
    }

    /// What is installed, as it says itself.
    fn installed(&self) -> Result<String> {
        let said = said(&mut Command::new(self.room.join("root/usr/bin/mashdesk")))?;
        Ok(said.trim().trim_start_matches("mashdesk ").to_owned())
    }
}

impl Key {
    fn public(&self) -> Result<String> {
        Ok(fs::read_to_string(self.file.with_extension("pub"))?.trim().to_owned())
    }

    /// Signs a package as one of a version.
    fn sign(&self, package: &Path, version: &str) -> Result<String> {
        let key = self.file.display().to_string();
        tauri(
            &["signer", "sign", "--private-key-path", &key, "--password", "", "--app-version", version],
            package,
        )?;
        Ok(fs::read_to_string(format!("{}.sig", package.display()))?.trim().to_owned())
    }
}

/// Tauri's own CLI.
fn tauri(arguments: &[&str], file: &Path) -> Result<()> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/.bin/tauri");
    said(Command::new(program).args(arguments).arg(file))?;
    Ok(())
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {complaint}");
    Ok(String::from_utf8(output.stdout)?)
}
