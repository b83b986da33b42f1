//! The attacks that the page makes and judges by itself: ways to the shell, this
//! machine's files, another window's store, bad certificates, permissions.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use mashdesk_core::Connection;
use mashdesk_lab::adversary::Attempt;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use serde_json::{Value, json};
use tauri::Manager;
use webkit2gtk::{SettingsExt, WebViewExt};

use super::{Outcome, Refused, Story, Through};
use crate::desktop::{Page, until, until_within};
use crate::report::Report;

#[path = "../../../src-tauri/src/commands/names.rs"]
mod names;

/// Commands that would end the story, or ask the person something, where nothing
/// holds a page back.
const DESTRUCTIVE: &[&str] = &[
    "sign_out",
    "sign_in_with_browser",
    "sign_in_with_website",
    "close_all_windows",
    "cancel_sign_in",
    "open_support",
    "open_token_help",
    "refresh_catalog",
    "check_isolation",
    "choose_download_folder",
    "save_support_bundle",
];
/// Tauri's own commands, and those of its plugins that apps like to have.
const PLUGINS: &[&str] = &[
    "app|version",
    "app|name",
    "app|app_hide",
    "event|emit",
    "event|emit_to",
    "event|listen",
    "image|new",
    "menu|new",
    "path|resolve_directory",
    "path|resolve",
    "resources|close",
    "tray|new",
    "webview|create_webview",
    "webview|create_webview_window",
    "webview|get_all_webviews",
    "window|create",
    "window|get_all_windows",
    "window|set_title",
    "window|title",
    "window|set_fullscreen",
    "opener|open_url",
    "opener|open_path",
    "opener|reveal_item_in_dir",
    "fs|read_text_file",
    "shell|execute",
    "http|fetch",
    "dialog|open",
    "clipboard-manager|read_text",
    "process|exit",
    "updater|check",
];
/// Where the page's code runs.
const ROLES: &[&str] =
    &["page", "frame", "foreign_frame", "worker", "shared_worker", "service_worker", "popup"];

/// What the victim keeps, and what is heard there.
struct Victim {
    page: Page,
}

