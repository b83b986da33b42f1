//! The main job: Ana opens A1, then A2, and both go on working: selections,
//! images that are first asked for now, and exports in the three ways that
//! mashups use.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use calamine::Reader;
use mashdesk::store::Stores;
use mashdesk_core::{MashupId, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{Attributes, Identity};
use mashdesk_lab::website::{Rule, SubjectKind};
use reqwest::{Client, StatusCode, redirect};
use tauri::{Manager, WebviewWindow};
use tokio::runtime::Runtime;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use crate::child::Computer;
use crate::desktop::{self, Desktop, Page, Start, until};
use crate::driven::Driven;
use crate::hand::{self, Place};
use crate::log::Log;
use crate::notifications::Notifications;
use crate::report::Report;

const PERSON: &str = "ana";

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let log = Log::keep(LevelFilter::TRACE);
    let runtime = Runtime::new()?;
    let options = Options::default();
    let lab = runtime.block_on(Lab::start(options.clone()))?;
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| {
        let story = Story { lab, options, desktop, runtime, log };
        story.tell(report)
    })
}

struct Story {
    lab: Lab,
    options: Options,
    desktop: Desktop,
    runtime: Runtime,
    log: Log,
}

/// A mashup that the story opens, and its window.
struct Opened<'a> {
    app: &'a App,
    window: WindowId,
    page: Page,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        let bystander = self.runtime.block_on(Bystander::arrive(self))?;
        let token = self.lab.website.app_token(PERSON).context("a token for Ana")?;
        self.desktop.sign_in(&token)?;

        let apps: Vec<&App> = self.lab.apps.iter().take(3).collect();
        let [a1, a2, denied] = apps[..] else { bail!("the lab has too few apps") };
        let a1 = self.open(&mut report, "a1.opens", a1)?;
        let a2 = self.open(&mut report, "a2.opens", a2)?;
        for (name, opened) in [("a1", &a1), ("a2", &a2)] {
            report.check(&format!("{name}.selects"), || selects(&opened.page));
            report.check(&format!("{name}.image"), || self.image(opened));
            for (way, button) in [
                ("window_open", "#export-window-open"),
                ("link", "#export-link"),
                ("location", "#export-location"),
            ] {
                report.check(&format!("{name}.export.{way}"), || self.export(opened, button));
            }
        }
        self.desktop.picture(&a1.page, "a1.png")?;
        self.desktop.picture(&a2.page, "a2.png")?;
        self.side_by_side(&a1.page, &a2.page)?;

        report.check("stores.distinct", || self.stores_distinct(&[&a1, &a2]));
        report.check("ticket.once", || self.runtime.block_on(self.ticket_once()));
        report.check("ticket.bound", || self.runtime.block_on(self.ticket_bound(a1.app, a2.app)));
        self.denied(&mut report, denied)?;
        report.check("popup.store", || self.pop_up(&a1));
        // Hosted on Qlik, a page has no content security policy that would
        // refuse in the shell's stead.
        let bare = self.lab.apps.iter().find(|app| app.hosted_on_qlik).context("no mashup on Qlik")?;
        let window = self.desktop.open(&bare.mashup, &bare.title)?;
        self.desktop.shown_as(window, "live")?;
        let bare = self.desktop.mashup(window)?;
        report.check("ipc.closed", || {
            self.ipc_closed(&a1.page)?;
            self.ipc_closed(&bare)
        });
        report.check("ticket.hidden", || self.ticket_hidden(&[&a1, &a2]));
        report.check("others.untouched", || self.runtime.block_on(bystander.still_works(self)));
        report.check("double_click.one_window", || self.double_click());

        let launcher = self.desktop.launcher()?;
        launcher.clear("[data-testid=search]")?;
        launcher.until("an empty search", "!document.querySelector('[data-testid=search]').value")?;
        self.desktop.picture(&launcher, "launcher.png")?;
        report.check("export.notified", || self.notified(&a1));
        report.check("asked.in_front", || self.asked_from_outside(a2.app));
        Ok(report.end())
    }

    /// Another person's Mashdesk is started by a link: the mashup is what they look
    /// at, and the launcher, which comes after it, knows of it.
    fn asked_from_outside(&self, app: &App) -> Result<String> {
        let computer = Computer::of(&self.lab, PERSON)?;
        let launcher = Driven::launcher(&computer, &["open", &app.mashup], self.runtime.handle())?;
        launcher.is_there("[data-testid=window-row][data-state=live]")?;
        // None is, while one hands the keyboard to the next.
        let title = until("a window in front", || Ok(hand::active_title().ok()))?;
        ensure!(title.starts_with(&app.title), "{title} is in front");
        let hidden = launcher.look("document.visibilityState")?;
        ensure!(hidden == "hidden", "the launcher is {hidden}");
        Ok("the mashup is in front, and the launcher minimised".to_owned())
    }

    /// Who is used to opening files clicks twice.
    fn double_click(&self) -> Result<String> {
        let app = self.lab.apps.iter().skip(3).find(|app| !app.hosted_on_qlik).context("too few apps")?;
        let window = self.desktop.open_twice(&app.mashup, &app.title)?;
        self.desktop.shown_as(window, "live")?;
        let mashup = MashupId::parse(&app.mashup)?;
        let windows = self.desktop.desk.windows();
        let opened = windows.iter().filter(|(_, session)| session.mashup == mashup).count();
        ensure!(opened == 1, "{opened} windows of {}", app.title);
        Ok(format!("one window of {}", app.title))
    }

    /// As the analysts have them.
    fn side_by_side(&self, left: &Page, right: &Page) -> Result<()> {
        for (page, x) in [(left, 10), (right, 970)] {
            hand::put(&page.window.title()?, Place { x, y: 30, width: 930, height: 780 })?;
            page.activate()?;
        }
        let both = Place { x: 0, y: 20, width: 1910, height: 830 };
        hand::picture_of(both, &self.desktop.screenshots.join("side-by-side.png"))
    }

    fn open<'a>(&self, report: &mut Report, check: &str, app: &'a App) -> Result<Opened<'a>> {
        let window = self.desktop.open(&app.mashup, &app.title)?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        report.check(check, || {
            let state = page.until(
                "the engine",
                "['ready', 'lost', 'failed'].find((s) => s === document.documentElement.dataset.state)",
            )?;
            ensure!(state == "ready", "{state}: {}", page.look("document.documentElement.dataset.error")?);
            let title = page.data("app")?;
            ensure!(title == app.title, "the engine opened {title}");
            ensure!(page.window.is_visible()?, "its window is hidden");
            Ok(format!("{title} in a window of its own"))
        });
        Ok(Opened { app, window, page })
    }

    fn image(&self, opened: &Opened<'_>) -> Result<String> {
        let page = &opened.page;
        page.click("#load-image")?;
        let state = page.until(
            "the image",
            "['loaded', 'failed'].find((state) => state === document.querySelector('#image').dataset.state)",
        )?;
        let path = format!("/content/{}/", opened.app.library);
        let entries = self.lab.journal.entries();
        let asked =
            entries.iter().rev().find(|entry| entry.uri.contains(&path)).context("Qlik was not asked")?;
        let told =
            format!("{} as {}: {}", asked.uri, asked.identity.as_deref().unwrap_or("nobody"), asked.status);
        ensure!(state == "loaded", "{told}");
        Ok(told)
    }

    fn export(&self, opened: &Opened<'_>, button: &str) -> Result<String> {
        let file = self.desktop.export(&opened.page, button)?;
        let content = content_of(&file)?;
        let others = self.lab.apps.iter().filter(|app| app.id != opened.app.id);
        ensure!(content.contains(&opened.app.title), "{} is not of {}", file.display(), opened.app.title);
        for other in others {
            ensure!(!content.contains(&other.title), "{} is of {}", file.display(), other.title);
        }
        ensure!(opened.page.data("state")? == "ready", "the mashup was left");
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(format!("{name}, {} bytes, of {}", fs::metadata(&file)?.len(), opened.app.title))
    }

    /// Somebody who has put all windows aside hears of an export that ends.
    fn notified(&self, opened: &Opened<'_>) -> Result<String> {
        let heard = Notifications::listen()?;
        for window in self.desktop.app.webview_windows().values() {
            window.minimize()?;
        }
        until("all windows to go", || {
            let mut windows = self.desktop.app.webview_windows().into_values();
            Ok((!windows.any(|window| window.is_focused().unwrap_or(true))).then_some(()))
        })?;
        opened.page.look("document.querySelector('#export-link').click()")?;
        let said = heard.with(&format!("{}: ", opened.app.title))?;
        Ok(said.trim().to_owned())
    }

    fn stores_distinct(&self, opened: &[&Opened<'_>]) -> Result<String> {
        let name = self.lab.qlik.session_cookie_name();
        let mut told = Vec::new();
        for Opened { app, page, .. } in opened {
            let held = session_cookies(&page.window, &name)?;
            ensure!(held.len() == 1, "the store of {} holds {} session cookies", app.title, held.len());
            let sessions = self.lab.qlik.sessions();
            let session = sessions
                .iter()
                .find(|session| session.id == held[0])
                .context("Qlik knows no such session")?;
            let own = self.identity(app);
            ensure!(
                session.identity == own,
                "the store of {} holds a session of {}",
                app.title,
                session.identity
            );
            told.push(format!("{}: one, of {own}", app.title));
        }
        Ok(told.join("; "))
    }

    async fn ticket_once(&self) -> Result<String> {
        let tickets = self.lab.qlik.tickets();
        ensure!(!tickets.is_empty(), "no ticket was asked for");
        let client = client()?;
        for ticket in &tickets {
            ensure!(
                ticket.redeemed == 1,
                "a ticket of {} was redeemed {} times",
                ticket.identity,
                ticket.redeemed
            );
            let answer = client.get(self.redeem_url(&ticket.ticket)?).send().await?;
            let signed_in = answer.headers().contains_key("set-cookie");
            ensure!(
                answer.status() == StatusCode::FOUND && !signed_in,
                "a second use was answered {}",
                answer.status()
            );
        }
        Ok(format!("{} tickets, each redeemed once; a second use was sent to the login page", tickets.len()))
    }

    async fn ticket_bound(&self, a1: &App, a2: &App) -> Result<String> {
        let ticket = self.lab.qlik.issue_ticket(&self.identity(a1), Attributes::default());
        let client = client()?;
        let redeemed = client.get(self.redeem_url(&ticket)?).send().await?;
        let cookie = redeemed.headers().get("set-cookie").context("no session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut told = Vec::new();
        for (app, wanted) in [(a1, StatusCode::OK), (a2, StatusCode::FORBIDDEN)] {
            let answer = client.get(self.image_url(app)?).header("cookie", &cookie).send().await?;
            ensure!(answer.status() == wanted, "an image of {} was answered {}", app.title, answer.status());
            told.push(format!("{}: {}", app.title, answer.status().as_u16()));
        }
        Ok(format!("with a ticket for {}: {}", a1.title, told.join(", ")))
    }

    /// Access is withdrawn after the catalog was shown: the website says why,
    /// and Qlik is not even asked.
    fn denied(&self, report: &mut Report, app: &App) -> Result<()> {
        let rule = Rule::new(SubjectKind::User, PERSON, &app.mashup);
        ensure!(self.lab.website.permissions().revoke(&rule)?, "Ana had no access to {}", app.title);
        let asked = |lab: &Lab| lab.journal.entries().iter().filter(|entry| entry.side == Side::Qps).count();
        let before = asked(&self.lab);
        // The catalog follows at once, so it is opened as `mashdesk open` does.
        let launcher = self.desktop.launcher()?;
        launcher.clear("[data-testid=search]")?;
        launcher.until(
            "the catalog to follow",
            &format!(
                "document.querySelector('[data-testid=catalog-count]')?.textContent.startsWith('{} ')",
                self.lab.apps.len() - 1
            ),
        )?;
        let window = self.desktop.desk.open(&MashupId::parse(&app.mashup)?)?;
        self.desktop.shown_as(window, "failed")?;
        let page = self.desktop.mashup(window)?;
        report.check("denied.message", || {
            page.until("the words", "document.querySelector('main[data-code=not_authorised]')")?;
            let advice = page.text("#advice")?;
            ensure!(advice.contains(&app.title), "the window says: {advice}");
            let title = page.text("h1")?;
            ensure!(title.contains(&app.title), "the window is called: {title}");
            Ok(advice)
        });
        report.check("denied.no_ticket", || {
            let after = asked(&self.lab);
            ensure!(after == before, "QPS was asked {} times", after - before);
            Ok(format!("QPS was asked {before} times before, {after} times after"))
        });
        self.desktop.picture(&page, "denied.png")
    }

    fn pop_up(&self, opened: &Opened<'_>) -> Result<String> {
        opened.page.click("#open-popup")?;
        let pop_up = self.desktop.pop_up(opened.window)?;
        let user = pop_up.data("user")?;
        let own = self.identity(opened.app).user;
        ensure!(user == own, "a window of {} is signed in as {user}", opened.app.title);
        self.desktop.picture(&pop_up, "popup.png")?;
        Ok(format!("{} is signed in as {user}", pop_up.window.title()?))
    }

    /// The launcher has a way to the shell; a mashup's page has none.
    fn ipc_closed(&self, page: &Page) -> Result<String> {
        let ways = "[typeof window.__TAURI_INTERNALS__, typeof window.webkit?.messageHandlers?.ipc].join()";
        let launcher = self.desktop.launcher()?.look(ways)?;
        ensure!(launcher == "object,object", "the launcher itself has no way to the shell: {launcher}");
        let found = page.look(ways)?;
        ensure!(found == "undefined,undefined", "the page has {found}");
        page.look(
            "(() => {
                const command = 'plugin%3Amashdesk%7Csnapshot';
                const ways = ['ipc://localhost/' + command, 'http://ipc.localhost/' + command, 'tauri://localhost/index.html'];
                window.answers = [];
                for (const way of ways) {
                    fetch(way, { method: 'POST', body: '{}', headers: { 'Tauri-Invoke-Key': 'x' } }).then(
                        async (answer) => window.answers.push(way + ': ' + answer.status + ' ' + await answer.text()),
                        () => window.answers.push('refused'),
                    );
                }
            })()",
        )?;
        let answers = page.until("three answers", "window.answers.length === 3 && window.answers.join()")?;
        ensure!(answers == "refused,refused,refused", "{answers}");
        Ok("no scripts, no handler, and three addresses refused".to_owned())
    }

    /// No page, history entry, referrer, log or file saw a ticket or a one-time
    /// code.
    fn ticket_hidden(&self, opened: &[&Opened<'_>]) -> Result<String> {
        let mut places = vec![("the log".to_owned(), self.log.text())];
        let everything = "JSON.stringify([location.href, document.referrer, history.state,
            performance.getEntries().map((entry) => entry.name), document.cookie,
            { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])";
        for Opened { app, page, .. } in opened {
            places.push((format!("the page of {}", app.title), page.look(everything)?.to_string()));
        }
        places.push(("the launcher".to_owned(), self.desktop.launcher()?.look(everything)?.to_string()));
        let entries = self.lab.journal.entries();
        for entry in &entries {
            places
                .push((format!("the referrer of {}", entry.uri), entry.referer.clone().unwrap_or_default()));
        }
        for file in
            files_below(&[dirs("XDG_DATA_HOME"), dirs("XDG_CONFIG_HOME"), dirs("XDG_CACHE_HOME")].concat())
        {
            let content = fs::read(&file).unwrap_or_default();
            places.push((file.display().to_string(), String::from_utf8_lossy(&content).into_owned()));
        }

        let tickets: Vec<String> = self.lab.qlik.tickets().into_iter().map(|ticket| ticket.ticket).collect();
        let codes = entries.iter().filter_map(|entry| Some(entry.uri.split_once("code=")?.1.to_owned()));
        let sessions = self.lab.qlik.sessions().into_iter().map(|session| session.id);
        let secrets: Vec<String> = tickets.iter().cloned().chain(codes).chain(sessions).collect();
        for secret in &secrets {
            let seen = places.iter().find(|(_, text)| text.contains(secret));
            ensure!(seen.is_none(), "seen in {}", seen.map(|(place, _)| place.as_str()).unwrap_or_default());
        }
        let by_pages = entries.iter().filter(|entry| {
            let shell = entry.user_agent.as_deref().is_some_and(|agent| agent.starts_with("Mashdesk/"));
            !shell
                && tickets.iter().any(|ticket| entry.uri.contains(ticket.as_str()))
                && entry.user_agent.is_some()
        });
        ensure!(by_pages.count() == 0, "a page redeemed a ticket");
        Ok(format!("{} secrets in none of {} places", secrets.len(), places.len()))
    }

    fn identity(&self, app: &App) -> Identity {
        Identity::opening(&app.id, PERSON, &self.options)
    }

    fn redeem_url(&self, ticket: &str) -> Result<Url> {
        let mut url = self.proxy("resources/autogenerated/qlik-styles.css")?;
        url.query_pairs_mut().append_pair("qlikTicket", ticket);
        Ok(url)
    }

    fn image_url(&self, app: &App) -> Result<Url> {
        self.proxy(&format!("content/{}/photo-1.png", app.library))
    }

    fn proxy(&self, path: &str) -> Result<Url> {
        Ok(self.lab.qlik.proxy_url().join(&format!("{}/{path}", self.lab.qlik.virtual_proxy()))?)
    }
}

