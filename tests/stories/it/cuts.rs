//! The wires that are cut, one by one, and what the doctor must say of each.

use anyhow::{Context, Result};
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use mashdesk_lab::qlik::{Identity, Spoil};

use super::{Story, options};
use crate::child::Computer;

/// A wire that is cut.
pub(super) struct Cut {
    pub(super) name: &'static str,
    /// The check that must fail, and no other.
    pub(super) check: &'static str,
    pub(super) code: &'static str,
    pub(super) who: &'static str,
    pub(super) make: fn(&Story, &mut Scene) -> Result<()>,
}

/// What one examination is made with.
pub(super) struct Scene {
    pub(super) computer: Computer,
    pub(super) token: String,
    pub(super) arguments: Vec<&'static str>,
    /// Another lab that must run meanwhile.
    other: Option<Lab>,
}

impl Scene {
    pub(super) fn new(story: &Story) -> Result<Self> {
        let computer = Computer::anew(&story.lab)?;
        Ok(Self { computer, token: story.token()?, arguments: Vec::new(), other: None })
    }

    /// Everything is as it was.
    pub(super) fn mend(&mut self, story: &Story) -> Result<()> {
        story.lab.faults.clear();
        // Listeners open on the lab's own runtime.
        let _runtime = story.runtime.enter();
        story.lab.website.come_back()?;
        story.lab.qlik.come_back()?;
        for session in story.lab.qlik.sessions() {
            story.lab.qlik.end_session(&session.id);
        }
        Ok(())
    }

    fn at(&mut self, website: &'static str) {
        self.arguments.extend(["--website", website]);
        self.computer.forget_website();
    }
}

fn strike(story: &Story, side: Side, path: &str, fault: Fault) -> Result<()> {
    story.lab.faults.strike(side, path, usize::MAX, fault);
    Ok(())
}

fn json(body: &str) -> Fault {
    Fault::Body { status: 200, content_type: "application/json".to_owned(), body: body.as_bytes().to_vec() }
}

const WELL_KNOWN: &str = "/.well-known/mashdesk.json";
const VERSION_2: &str = r#"{"mashdesk": 2, "name": "x", "api": "/api/v2", "sign_in": []}"#;

macro_rules! cut {
    ($name:literal, $check:literal, $code:literal, $who:literal, $make:expr) => {
        Cut { name: $name, check: $check, code: $code, who: $who, make: $make }
    };
}

