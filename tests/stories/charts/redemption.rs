//! By policy a window redeems its ticket itself. It takes a run of the app of its
//! own, since a policy holds for a run.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;

use anyhow::{Context, Result, ensure};
use mashdesk::store::Stores;
use mashdesk_core::sessions::State;
use mashdesk_core::{Policy, Redemption};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::journal::{Entry, Side};
use mashdesk_lab::options::Options;
use tauri::Manager;
use tokio::runtime::Runtime;
use webkit2gtk::{BackForwardListExt, BackForwardListItemExt, WebViewExt};

use super::{PERSON, Story, is_ready};
use crate::desktop::{self, Desktop, Page, Start, until};
use crate::report::Report;

/// Plays it in a process of its own, as one check.
pub(super) fn judge(story: &Story, report: &mut Report) {
    report.check("redeem.navigation", || {
        // The hand must not take this run's launcher for the other one's.
        for window in story.desktop.app.webview_windows().values() {
            window.minimize()?;
        }
        let (checks, code) = crate::played(&["--story", "redemption"])?;
        let told = |ok: bool| -> Vec<String> {
            let those = checks.iter().filter(|check| (check["ok"] == true) == ok);
            those.map(|check| format!("{}: {}", check["check"], check["detail"])).collect()
        };
        ensure!(told(false).is_empty(), "{}", told(false).join("; "));
        ensure!(code == Some(0) && !checks.is_empty(), "{} checks, exit code {code:?}", checks.len());
        Ok(told(true).join("; ").replace('"', ""))
    });
}

pub(crate) fn play(mut report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options { apps: 20, ..Options::default() }))?;
    let scratch = tempfile::tempdir()?;
    let policy = Policy { redemption: Some(Redemption::Window), ..Policy::default() };
    let start = Start { policy, ..Start::anew(Some(lab.website.url()), stores, scratch.path(), screenshots) };
    desktop::run(start, move |desktop| {
        let _runtime = runtime;
        desktop.sign_in(&lab.website.app_token(PERSON).context("a token for Ana")?)?;
        let website = lab.apps.iter().find(|app| !app.hosted_on_qlik).context("no mashup on the website")?;
        let qlik = lab.apps.iter().find(|app| app.hosted_on_qlik).context("no mashup on Qlik")?;
        for (name, app) in [("website", website), ("qlik", qlik)] {
            report.check(name, || redeems(&lab, &desktop, app));
        }
        report.check("renewal", || renews(&lab, &desktop, website));
        report.check("refused", || refused(&lab, &desktop));
        Ok(report.end())
    })
}

/// The page works, and neither it nor its history knows of the ticket.
fn redeems(lab: &Lab, desktop: &Desktop, app: &App) -> Result<String> {
    let window = desktop.open(&app.mashup, &app.title)?;
    desktop.shown_as(window, "live")?;
    let page = desktop.mashup(window)?;
    is_ready(&page)?;
    ensure!(page.data("app")? == app.title, "the engine opened {}", page.data("app")?);
    let ticket = lab.qlik.tickets().pop().context("no ticket")?;
    ensure!(ticket.redeemed == 1, "the ticket was redeemed {} times", ticket.redeemed);
    let entries = lab.journal.entries();
    let with_ticket = |entry: &&Entry| entry.side == Side::Proxy && entry.uri.contains(&ticket.ticket);
    let redeemed: Vec<&Entry> = entries.iter().filter(with_ticket).collect();
    let by_shell =
        |entry: &&Entry| entry.user_agent.as_deref().is_some_and(|agent| agent.starts_with("Mashdesk/"));
    ensure!(redeemed.len() == 1 && !redeemed.iter().any(by_shell), "the shell has redeemed it");

    let seen = page.look(
        "JSON.stringify([location.href, document.referrer, history.state, window.name,
            performance.getEntries().map((entry) => entry.name), document.cookie,
            { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])",
    )?;
    ensure!(!seen.to_string().contains(&ticket.ticket), "the page has seen it");
    let referrer = page.look("document.referrer")?;
    ensure!(referrer == "", "the page was sent there by {referrer}");
    let referred = |entry: &Entry| entry.referer.as_deref().is_some_and(|url| url.contains(&ticket.ticket));
    ensure!(!entries.iter().any(referred), "it is in a referrer");
    let back = history(&page)?;
    ensure!(!back.iter().any(|url| url.contains(&ticket.ticket)), "the window can go back to {back:?}");
    Ok(format!("{} opened; before it, {}", app.title, back.join(", ")))
}

fn renews(lab: &Lab, desktop: &Desktop, app: &App) -> Result<String> {
    let (window, _) = desktop.desk.windows().into_iter().next().context("no window")?;
    let page = desktop.mashup(window)?;
    let own = window.to_string();
    let tickets = lab.qlik.tickets().len();
    let sessions = lab.qlik.sessions();
    let ours = sessions.iter().find(|session| session.attributes.get("window") == Some(&own));
    ensure!(lab.qlik.time_out_session(&ours.context("no session")?.id), "it could not end");
    until("a new session", || {
        let live = desktop.desk.window(window).is_some_and(|session| session.state == State::Live);
        Ok((live && lab.qlik.tickets().len() > tickets).then_some(()))
    })?;
    page.until("the mashup", "document.documentElement.dataset.state === 'ready'")?;
    ensure!(page.data("app")? == app.title, "the engine opened {}", page.data("app")?);
    let ticket = lab.qlik.tickets().pop().context("no ticket")?.ticket;
    let back = history(&page)?;
    ensure!(!back.iter().any(|url| url.contains(&ticket)), "the window can go back to {back:?}");
    Ok("in the same window".to_owned())
}

/// A ticket that is used up leads to the login page: the window says so, after
/// it has tried another one.
fn refused(lab: &Lab, desktop: &Desktop) -> Result<String> {
    let app = lab.apps.iter().nth(1).context("a second app")?;
    lab.qlik.spoil_tickets(mashdesk_lab::qlik::Spoil::UseUpFirst, 2);
    let window = desktop.open(&app.mashup, &app.title)?;
    desktop.shown_as(window, "failed")?;
    let page = desktop.mashup(window)?;
    page.until("the words", "document.querySelector('main[data-code=ticket_refused]')")?;
    page.text("#advice")
}

/// Where a window can go back to.
fn history(page: &Page) -> Result<Vec<String>> {
    let (tell, told) = mpsc::channel();
    page.window.with_webview(move |webview| {
        let list = webview.inner().back_forward_list();
        let items = list.map(|list| list.back_list()).unwrap_or_default();
        let urls = items.iter().filter_map(|item| item.uri()).map(|url| url.to_string());
        // Nobody listens where the wait was given up.
        let _ = tell.send(urls.collect::<Vec<_>>());
    })?;
    let urls = told.recv().context("no history")?;
    Ok(urls)
}