/// Somebody else with a session of a third app, open all along.
struct Bystander {
    client: Client,
    cookie: String,
    image: Url,
}

impl Bystander {
    async fn arrive(story: &Story) -> Result<Self> {
        let app = story.lab.apps.iter().nth(3).context("a fourth app")?;
        let client = client()?;
        let ticket = story.lab.qlik.issue_ticket(&story.identity(app), Attributes::default());
        let answer = client.get(story.redeem_url(&ticket)?).send().await?;
        let cookie = answer.headers().get("set-cookie").context("no session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { client, cookie, image: story.image_url(app)? })
    }

    async fn still_works(&self, story: &Story) -> Result<String> {
        let session = self.cookie.split_once('=').map_or("", |(_, id)| id);
        ensure!(story.lab.qlik.sessions().iter().any(|known| known.id == session), "the session is gone");
        let answer = self.client.get(self.image.clone()).header("cookie", &self.cookie).send().await?;
        ensure!(answer.status() == StatusCode::OK, "an image was answered {}", answer.status());
        Ok(format!("{}: {}", self.image.path(), answer.status().as_u16()))
    }
}

/// Clicks a value and sees the total follow.
fn selects(page: &Page) -> Result<String> {
    let before = page.text("#total")?;
    page.click("#list button.value")?;
    page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
    let after = page.until(
        "the total to follow",
        &format!("(() => {{ const now = document.querySelector('#total').textContent.trim(); return now !== '{before}' && now; }})()"),
    )?;
    Ok(format!("total {before}, then {}", after.as_str().unwrap_or_default()))
}

fn session_cookies(window: &WebviewWindow, name: &str) -> Result<Vec<String>> {
    let cookies = window.cookies()?;
    Ok(cookies
        .into_iter()
        .filter(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
        .collect())
}

/// The text of an exported file, whatever its kind.
fn content_of(file: &Path) -> Result<String> {
    if file.extension().is_some_and(|ending| ending == "xlsx") {
        let mut book = calamine::open_workbook_auto(file)?;
        let sheets = book.worksheets();
        let cells = sheets.iter().flat_map(|(_, range)| range.rows().flatten().map(ToString::to_string));
        return Ok(cells.collect::<Vec<_>>().join("\n"));
    }
    let bytes = fs::read(file)?;
    // Qlik writes CSV in UTF-8, but tab-separated text may be UTF-16.
    if let [0xff, 0xfe, rest @ ..] = &bytes[..] {
        let units: Vec<u16> =
            rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return Ok(String::from_utf16(&units)?);
    }
    Ok(String::from_utf8(bytes)?)
}

fn client() -> Result<Client> {
    Ok(Client::builder().redirect(redirect::Policy::none()).build()?)
}

fn dirs(name: &str) -> Vec<std::path::PathBuf> {
    std::env::var_os(name).map(Into::into).into_iter().collect()
}

fn files_below(folders: &[std::path::PathBuf]) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}
