//! Bad input: each has its own words, in the launcher or in the window, and
//! leaves the other windows as they are.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use mashdesk::store::Stores;
use mashdesk_core::{MashupId, WindowId};
use mashdesk_lab::Lab;
use mashdesk_lab::apps::App;
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{Attributes, Identity};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::desktop::{self, Desktop, Page, Start, until};
use crate::report::Report;

pub(crate) fn play(report: Report, stores: Arc<dyn Stores>, screenshots: &Path) -> Result<ExitCode> {
    let runtime = Runtime::new()?;
    let lab = runtime.block_on(Lab::start(Options::default()))?;
    let untrusted = runtime.block_on(Lab::start(Options { https: true, ..Options::default() }))?;
    let site = runtime.block_on(MockServer::start());
    let scratch = tempfile::tempdir()?;
    // A folder below a file cannot be made, whoever one is.
    let file = scratch.path().join("file");
    fs::write(&file, "")?;
    let start = Start {
        guard: Arc::new(mashdesk::guard::Guarded),
        download_folder: file.join("downloads"),
        ..Start::anew(None, stores, scratch.path(), screenshots)
    };
    desktop::run(start, move |desktop| {
        let story = Story { lab, untrusted, site, desktop, runtime };
        story.tell(report)
    })
}

struct Story {
    /// A sound Qlik.
    lab: Lab,
    /// One whose certificates nobody trusts.
    untrusted: Lab,
    /// A website that answers what a row of the tables wants.
    site: MockServer,
    desktop: Desktop,
    runtime: Runtime,
}

impl Story {
    fn tell(&self, mut report: Report) -> Result<ExitCode> {
        self.desktop
            .launcher()?
            .until("the first-run page", "document.querySelector('[data-testid=website-url]')")?;
        self.websites(&mut report)?;

        self.runtime.block_on(self.site_is_sound());
        self.desktop.give_website(&self.site.uri())?;
        self.desktop
            .launcher()?
            .until("the sign-in page", "document.querySelector('[data-testid=token]')")?;
        self.tokens(&mut report)?;

        // Each its own identity: a broken opening may leave a session behind.
        let mut hosted = self.lab.apps.iter().filter(|app| app.hosted_on_qlik);
        let mut next = || hosted.next().context("too few mashups on Qlik");
        let (good, broken, again) = (next()?, next()?, next()?);
        self.runtime
            .block_on(self.answer_ticket("good", ResponseTemplate::new(201).set_body_json(self.grant(good))));
        let window = self.open("good")?;
        self.desktop.shown_as(window, "live")?;
        let page = self.desktop.mashup(window)?;
        page.until("the engine", "document.documentElement.dataset.state === 'ready'")?;

        self.windows(&mut report, broken)?;
        report.check("window.retry", || self.retry(again));
        report.check("export.folder", || self.export_folder(&page));
        report.check("others.untouched", || {
            ensure!(page.data("state")? == "ready", "the good mashup was disturbed");
            page.click("#list button.value")?;
            page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
            Ok(format!("{} still selects", good.title))
        });
        let launcher = self.desktop.launcher()?;
        self.desktop.picture(&launcher, "bad-input.png")?;
        Ok(report.end())
    }

    /// Addresses that are no website.
    fn websites(&self, report: &mut Report) -> Result<()> {
        let site = self.site.uri();
        let html = ResponseTemplate::new(200).set_body_raw("<!doctype html><h1>Welcome</h1>", "text/html");
        let login = ResponseTemplate::new(302).insert_header("location", "/login?next=x");
        let json = |document: Value| ResponseTemplate::new(200).set_body_json(document);
        let untrusted = self.untrusted.website.url().to_string();
        let dead = dead()?;
        let table = [
            ("website.words", "our portal", None, "website_url_invalid"),
            ("website.http", "http://portal.example", None, "website_insecure"),
            ("website.dead", &dead, None, "website_unreachable"),
            ("website.untrusted", &untrusted, None, "website_tls"),
            ("website.foreign", &site, Some(ResponseTemplate::new(404)), "website_foreign"),
            ("website.login", &site, Some(login), "website_redirected"),
            ("website.html", &site, Some(html), "website_foreign"),
            ("website.failing", &site, Some(ResponseTemplate::new(500)), "website_error"),
            ("website.busy", &site, Some(ResponseTemplate::new(503)), "website_busy"),
            (
                "website.version",
                &site,
                Some(json(json!({"mashdesk": 2, "name": "N", "api": "/api"}))),
                "contract_version",
            ),
            ("website.types", &site, Some(json(json!({"mashdesk": "one"}))), "website_foreign"),
        ];
        for (check, address, answer, code) in table {
            if let Some(answer) = answer {
                self.runtime.block_on(async {
                    self.site.reset().await;
                    Mock::given(path("/.well-known/mashdesk.json"))
                        .respond_with(answer)
                        .mount(&self.site)
                        .await;
                });
            }
            self.desktop.give_website(address)?;
            let launcher = self.desktop.launcher()?;
            report.check(check, || problem(&launcher, code));
        }
        Ok(())
    }

