//! Nothing that can be printed holds a ticket, a cookie, a one-time code or a
//! token.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use mashdesk_core::qlik::StoreCookie;
use mashdesk_core::website::{TicketRequest, parse_address};
use mashdesk_core::{Account, Connection, Credentials, Error, Instance, Secret, SecretUrl, WindowId};
use mashdesk_lab::Lab;
use tracing_subscriber::EnvFilter;
use url::Url;
use wiremock::ResponseTemplate;

use crate::signing_in_with_browser;
use crate::stage::stand_in::{DISCOVERY, TICKETS};
use crate::stage::{Browser, PERSON, Stage, StandIn, id, lab, live_sessions, token, website_answered};

#[tokio::test]
async fn nothing_public_prints_a_secret() {
    let lab = lab().await;
    let log = Log::listen();
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    stage.desk.export(window, &lab.qlik.proxy_url().join("ticket/tempcontent/1/2.csv").expect("a URL"));
    let exports = stage
        .until("the end of an export", |desk| {
            let exports = desk.exports();
            exports
                .iter()
                .all(|export| format!("{:?}", export.state).starts_with("Failed"))
                .then_some(exports)
        })
        .await;
    let Connection::Ready(website) = stage.desk.connection() else { panic!("no website") };
    let token = token(&lab);
    let credentials = Credentials::token(Secret::new(&token));
    let ticket = |mashup_cookies| {
        let asked = TicketRequest { window: WindowId::new(), instance: Instance::new(), mashup_cookies };
        let (website, credentials) = (&website, &credentials);
        async move { website.ticket(credentials, &id("m002"), &asked).await.expect("a ticket") }
    };
    let (ticket, with_cookies) = (ticket(false).await, ticket(true).await);
    let store = stage.host().store(window).expect("a store");
    let printed = [
        format!("{:?}", stage.desk.account()),
        format!("{:?}", stage.desk.connection()),
        format!("{:?}", stage.desk.catalog()),
        format!("{:?}", stage.desk.windows()),
        format!("{exports:?}"),
        format!("{ticket:?}"),
        format!("{with_cookies:?}"),
        format!("{store:?}"),
        format!("{:?}", Secret::new(&token)),
    ]
    .join("\n");
    // It prints, only not the secrets.
    assert!(printed.contains("Ana Ruiz") && printed.contains("Sales North"), "{printed}");
    assert!(printed.contains(&lab.qlik.session_cookie_name()), "{printed}");

    stage.desk.close(window).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    stage.desk.sign_out().await.expect("signed out");
    let log = log.text();
    assert!(log.contains("mashup is open") && log.contains("export failed"), "{log}");
    let cookies = [&*store, &*with_cookies.mashup_cookies].concat();
    for (name, secret) in secrets(&lab, &cookies, &ticket.mashup_url, &token) {
        assert!(secret.len() > 3, "{name}: {secret}");
        assert!(!printed.contains(&secret), "{name} is printed: {printed}");
        assert!(!log.contains(&secret), "{name} is logged: {log}");
    }
}

#[tokio::test]
async fn no_way_to_sign_in_prints_a_secret() {
    let lab = lab().await;
    let log = Log::listen();
    let (stage, signing_in, question) = signing_in_with_browser::begin(&lab).await;
    let mut browser = Browser::of(&lab, PERSON);
    let back = browser.answer(&question, "allow").await;
    browser.get(&back).await;
    signing_in_with_browser::ended(signing_in).await.expect("signed in");
    let member = |url: &Url, name: &str| {
        url.query_pairs().find(|(known, _)| known == name).expect("a member").1.into_owned()
    };
    let refresh = signing_in_with_browser::resting(&stage)["refresh"].as_str().expect("a text").to_owned();
    let mut secrets = vec![member(&back, "code"), member(&back, "state"), refresh];
    let Account::SignedIn { credentials, .. } = stage.desk.account() else { panic!("nobody") };
    let mut printed = vec![format!("{credentials:?} {:?}", stage.desk.account())];
    stage.keyring.lock();
    lab.website.void_access_tokens();
    stage.desk.refresh_catalog().await.expect("a catalog");
    stage
        .until("to be told", |desk| {
            matches!(desk.account(), Account::SignedIn { remembered: false, .. }).then_some(())
        })
        .await;

    let login = lab.website.url().join("/sign-in/app?state=s").expect("a URL");
    let end = Browser::of(&lab, PERSON).enter(&login).await;
    let fragment = end.fragment().expect("a fragment").replace("state=s", "state=other");
    let desk = stage.desk.clone();
    stage.host().end_sign_in_window(Some(&fragment));
    let error = desk.sign_in_with_website().await.expect_err("another state");
    printed.push(format!("{error} {error:?} {:?}", stage.desk.account()));
    let token = fragment.split(['=', '&']).nth(1).expect("a token").to_owned();
    secrets.push(token);
    let (printed, log) = (printed.join("\n"), log.text());
    assert!(printed.contains("Ana Ruiz") && log.contains("this run only"), "{printed} {log}");
    for secret in secrets {
        assert!(secret.len() > 20, "{secret}");
        assert!(!printed.contains(&secret) && !log.contains(&secret), "{printed}\n{log}");
    }
}

