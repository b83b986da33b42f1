//! Signing in: the real app, the lab's real provider, the system's real keyring.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use mashdesk::Keyring;
use mashdesk::store::Stores;
use mashdesk_core::sessions::State;
use mashdesk_core::{Account, Connection, Error, Host, MashupId, TokenStore};
use mashdesk_lab::Lab;
use mashdesk_lab::browser::Browser;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::website::SignInSpoil;
use tauri::Manager;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use url::Url;

use crate::child::Computer;
use crate::desktop::{self, Desktop, Page, Start, until};
use crate::hand;
use crate::report::Report;

const PERSON: &str = "ana";

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    let browser = FakeBrowser::install(scratch.path())?;
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options::default()))?;
    let start = Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| {
        let story = Story { lab, desktop, runtime, browser };
        story.tell(report)
    })
}

/// What the system opens addresses with: it writes them down.
struct FakeBrowser {
    opened: PathBuf,
}

impl FakeBrowser {
    fn install(folder: &Path) -> Result<Self> {
        let opened = folder.join("opened");
        let program = folder.join("xdg-open");
        fs::write(&program, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", opened.display()))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let mut path = OsString::from(folder);
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        // SAFETY: the story has just begun, and this is its only thread.
        unsafe { env::set_var("PATH", path) };
        Ok(Self { opened })
    }

    /// The address that it was sent to, once.
    fn sent_to(&self) -> Result<Url> {
        let url = until("a page in the browser", || {
            let text = fs::read_to_string(&self.opened).unwrap_or_default();
            Ok(Url::parse(&text).ok())
        })?;
        fs::remove_file(&self.opened)?;
        Ok(url)
    }
}

struct Story {
    lab: Lab,
    desktop: Desktop,
    runtime: Runtime,
    browser: FakeBrowser,
}

type SigningIn = JoinHandle<mashdesk_core::Result<()>>;

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        until("the website", || {
            let (connection, account) = (self.desktop.desk.connection(), self.account());
            let there =
                matches!(connection, Connection::Ready(_)) && matches!(account, Account::SignedOut(_));
            Ok(there.then_some(()))
        })?;
        report.check("web.closed_is_no_failure", || self.closed());
        report.check("web.signs_in", || self.signs_in_with_website());
        report.check("web.cookie_confined", || self.cookie_confined());
        report.check("signout.all_gone", || self.signs_out());
        report.check("oidc.state_checked", || self.state_checked());
        report.check("oidc.signs_in", || self.signs_in_with_browser());
        report.check("oidc.refreshes", || self.refreshes());
        report.check("oidc.signout_revokes", || {
            self.signs_out()?;
            ensure!(self.asked("/oidc/revoke") == 1, "nothing was revoked");
            Ok("the provider was told".to_owned())
        });
        report.check("command.signs_in_and_out", || self.command_line());
        Ok(report.end())
    }

    /// The person thinks better of it.
    fn closed(&self) -> Result<String> {
        let (signing_in, page) = self.open_page()?;
        page.until("the form", "document.querySelector('input[name=name]')")?;
        page.window.close()?;
        self.end(signing_in)??;
        ensure!(matches!(self.desktop.desk.account(), Account::SignedOut(None)), "{:?}", self.account());
        Ok("nobody is signed in, and nothing is said".to_owned())
    }

    fn signs_in_with_website(&self) -> Result<String> {
        let (signing_in, page) = self.open_page()?;
        page.until("the form", "document.querySelector('input[name=name]')")?;
        let reachable =
            page.look("[typeof __TAURI_INTERNALS__, typeof window.webkit?.messageHandlers?.ipc].join()")?;
        ensure!(reachable == "undefined,undefined", "the page reaches the shell: {reachable}");
        ensure!(page.window.title()? == "Acme Analytics", "{}", page.window.title()?);
        page.click("input[name=name]")?;
        hand::write(PERSON)?;
        page.click("input[name=password]")?;
        hand::write(&self.password()?)?;
        self.desktop.picture(&page, "sign-in-window.png")?;
        hand::press("Return")?;
        self.end(signing_in)??;
        let name = self.signed_in()?;
        ensure!(self.asked("/sign-in/done") == 0, "the done page was loaded");
        let stays = self.desktop.app.webview_windows().into_keys().any(|label| label.starts_with("sign-in-"));
        ensure!(!stays, "the sign-in window stays");
        Ok(format!("signed in as {name}"))
    }

    /// Neither the launcher nor a mashup knows the cookie of the sign-in page.
    fn cookie_confined(&self) -> Result<String> {
        let desk = &self.desktop.desk;
        let window = desk.open(&MashupId::parse("m001")?)?;
        until("the mashup", || {
            Ok(desk.window(window).filter(|session| session.state == State::Live).map(drop))
        })?;
        let cookies = self.runtime.block_on(desk.host().cookies(window))?;
        let names: Vec<_> = cookies.iter().map(|cookie| cookie.name.clone()).collect();
        ensure!(!names.iter().any(|name| name == "website_session"), "{names:?}");
        let launcher = self.desktop.launcher()?.window.cookies()?;
        ensure!(launcher.is_empty(), "the launcher has {} cookies", launcher.len());
        Ok(format!("the mashup's store has {}", names.join(", ")))
    }

    fn signs_out(&self) -> Result<String> {
        let desk = &self.desktop.desk;
        self.runtime.block_on(desk.sign_out())?;
        ensure!(desk.windows().is_empty(), "a window stays");
        let rests = Keyring.load(self.lab.website.url().as_str())?;
        ensure!(rests.is_none(), "the keyring still has it");
        ensure!(matches!(desk.account(), Account::SignedOut(None)), "{:?}", self.account());
        Ok("no window, no entry in the keyring".to_owned())
    }

    fn state_checked(&self) -> Result<String> {
        self.lab.website.spoil_sign_in(SignInSpoil::WrongState, 1);
        let before = self.asked("/oidc/token");
        let (signing_in, page) = self.allow_in_browser()?;
        match self.end(signing_in)? {
            Err(Error::SignInState { host }) => {
                ensure!(self.asked("/oidc/token") == before, "the code was used all the same");
                ensure!(!page.contains("<script"), "{page}");
                Ok(format!("what came from {host} was not used"))
            }
            other => bail!("{other:?}"),
        }
    }

    fn signs_in_with_browser(&self) -> Result<String> {
        let (signing_in, page) = self.allow_in_browser()?;
        ensure!(page.contains("Mashdesk"), "{page}");
        self.end(signing_in)??;
        let name = self.signed_in()?;
        let rests = Keyring.load(self.lab.website.url().as_str())?.context("nothing in the keyring")?;
        ensure!(rests.expose().starts_with(r#"{"kind":"oidc""#), "another entry");
        Ok(format!("signed in as {name}; the keyring has {} characters", rests.expose().len()))
    }

    fn refreshes(&self) -> Result<String> {
        let before = self.asked("/oidc/token");
        self.lab.website.void_access_tokens();
        self.runtime.block_on(self.desktop.desk.refresh_catalog())?;
        ensure!(self.asked("/oidc/token") == before + 1, "{} renewals", self.asked("/oidc/token") - before);
        self.signed_in()
    }

    /// The real program, without a display.
    fn command_line(&self) -> Result<String> {
        let computer = Computer::bare(&self.lab)?;
        let refused = computer.run("sign-in", "nonsense\n")?;
        ensure!(!refused.status.success() && !refused.stderr.is_empty(), "{refused:?}");
        let token = self.lab.website.app_token(PERSON).context("a token")?;
        let done = computer.run("sign-in", &format!("{token}\n"))?;
        ensure!(done.status.success(), "{done:?}");
        let said = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        ensure!(said.contains("Ana Ruiz") && !said.contains(&token), "{said}");
        ensure!(Keyring.load(self.lab.website.url().as_str())?.is_some(), "nothing in the keyring");
        let out = computer.run("sign-out", "")?;
        ensure!(out.status.success(), "{out:?}");
        ensure!(Keyring.load(self.lab.website.url().as_str())?.is_none(), "the keyring still has it");
        Ok(said)
    }

    fn open_page(&self) -> Result<(SigningIn, Page)> {
        let desk = Arc::clone(&self.desktop.desk);
        let signing_in = self.runtime.spawn(async move { desk.sign_in_with_website().await });
        Ok((signing_in, self.desktop.sign_in_window()?))
    }

    /// Signs in as a person does, and presses Allow; answers what the browser shows.
    fn allow_in_browser(&self) -> Result<(SigningIn, String)> {
        let desk = Arc::clone(&self.desktop.desk);
        let signing_in = self.runtime.spawn(async move { desk.sign_in_with_browser().await });
        let question = self.browser.sent_to()?;
        let page = self.runtime.block_on(async {
            let mut browser = Browser::of(&self.lab, PERSON)?;
            let back = browser.answer(&question, "allow").await?;
            anyhow::Ok(browser.get(&back).await?.text().await?)
        })?;
        Ok((signing_in, page))
    }

    fn end(&self, signing_in: SigningIn) -> Result<mashdesk_core::Result<()>> {
        let ended = self.runtime.block_on(async {
            tokio::time::timeout(desktop::PATIENCE, signing_in).await.context("signing in does not end")
        })?;
        Ok(ended?)
    }

    fn signed_in(&self) -> Result<String> {
        match self.desktop.desk.account() {
            Account::SignedIn { name, remembered: true, .. } => Ok(name),
            other => bail!("{other:?}"),
        }
    }

    fn account(&self) -> Account {
        self.desktop.desk.account()
    }

    fn password(&self) -> Result<String> {
        let person = self.lab.website.people().into_iter().find(|person| person.name == PERSON);
        Ok(person.context("Ana")?.password)
    }

    /// How often the website was asked for what has this in its path.
    fn asked(&self, path: &str) -> usize {
        let entries = self.lab.journal.entries();
        entries.iter().filter(|entry| entry.side == Side::Website && entry.uri.contains(path)).count()
    }
}