    /// Tokens that sign nobody in.
    fn tokens(&self, report: &mut Report) -> Result<()> {
        let launcher = self.desktop.launcher()?;
        for (check, answer, code) in [
            ("token.refused", ResponseTemplate::new(401), "sign_in_refused"),
            (
                "token.html",
                ResponseTemplate::new(200).set_body_raw("<h1>Hi</h1>", "text/html"),
                "website_garbage",
            ),
        ] {
            self.runtime.block_on(async {
                self.site.reset().await;
                Mock::given(path("/api/me")).respond_with(answer).mount(&self.site).await;
            });
            launcher.clear("[data-testid=token]")?;
            crate::hand::write("not-a-token")?;
            crate::hand::press("Return")?;
            report.check(check, || problem(&launcher, code));
        }
        self.runtime.block_on(self.site_is_sound());
        launcher.clear("[data-testid=token]")?;
        self.desktop.sign_in("a-token")
    }

    /// Mashups that do not open.
    fn windows(&self, report: &mut Report, app: &App) -> Result<()> {
        let site = self.site.uri();
        let problem = |status: u16, code: &str, detail: &str| {
            ResponseTemplate::new(status).set_body_raw(
                json!({"type": "about:blank", "title": "No", "status": status, "code": code, "detail": detail}).to_string(),
                "application/problem+json",
            )
        };
        let grant = |change: Value| {
            let mut grant = self.grant(app);
            if let (Some(grant), Some(change)) = (grant.as_object_mut(), change.as_object()) {
                grant.extend(change.clone());
            }
            ResponseTemplate::new(201).set_body_json(grant)
        };
        let dead = dead()?;
        let used = self.redeem_url(app);
        self.runtime.block_on(async { reqwest::get(&used).await })?;
        let table = [
            ("mashup.unknown", problem(404, "unknown_mashup", "Never heard of it."), "unknown_mashup"),
            ("mashup.denied", problem(403, "not_authorised", "Ask <b>Finance</b>."), "not_authorised"),
            ("mashup.limit", problem(409, "session_limit", "Five are open."), "session_limit"),
            ("mashup.busy", problem(503, "busy", "Later."), "website_busy"),
            (
                "ticket.html",
                ResponseTemplate::new(201).set_body_raw("<h1>Hi</h1>", "text/html"),
                "website_garbage",
            ),
            (
                "ticket.types",
                ResponseTemplate::new(201).set_body_json(json!({"redeem_url": 7})),
                "website_garbage",
            ),
            (
                "ticket.plain_http",
                grant(json!({"redeem_url": "http://qlik.example/?qlikTicket=t"})),
                "website_garbage",
            ),
            ("ticket.used", grant(json!({"redeem_url": used})), "ticket_refused"),
            (
                "ticket.unknown",
                grant(json!({"redeem_url": self.with_ticket("AAAAAAAAAAAAAAAA")})),
                "ticket_refused",
            ),
            (
                "redeem.no_cookie",
                grant(json!({"redeem_url": format!("{site}/no-cookie")})),
                "redeem_no_cookie",
            ),
            ("redeem.wrong_cookie", grant(json!({"session_cookie": "X-Other"})), "redeem_no_cookie"),
            (
                "redeem.forbidden",
                grant(json!({"redeem_url": format!("{site}/forbidden")})),
                "redeem_forbidden",
            ),
            (
                "redeem.dead",
                grant(json!({"redeem_url": format!("{dead}/?qlikTicket=t")})),
                "redeem_unreachable",
            ),
            ("redeem.untrusted", grant(json!({"redeem_url": self.untrusted.qlik.proxy_url()})), "redeem_tls"),
            ("page.dead", grant(json!({"mashup_url": dead})), "page_failed"),
            ("page.untrusted", grant(json!({"mashup_url": self.untrusted.website.url()})), "page_tls"),
        ];
        for (check, answer, code) in table {
            self.runtime.block_on(self.answer_ticket(check, answer));
            let window = self.open(check)?;
            report.check(check, || {
                // What may pass by itself is waited for, and says so as well.
                let page = until("its window", || Ok(self.desktop.mashup(window).ok()))?;
                page.until(code, &format!("document.querySelector('main[data-code={code}]')"))?;
                Ok(format!("{} {}", page.text("h1")?, page.text("#advice")?))
            });
            self.desktop.desk.close(window)?;
        }
        Ok(())
    }

