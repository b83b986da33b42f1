//! The life of a session: it ends, it comes back, it is given back, and the
//! analyst does not notice, or reads one true sentence.

mod again;
mod asleep;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use mashdesk::store::Stores;
use mashdesk_core::sessions::{Signal, State};
use mashdesk_core::{MashupId, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{Identity, SessionRecord, SessionState};
use mashdesk_lab::website::{Rule, SubjectKind};
use tauri::webview::Cookie;
use tokio::runtime::Runtime;

use crate::child::Computer;
use crate::desktop::{self, Desktop, Page, Start, until};
use crate::hand;
use crate::report::Report;

const PERSON: &str = "ana";
/// Longer than any busy machine keeps the app waiting.
const NAP: Duration = Duration::from_secs(12);

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let options = Options { cool_down: 0, ..Options::default() };
    let lab = runtime.block_on(Lab::start(options.clone()))?;
    let scratch = tempfile::tempdir()?;
    let start = Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots);
    desktop::run(start, move |desktop| {
        // The runtime keeps the lab serving.
        let story = Story { lab, options, desktop, _runtime: runtime };
        story.tell(report)
    })
}

struct Story {
    lab: Lab,
    options: Options,
    desktop: Desktop,
    _runtime: Runtime,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        let token = self.lab.website.app_token(PERSON).context("a token for Ana")?;
        self.desktop.sign_in(&token)?;
        self.time_out(&mut report)?;
        self.close(&mut report)?;
        self.quota(&mut report)?;
        self.access(&mut report)?;
        report.check("proxy_restart.all_back", || self.proxy_restart());
        report.check("typing.asked", || self.typing());
        self.asleep(&mut report)?;
        self.again(&mut report)?;
        for (window, _) in self.desktop.desk.windows() {
            self.desktop.desk.close(window)?;
        }
        self.processes(&mut report)?;
        Ok(report.end())
    }

    /// A session times out under a mashup in which something is selected.
    fn time_out(&self, report: &mut Report) -> Result<()> {
        let app = self.app(0)?;
        let (window, page) = self.open(app)?;
        report.check("open.without_code", || {
            let entries = self.lab.journal.entries();
            let codes = entries.iter().filter(|entry| entry.uri.contains("/open?code=")).count();
            ensure!(codes == 0, "{codes} codes were used");
            Ok("the website's cookie came with the ticket".to_owned())
        });
        page.click("#list button.value")?;
        page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
        let selected = page.text("#selections")?;
        let before = self.own_session(window)?;
        let tickets = self.lab.qlik.tickets().len();

        ensure!(self.lab.qlik.time_out_session(&before), "the session could not time out");
        for signal in [Signal::Resumed, Signal::Revisited, Signal::SocketLost, Signal::ExportRefused] {
            // More signs of the same, all at once.
            self.desktop.desk.signal(window, signal);
            self.desktop.desk.signal(window, signal);
        }
        report.check("timeout.renewed", || {
            let after = self.renewed(window, &before)?;
            page.until("the mashup", "document.documentElement.dataset.state === 'ready'")?;
            ensure!(self.identity_of(&after)? == self.identity(app), "another identity's session");
            Ok("a new session of the same identity, in the same window".to_owned())
        });
        report.check("timeout.selections_kept", || {
            let now = page.until(
                "the selections",
                "document.querySelector('#list button.value[data-state=selected]') && document.querySelector('#selections').textContent.trim()",
            )?;
            ensure!(now == selected.as_str(), "{selected} became {now}");
            Ok(selected.clone())
        });
        report.check("timeout.one_ticket", || {
            self.settled(window)?;
            let asked = self.lab.qlik.tickets().len() - tickets;
            ensure!(asked == 1, "{asked} tickets");
            Ok("many signals, one ticket".to_owned())
        });
        report.check("live.no_ticket", || {
            let tickets = self.lab.qlik.tickets().len();
            let probes = self.probes();
            self.desktop.desk.signal(window, Signal::Resumed);
            until("the probe", || Ok((self.probes() > probes).then_some(())))?;
            self.settled(window)?;
            let asked = self.lab.qlik.tickets().len() - tickets;
            ensure!(asked == 0, "{asked} tickets for a session that lives");
            Ok("asked Qlik, and no ticket".to_owned())
        });
        Ok(())
    }

    fn close(&self, report: &mut Report) -> Result<()> {
        let (staying, page) = self.open(self.app(1)?)?;
        let (leaving, _) = self.open(self.app(2)?)?;
        let (stays, leaves) = (self.own_session(staying)?, self.own_session(leaving)?);
        self.desktop.desk.close(leaving)?;
        report.check("close.releases", || {
            until("the session to end", || Ok((!self.is_live(&leaves)).then_some(())))?;
            Ok("its session is over on Qlik".to_owned())
        });
        report.check("close.others_untouched", || {
            ensure!(self.is_live(&stays), "another window's session is over, too");
            ensure!(page.data("state")? == "ready", "another window was disturbed");
            let logged_out = self
                .lab
                .journal
                .entries()
                .iter()
                .any(|entry| entry.method == "DELETE" && entry.uri.ends_with("/qps/user"));
            ensure!(!logged_out, "everybody on the app was logged out");
            Ok("other sessions live on".to_owned())
        });
        self.desktop.desk.close(staying)?;
        Ok(())
    }

    fn quota(&self, report: &mut Report) -> Result<()> {
        let full = self.app(3)?;
        self.lab.qlik.fill_quota(&self.identity(full));
        let window = self.desktop.desk.open(&MashupId::parse(&full.mashup)?)?;
        report.check("quota.refused_words", || {
            self.desktop.shown_as(window, "failed")?;
            let page = self.desktop.mashup(window)?;
            page.until("the words", "document.querySelector('main[data-code=session_limit]')")?;
            page.text("#advice")
        });
        self.desktop.desk.close(window)?;

        let shared = self.app(4)?;
        let (first, page) = self.open(shared)?;
        report.check("quota.shown", || {
            let row = format!("[data-testid=window-row][data-window=\"{first}\"] .quota");
            let shown = self.desktop.launcher()?.text(&row)?;
            ensure!(shown.contains('1') && shown.contains('5'), "the launcher says: {shown}");
            Ok(shown)
        });
        report.check("quota.shared", || {
            self.lab.qlik.fill_quota(&self.identity(shared));
            let sessions = self.live(shared).len();
            // One for a whole domain, which the cookie's type takes a dot from, and one for a host.
            for (name, domain) in [("wide", "..mashups.example"), ("own", "mashups.example")] {
                let cookie = Cookie::build((name, "1")).domain(domain).path("/hub");
                page.window.set_cookie(cookie.build())?;
            }
            let second = self.desktop.desk.open(&MashupId::parse(&shared.mashup)?)?;
            self.desktop.shown_as(second, "live")?;
            self.ready(second)?;
            ensure!(self.own_session(second)? == self.own_session(first)?, "two sessions");
            ensure!(self.live(shared).len() == sessions, "one more session on Qlik");
            let below = "https://qlik.mashups.example/hub/a".parse()?;
            let sent = self.desktop.mashup(second)?.window.cookies_for_url(below)?;
            let sent: Vec<_> = sent.iter().map(Cookie::name).collect();
            ensure!(sent == ["wide"], "{sent:?} would be sent to a host below");
            let session = self.own_session(first)?;
            self.desktop.desk.close(second)?;
            page.click("#list button.value")?;
            page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
            ensure!(self.is_live(&session), "the second window took the session with it");
            self.desktop.desk.close(first)?;
            until("the session to end", || Ok((!self.is_live(&session)).then_some(())))?;
            Ok("two windows, one session, given back with the last".to_owned())
        });
        Ok(())
    }

    /// Access is withdrawn, and granted, while Ana works.
    fn access(&self, report: &mut Report) -> Result<()> {
        let (withdrawn, other) = (self.app(5)?, self.app(6)?);
        let (window, page) = self.open(withdrawn)?;
        let (others, other_page) = self.open(other)?;
        let session = self.own_session(window)?;
        let rule = Rule::new(SubjectKind::User, PERSON, &withdrawn.mashup);
        ensure!(self.lab.website.permissions().revoke(&rule)?, "Ana had no access");
        report.check("revoked.closed", || {
            page.until("the words", "document.querySelector('main[data-code=revoked]')")?;
            until("the session to end", || Ok((!self.is_live(&session)).then_some(())))?;
            // Words in the mashup's place do not inherit the mashup's policy.
            let styled = page.look("getComputedStyle(document.querySelector('main')).borderRadius")?;
            ensure!(styled != "0px", "the page of words has lost its own style");
            let told = page.look("document.body.innerText")?.to_string();
            ensure!(!told.contains("Total sales"), "the data is still there");
            page.text("h1")
        });
        self.desktop.picture(&page, "revoked.png")?;
        report.check("revoked.others_untouched", || {
            ensure!(self.is_live(&self.own_session(others)?), "another session is over");
            ensure!(other_page.data("state")? == "ready", "another window was disturbed");
            Ok(format!("{} lives on", other.title))
        });
        report.check("granted.appears", || {
            let row = format!(
                "document.querySelector('[data-testid=mashup-row][data-mashup=\"{}\"]')",
                withdrawn.mashup
            );
            let launcher = self.desktop.launcher()?;
            // Of a list only what is seen is there.
            launcher.clear("[data-testid=search]")?;
            hand::write(&withdrawn.title)?;
            launcher.until("it to leave the catalog", &format!("!{row}"))?;
            self.lab.website.permissions().grant(rule)?;
            launcher.until("it to come back to the catalog", &row)?;
            Ok(format!("{} is in the catalog again", withdrawn.title))
        });
        Ok(())
    }

    /// Every session gone at once, with ten windows open.
    fn proxy_restart(&self) -> Result<String> {
        let open = self
            .desktop
            .desk
            .windows()
            .into_iter()
            .filter(|(_, session)| session.state == State::Live)
            .count();
        for app in self.lab.apps.iter().skip(20).take(10_usize.saturating_sub(open)) {
            self.open(app)?;
        }
        let windows: Vec<(WindowId, String)> = self
            .desktop
            .desk
            .windows()
            .into_iter()
            .filter(|(_, session)| session.state == State::Live)
            .map(|(window, _)| Ok((window, self.own_session(window)?)))
            .collect::<Result<_>>()?;
        let tickets = self.lab.qlik.tickets().len();
        self.lab.qlik.restart_proxy();
        for (window, before) in &windows {
            self.renewed(*window, before)?;
            self.ready(*window)?;
            self.settled(*window)?;
        }
        let asked = self.lab.qlik.tickets().len() - tickets;
        ensure!(asked == windows.len(), "{asked} tickets for {} windows", windows.len());
        Ok(format!("{} windows are back with {asked} tickets", windows.len()))
    }

    /// What somebody has typed is not thrown away without being asked.
    fn typing(&self) -> Result<String> {
        let (window, page) = self.open(self.app(7)?)?;
        page.click("#note")?;
        hand::write("half a thought")?;
        page.until("the text", "document.querySelector('#note').value === 'half a thought'")?;
        let before = self.own_session(window)?;
        let title = page.window.title()?;
        let mashup = hand::active_window()?;
        ensure!(self.lab.qlik.time_out_session(&before), "the session could not time out");
        let after =
            until("a new session", || Ok(Some(self.own_session(window)?).filter(|now| *now != before)))?;
        // The question takes the keyboard; Escape is «not now».
        until("the question", || Ok(hand::active_other_than(&mashup)))?;
        hand::picture(&self.desktop.screenshots.join("question.png"))?;
        hand::press("Escape")?;
        self.settled(window)?;
        let kept = page.look("document.querySelector('#note').value")?;
        ensure!(kept == "half a thought", "what was typed into {title} became {kept}");
        ensure!(self.is_live(&after), "the new session is over");
        Ok("a new session, and the text is still there".to_owned())
    }

    /// What only a process of its own can go through.
    fn processes(&self, report: &mut Report) -> Result<()> {
        let computer = Computer::of(&self.lab, PERSON)?;
        let apps: Vec<&App> = [10, 11, 12].map(|index| self.app(index)).into_iter().collect::<Result<_>>()?;
        let ids: Vec<&str> = apps.iter().map(|app| app.mashup.as_str()).collect();
        let arguments: Vec<&str> = [&["open"], &ids[..]].concat();

        let running = computer.start(&arguments)?;
        let sessions = self.on_screen(&apps)?;
        report.check("resume.one_each", || {
            let tickets = self.lab.qlik.tickets().len();
            running.stop()?;
            for session in &sessions {
                ensure!(self.lab.qlik.time_out_session(session), "a session could not time out");
            }
            let asleep = Instant::now();
            until_after(asleep + NAP);
            running.go_on()?;
            let new = self.on_screen(&apps)?;
            ensure!(new.iter().all(|session| !sessions.contains(session)), "an old session");
            let asked = self.lab.qlik.tickets().len() - tickets;
            ensure!(asked == apps.len(), "{asked} tickets for {} windows", apps.len());
            Ok(format!("{} windows, {asked} tickets", apps.len()))
        });
        let sessions = self.on_screen(&apps)?;
        report.check("crash.releases", || {
            running.kill()?;
            ensure!(sessions.iter().all(|session| self.is_live(session)), "Qlik has noticed by itself");
            let again = computer.start(&[])?;
            until("the old sessions to end", || {
                Ok((!sessions.iter().any(|session| self.is_live(session))).then_some(()))
            })?;
            self.on_screen(&apps)?;
            again.quit()?;
            Ok("the next start ended what the crash had left".to_owned())
        });

        let evening = computer.start(&[])?;
        self.on_screen(&apps)?;
        let place = hand::place(&apps[0].title)?;
        hand::put(
            &apps[0].title,
            hand::Place { x: place.x + 160, y: place.y + 90, width: 900, height: 600 },
        )?;
        let moved = until("the window to be moved", || {
            let now = hand::place(&apps[0].title)?;
            Ok((now.width == 900 && now.x != place.x).then_some(now))
        })?;
        evening.quit()?;
        report.check("quit.releases", || {
            until("the sessions to end", || {
                Ok(apps.iter().all(|app| self.live(app).is_empty()).then_some(()))
            })?;
            Ok("no session of the run is left on Qlik".to_owned())
        });
        report.check("restored.next_morning", || {
            let tickets = self.lab.qlik.tickets().len();
            let morning = computer.start(&[])?;
            self.on_screen(&apps)?;
            let now = hand::place(&apps[0].title)?;
            ensure!(now.near(moved), "{moved:?} became {now:?}");
            let asked = self.lab.qlik.tickets().len() - tickets;
            ensure!(asked == apps.len(), "{asked} tickets for {} windows", apps.len());
            morning.quit()?;
            Ok(format!("{} windows where they were, {asked} tickets", apps.len()))
        });
        Ok(())
    }

    /// Opens a mashup and waits until it can be worked with.
    fn open(&self, app: &App) -> Result<(WindowId, Page)> {
        let window = self.desktop.desk.open(&MashupId::parse(&app.mashup)?)?;
        self.desktop.shown_as(window, "live")?;
        Ok((window, self.ready(window)?))
    }

    fn ready(&self, window: WindowId) -> Result<Page> {
        let page = self.desktop.mashup(window)?;
        page.until("the engine", "document.documentElement.dataset.state === 'ready'")?;
        Ok(page)
    }

    /// Waits until a window has another session than before.
    fn renewed(&self, window: WindowId, before: &str) -> Result<String> {
        until("a new session", || {
            let now = self.own_session(window)?;
            Ok(Some(now).filter(|now| now != before && self.is_live(now)))
        })
    }

    fn settled(&self, window: WindowId) -> Result<()> {
        until("the window to settle", || {
            let state = self.desktop.desk.window(window).context("the window is gone")?.state;
            Ok((state == State::Live).then_some(()))
        })
    }

    /// Waits until each app has exactly one session with a websocket on it.
    fn on_screen(&self, apps: &[&App]) -> Result<Vec<String>> {
        apps.iter()
            .map(|app| {
                until(&format!("{} on the screen", app.title), || {
                    let live = self.live(app);
                    Ok(live.into_iter().find(|session| session.sockets > 0).map(|session| session.id))
                })
            })
            .collect()
    }

    /// The session that a window's store holds.
    fn own_session(&self, window: WindowId) -> Result<String> {
        let name = self.lab.qlik.session_cookie_name();
        let cookies = self.desktop.mashup(window)?.window.cookies()?;
        let cookie = cookies.iter().find(|cookie| cookie.name() == name).context("no session cookie")?;
        Ok(cookie.value().to_owned())
    }

    fn live(&self, app: &App) -> Vec<SessionRecord> {
        let identity = self.identity(app);
        let sessions = self.lab.qlik.sessions().into_iter();
        sessions
            .filter(|session| session.identity == identity && session.state == SessionState::Live)
            .collect()
    }

    fn is_live(&self, session: &str) -> bool {
        self.lab.qlik.sessions().iter().any(|known| known.id == session && known.state == SessionState::Live)
    }

    fn identity_of(&self, session: &str) -> Result<Identity> {
        let sessions = self.lab.qlik.sessions();
        let known = sessions.into_iter().find(|known| known.id == session);
        Ok(known.context("Qlik knows no such session")?.identity)
    }

    fn identity(&self, app: &App) -> Identity {
        Identity::opening(&app.id, PERSON, &self.options)
    }

    fn probes(&self) -> usize {
        self.lab.journal.entries().iter().filter(|entry| entry.uri.ends_with("/qps/user")).count()
    }

    fn app(&self, index: usize) -> Result<&App> {
        self.lab.apps.iter().nth(index).context("the lab has too few apps")
    }
}

/// Lets time pass, where time itself is what is waited for.
fn until_after(then: Instant) {
    while let Some(left) = then.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}