pub(super) const CUTS: &[Cut] = &[
    cut!("nobody has said which website", "proxy", "website_unset", "you", |_, scene| {
        scene.computer.forget_website();
        Ok(())
    }),
    cut!("the proxy is not there", "proxy", "proxy_unreachable", "it", |_, scene| {
        scene.computer.lay("mashdesk/policy.json", r#"{"proxy": "http://127.0.0.1:1"}"#)
    }),
    cut!("the name has no address", "name", "name_unresolved", "it", |_, scene| {
        scene.at("https://no-such-host.invalid");
        Ok(())
    }),
    cut!("the website is not there", "connection", "website_unreachable", "it", |story, _| {
        story.runtime.block_on(story.lab.website.go_away());
        Ok(())
    }),
    cut!("a certificate that nobody trusts", "certificate", "website_tls", "it", |story, scene| {
        let lab = story.runtime.block_on(Lab::start(Options { https: true, apps: 12, ..options() }))?;
        scene.computer.set_website(lab.website.url());
        scene.token = lab.website.app_token(super::PERSON).context("a token")?;
        scene.other = Some(lab);
        Ok(())
    }),
    cut!("no discovery document", "discovery", "website_foreign", "website", |story, _| {
        strike(story, Side::Website, WELL_KNOWN, Fault::Status(404))
    }),
    cut!("a sign-in page before it", "discovery", "website_redirected", "website", |story, _| {
        strike(story, Side::Website, WELL_KNOWN, Fault::Redirect("/sign-in".to_owned()))
    }),
    cut!("it fails", "discovery", "website_error", "website", |story, _| {
        strike(story, Side::Website, WELL_KNOWN, Fault::Status(500))
    }),
    cut!("it is busy", "discovery", "website_busy", "website", |story, _| {
        strike(story, Side::Website, WELL_KNOWN, Fault::Busy { status: 503, retry_after: 30 })
    }),
    cut!("another version of the contract", "contract", "contract_version", "website", |story, _| {
        strike(story, Side::Website, WELL_KNOWN, json(VERSION_2))
    }),
    cut!("a token that is void", "sign_in", "sign_in_refused", "you", |_, scene| {
        scene.token = "n0-such-token".to_owned();
        Ok(())
    }),
    cut!("nobody knows who the person is", "sign_in", "website_error", "website", |story, _| {
        strike(story, Side::Website, "/me", Fault::Status(500))
    }),
    cut!("the catalog fails", "catalog", "website_error", "website", |story, _| {
        strike(story, Side::Website, "/mashups", Fault::Status(502))
    }),
    cut!("the catalog is a web page", "catalog", "website_garbage", "website", |story, _| {
        let page =
            Fault::Body { status: 200, content_type: "text/html".to_owned(), body: b"<p>Hello".to_vec() };
        strike(story, Side::Website, "/mashups", page)
    }),
    cut!("the catalog is empty", "catalog", "no_mashups", "website", |story, _| {
        strike(story, Side::Website, "/mashups", json(r#"{"mashups": []}"#))
    }),
    cut!("a mashup that nobody knows", "ticket", "unknown_mashup", "website", |_, scene| {
        scene.arguments.extend(["--mashup", "no-such-mashup"]);
        Ok(())
    }),
    cut!("a mashup of somebody else's", "ticket", "not_authorised", "website", |story, scene| {
        scene.token = story.lab.website.app_token("ben").context("a token")?;
        scene.arguments.extend(["--mashup", "m003"]);
        Ok(())
    }),
    cut!("no session is left", "ticket", "session_limit", "you", |story, scene| {
        let app = story.lab.apps.by_mashup("m001").context("an app")?;
        story.lab.qlik.fill_quota(&Identity::opening(&app.id, super::PERSON, &options()));
        scene.arguments.extend(["--mashup", "m001"]);
        Ok(())
    }),
    cut!("the website gets no ticket", "ticket", "website_error", "website", |story, _| {
        strike(story, Side::Website, "/tickets", Fault::Status(502))
    }),
    cut!("Qlik hangs up", "qlik", "redeem_unreachable", "qlik", |story, _| {
        strike(story, Side::Proxy, "/qps/user", Fault::Reset)
    }),
    cut!("a ticket that was used", "redemption", "ticket_refused", "website", |story, _| {
        story.lab.qlik.spoil_tickets(Spoil::UseUpFirst, 1);
        Ok(())
    }),
    cut!("Qlik refuses the ticket's request", "redemption", "redeem_forbidden", "qlik", |story, _| {
        strike(story, Side::Proxy, "qlikTicket", Fault::Status(403))
    }),
    cut!("no session cookie", "session_cookie", "redeem_no_cookie", "website", |story, _| {
        strike(story, Side::Proxy, "qlikTicket", Fault::NoCookie)
    }),
    cut!("a session cookie of another name", "session_cookie", "redeem_no_cookie", "website", |story, _| {
        strike(story, Side::Proxy, "qlikTicket", Fault::WrongCookie)
    }),
    cut!("the engine's websocket is refused", "engine", "engine_refused", "qlik", |story, _| {
        strike(story, Side::Proxy, "/app/engineData", Fault::Status(403))
    }),
    cut!("no CSRF token", "engine", "engine_refused", "qlik", |story, _| {
        strike(story, Side::Proxy, "/qps/csrftoken", Fault::Status(500))
    }),
    cut!("websockets do not get through", "engine", "engine_silent", "qlik", |story, _| {
        strike(story, Side::Proxy, "/app/engineData", Fault::Reset)
    }),
    cut!("the session cannot be given back", "giving_back", "website_error", "website", |story, _| {
        strike(story, Side::Website, "/sessions/", Fault::Status(500))
    }),
    cut!("no keyring", "keyring", "keyring_unavailable", "it", |_, scene| {
        scene.computer.lose_keyring();
        Ok(())
    }),
];