    /// What failed once opens when the person tries again.
    fn retry(&self, app: &App) -> Result<String> {
        self.runtime.block_on(async {
            // It counts before the one below, and once.
            let refusal =
                Mock::given(path("/api/mashups/again/tickets")).respond_with(ResponseTemplate::new(418));
            refusal.up_to_n_times(1).mount(&self.site).await;
        });
        let window = self.open("again")?;
        self.desktop.shown_as(window, "failed")?;
        let page = self.desktop.mashup(window)?;
        page.until("the words", "document.querySelector('main[data-code=website_error]')")?;
        self.desktop.picture(&page, "failed.png")?;
        self.runtime
            .block_on(self.answer_ticket("again", ResponseTemplate::new(201).set_body_json(self.grant(app))));
        page.click("#retry")?;
        self.desktop.shown_as(window, "live")?;
        page.until("the engine", "document.documentElement.dataset.state === 'ready'")?;
        self.desktop.desk.close(window)?;
        Ok("failed, then open".to_owned())
    }

    fn export_folder(&self, page: &Page) -> Result<String> {
        let refused = self.desktop.export(page, "#export-link");
        ensure!(refused.is_err(), "it was saved in {}", refused.unwrap_or_default().display());
        let launcher = self.desktop.launcher()?;
        launcher.until(
            "the failed export",
            "document.querySelector('[data-testid=export-row][data-state=failed]')",
        )?;
        problem(&launcher, "export_folder")
    }

    fn open(&self, mashup: &str) -> Result<WindowId> {
        Ok(self.desktop.desk.open(&MashupId::parse(mashup)?)?)
    }

    /// A grant that works: the mashup is hosted on Qlik, so the session cookie
    /// is all it needs.
    fn grant(&self, app: &App) -> Value {
        let qlik = &self.lab.qlik;
        json!({
            "redeem_url": self.redeem_url(app),
            "mashup_url": format!("{}{}/extensions/{}/mashup.html", qlik.proxy_url(), qlik.virtual_proxy(), app.mashup),
            "session_cookie": qlik.session_cookie_name(),
            "allowed_origins": [],
            "expires_in": 60,
        })
    }

    fn redeem_url(&self, app: &App) -> String {
        let identity = Identity::opening(&app.id, "ana", &Options::default());
        self.with_ticket(&self.lab.qlik.issue_ticket(&identity, Attributes::default()))
    }

    fn with_ticket(&self, ticket: &str) -> String {
        let qlik = &self.lab.qlik;
        format!(
            "{}{}/resources/autogenerated/qlik-styles.css?qlikTicket={ticket}",
            qlik.proxy_url(),
            qlik.virtual_proxy()
        )
    }

    async fn answer_ticket(&self, mashup: &str, answer: ResponseTemplate) {
        Mock::given(method("POST"))
            .and(path(format!("/api/mashups/{mashup}/tickets")))
            .respond_with(answer)
            .mount(&self.site)
            .await;
    }

    /// All that the contract asks but tickets.
    async fn site_is_sound(&self) {
        self.site.reset().await;
        let json = |document: Value| ResponseTemplate::new(200).set_body_json(document);
        let sign_in = json!([{"kind": "token", "help": "Ask the team."}]);
        let discovery = json!({"mashdesk": 1, "name": "Odd", "api": "/api", "sign_in": sign_in});
        let mashups = json!({"mashups": [{"id": "good", "title": "Good", "group": "G", "description": ""}]});
        for (at, document) in [
            ("/.well-known/mashdesk.json", discovery),
            ("/api/me", json!({"name": "ana"})),
            ("/api/mashups", mashups),
            ("/no-cookie", json!({})),
        ] {
            Mock::given(method("GET")).and(path(at)).respond_with(json(document)).mount(&self.site).await;
        }
        Mock::given(path("/forbidden")).respond_with(ResponseTemplate::new(403)).mount(&self.site).await;
        Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&self.site).await;
    }
}

/// An address where nothing listens.
fn dead() -> Result<String> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    Ok(format!("https://127.0.0.1:{port}"))
}

/// The words that the launcher shows for a problem.
fn problem(launcher: &Page, code: &str) -> Result<String> {
    let selector = format!("[data-testid=problem][data-code={code}]");
    launcher.text(&selector)
}