impl Story {
    pub(super) fn told_by_the_page(&self, report: &mut Report) -> Result<()> {
        let (hostile, good) = (self.app(1)?, self.app(0)?);
        // In one store the last session would be everybody's: the victim's.
        let (window, page) = self.open(hostile, "idle")?;
        let (_, victim) = self.open(good, "victim")?;
        let planted = victim.until("the victim's canaries", "self.planted")?;
        eprintln!("the victim keeps {planted}");
        let victim = Victim { page: victim };
        self.adversary.configure(self.config(&planted)?);

        self.turn(hostile, &page, "page")?;
        for &role in ROLES {
            self.wait_for_end(role, || self.words(window).is_none())?;
        }
        self.desktop.app.run_on_main_thread(|| {
            gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD).set_text("copied elsewhere");
        })?;
        self.at_clicks(&page)?;
        self.judge(report, &victim, |attempt| attempt.role != "sign_in")?;
        self.attack(report, "ipc.no_trace", || {
            let marked = self.marked();
            Ok(Outcome::through_if(!marked.is_empty(), format!("marks in the settings: {marked:?}")))
        });
        if let Some(window) = self.showing(hostile) {
            self.close_opened(window)?;
        }
        Ok(())
    }

    /// The same page where the website's sign-in should be.
    pub(super) fn sign_in_window(&self, report: &mut Report) -> Result<()> {
        let near = self.adversary.near();
        self.adversary.configure(self.config(&Value::Null)?);
        let hostile = format!("{near}/adversary.html?role=sign_in&foreign={near}");
        let _fault = self.lab.faults.strike(Side::Website, "/sign-in/app", 1, Fault::Redirect(hostile));
        let desk = self.desktop.desk.clone();
        until("the website's ways to sign in", || {
            Ok(matches!(desk.connection(), Connection::Ready(_)).then_some(()))
        })?;
        let signing_in = self.runtime.spawn({
            let desk = desk.clone();
            async move { desk.sign_in_with_website().await }
        });
        self.wait_for_end("sign_in", || !signing_in.is_finished())?;
        let none = Victim { page: self.desktop.launcher()? };
        self.judge(report, &none, |attempt| attempt.role == "sign_in")?;
        desk.cancel_sign_in();
        signing_in.abort();
        until("the sign-in window to go", || {
            let mut open = self.desktop.app.webview_windows().into_keys();
            Ok((!open.any(|label| label.starts_with("sign-in"))).then_some(()))
        })
    }

    /// What a page may only try at a click: a click each.
    fn at_clicks(&self, page: &Page) -> Result<()> {
        // Made-up devices, so that there is something to ask for.
        page.window.with_webview(|webview| {
            if let Some(settings) = WebViewExt::settings(&webview.inner()) {
                settings.set_enable_media_stream(true);
                settings.set_enable_mock_capture_devices(true);
            }
        })?;
        let told = || self.adversary.attempts().iter().filter(|told| told.role == "gesture").count();
        let attacks = page.look("adversary.left()")?.as_u64().context("a number")?;
        for made in 1..=usize::try_from(attacks)? {
            page.click("#go")?;
            until("the attack", || Ok((told() >= made).then_some(())))?;
        }
        Ok(())
    }

    /// Waits for the last attack of a role, while its window is there.
    fn wait_for_end(&self, role: &str, there: impl Fn() -> bool) -> Result<()> {
        const LONG: std::time::Duration = std::time::Duration::from_secs(240);
        let last = || {
            let told = self.adversary.attempts();
            let last = told.iter().rev().find(|told| told.role == role);
            last.map_or("none".to_owned(), |told| told.attack.clone())
        };
        until_within(LONG, &format!("the attacks of {role}"), || {
            let ended = last() == "end";
            ensure!(ended || there(), "the page is gone; its last attack was {}", last());
            Ok(ended.then_some(()))
        })
        .with_context(|| format!("the last attack was {}", last()))
    }

    fn judge(&self, report: &mut Report, victim: &Victim, wanted: impl Fn(&Attempt) -> bool) -> Result<()> {
        let told = self.adversary.attempts();
        for attempt in told.iter().filter(|attempt| attempt.outcome != "end" && wanted(attempt)) {
            let Attempt { role, attack, outcome, detail } = attempt;
            let name = format!("{role}.{attack}");
            match outcome.as_str() {
                "missing" => eprintln!("not attempted: {name}: {detail}"),
                "refused" => self.attack(report, &name, || Ok(Refused(detail.clone()))),
                "through" => self.attack(report, &name, || Ok(Through(detail.clone()))),
                "posted" => self.attack(report, &name, || self.came_of(attack, detail, victim)),
                other => bail!("{name}: what is {other}?"),
            }
        }
        Ok(())
    }

    /// What became of something that the page itself cannot see the end of.
    fn came_of(&self, attack: &str, marker: &str, victim: &Victim) -> Result<Outcome> {
        if attack.starts_with("ipc.") {
            let marked = self.marked().iter().any(|marked| marked == marker);
            return Ok(Outcome::through_if(marked, format!("posted; {} in the settings", is(marked))));
        }
        if let Some(flaw) = attack.strip_prefix("tls.frame.") {
            let hit = self.adversary.was_hit(&format!("tls-frame-{flaw}"));
            return Ok(Outcome::through_if(hit, format!("the server was {} asked for the page", is(hit))));
        }
        let heard = match attack {
            "store.broadcast.speak" => "heard",
            "store.storage_event.write" => "stored",
            _ => bail!("nobody knows how to tell"),
        };
        let heard = victim.page.look(&format!("self.{heard}"))?;
        let reached = heard.as_array().context("what the victim heard")?.iter().any(|word| word == marker);
        Ok(Outcome::through_if(reached, format!("sent; the victim has {} heard it", is(reached))))
    }

    /// The favourites, of which Ana has none.
    fn marked(&self) -> Vec<String> {
        self.desktop.desk.used().favourites
    }

    fn config(&self, planted: &Value) -> Result<Value> {
        let (secret, picture, style) =
            (self.folder.join("secret.txt"), self.folder.join("picture.svg"), self.folder.join("style.css"));
        fs::write(&secret, "a secret on this machine")?;
        fs::write(&picture, r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>"#)?;
        fs::write(&style, "body { color: red }")?;
        let commands =
            names::COMMANDS.iter().filter(|name| !(self.unprotected && DESTRUCTIVE.contains(name)));
        let commands: Vec<String> = commands.map(|name| format!("plugin:mashdesk|{name}")).collect();
        let destructive = ["process|exit", "window|set_fullscreen", "app|app_hide"];
        let plugins = PLUGINS.iter().filter(|name| !(self.unprotected && destructive.contains(name)));
        let plugins: Vec<String> = plugins.map(|name| format!("plugin:{name}")).collect();
        let good = self.app(0)?;
        let qlik = self.lab.qlik.proxy_url();
        let prefix = self.lab.qlik.virtual_proxy();
        let image = good.images().next().context("an image")?;
        Ok(json!({
            "commands": commands,
            "plugins": plugins,
            "secret": secret,
            "picture": picture,
            "style": style,
            "tls": self.adversary.tls(),
            "planted": planted["planted"],
            "blob": planted["blob"],
            "victim": good.mashup,
            "victim_user": good.id,
            "victim_image": format!("{qlik}{prefix}/content/{}/{image}", good.library),
            "user_url": format!("{qlik}{prefix}/qps/user"),
        }))
    }
}

fn is(so: bool) -> &'static str {
    if so { "now" } else { "not" }
}