#[tokio::test]
async fn no_error_prints_a_secret() {
    let website = StandIn::start().await;
    let log = Log::listen();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = closed.expect("a port");
    let secret = "hunter2";
    let mut ticket = website.ticket();
    ticket["mashup_url"] = format!("{}m1/?code={secret}", website.url()).into();
    let redeem_urls = [
        format!("http://{closed}/?qlikTicket={secret}"),
        format!("{}nowhere?qlikTicket={secret}", website.url()),
        format!("http://qlik.example/?qlikTicket={secret}"),
        format!("ftp://qlik.example/?qlikTicket={secret}"),
        format!("no-url-{secret}"),
    ];
    for redeem_url in redeem_urls {
        ticket["redeem_url"] = redeem_url.clone().into();
        website.answers_json(TICKETS, &ticket);
        let stage = Stage::signed_in(&website.url(), secret).await;
        let window = stage.desk.open(&id("m1")).expect("signed in");
        let error = stage.told(window).await;
        let printed = format!("{error} {error:?} {}", serde_json::to_string(&error).expect("JSON"));
        assert!(!printed.contains(secret), "{printed}");
        let windows = format!("{:?}", stage.desk.windows());
        assert!(!windows.contains(secret), "{windows}");
    }
    // A name and password in an address are not shown again.
    let error = parse_address(&format!("http://portal.example/?t={secret}")).expect_err("in the clear");
    assert_eq!(error, Error::WebsiteInsecure { host: "portal.example".to_owned() });
    let login = format!("https://login.example/?token={secret}");
    website.answers(DISCOVERY, ResponseTemplate::new(302).insert_header("Location", &*login));
    let error = Stage::new().desk.set_website(&website.url()).await.expect_err("a login page");
    assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    let log = log.text();
    assert!(log.contains("the window shows words"), "{log}");
    assert!(!log.contains(secret), "{log}");
}

/// Every secret of the run.
fn secrets(
    lab: &Lab,
    cookies: &[StoreCookie],
    mashup_url: &SecretUrl,
    token: &str,
) -> Vec<(&'static str, String)> {
    let mut secrets = vec![("the token", token.to_owned())];
    for ticket in lab.qlik.tickets() {
        secrets.push(("a ticket", ticket.ticket));
        secrets.extend(ticket.session.map(|session| ("a session", session)));
    }
    secrets.extend(cookies.iter().map(|cookie| ("a cookie", cookie.value.expose().to_owned())));
    let unused = Url::parse(mashup_url.expose()).expect("a URL");
    let code = unused.query_pairs().find(|(name, _)| name == "code").expect("a one-time code");
    secrets.push(("a code", code.1.into_owned()));
    assert_eq!(secrets.len(), 9, "one token, three tickets, one session, three cookies, one code");
    assert!(live_sessions(lab).is_empty());
    secrets
}

/// What core logs on this thread, which is all of a test.
struct Log;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Log {
    fn listen() -> Self {
        static ONCE: Once = Once::new();
        // One for all tests: a subscriber a thread would lose what other
        // threads met first.
        ONCE.call_once(|| {
            tracing_subscriber::fmt()
                .with_env_filter(EnvFilter::new("mashdesk_core=trace"))
                .with_ansi(false)
                .with_writer(|| Self)
                .init();
        });
        Self
    }

    fn text(&self) -> String {
        LINES.with_borrow(|lines| String::from_utf8_lossy(lines).into_owned())
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
