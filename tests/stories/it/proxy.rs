//! The company's proxy: everything goes through it, it may ask who asks, and
//! it may look inside.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};
use mashdesk_core::{Secret, TokenStore};
use mashdesk_lab::Lab;
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::Options;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::squid::{AUTHORITY, Manner, Squid};
use super::{PERSON, Story, lines, options};
use crate::child::Computer;
use crate::driven::Driven;
use crate::report::Report;

const POLICY: &str = "mashdesk/policy.json";

pub(super) fn play(story: &Story, report: &mut Report) {
    // Over TLS, as companies have it: a proxy sees more than a tunnel only where
    // it looks inside.
    let encrypted = || -> Result<Story> {
        let options = Options { https: true, apps: 12, ..options() };
        let lab = story.runtime.block_on(Lab::start(options))?;
        let certificates = lab.qlik.certificates().root.parent().context("a folder")?;
        // Squid reads them, as another than root.
        fs::set_permissions(certificates, Permissions::from_mode(0o755))?;
        Ok(Story { lab, runtime: Runtime::new()?, screenshots: story.screenshots.clone() })
    };
    report.check("proxy.used", || used(&encrypted()?));
    report.check("proxy.auth", || auth(&encrypted()?));
    report.check("proxy.inspecting_ca", || inspecting(&encrypted()?));
}

/// The app's own requests and the page's, its websocket included; none of them
/// where the policy says so, and the environment counts as the system's. The
/// proxy looks inside, which is what lets it tell them apart.
fn used(story: &Story) -> Result<String> {
    let lab = &story.lab;
    let root = root(lab)?;
    let squid = Squid::start(&Manner::Inspects { trusted: &lab.qlik.certificates().root })?;
    let proxy = squid.address();
    let computer = Computer::of(lab, PERSON)?;
    trust(&computer, &[&root, &squid.authority()?])?;
    computer.lay(POLICY, &json!({"proxy": proxy}).to_string())?;
    let asked = heard(lab);
    opens(story, &computer)?;
    let passed = squid.passed()?;
    let asked = heard(lab) - asked;
    ensure!(passed.len() >= asked, "{asked} requests came, {} through the proxy", passed.len());
    for (what, url, words) in [
        ("the app's discovery", lab.website.url(), "mashdesk.json"),
        ("a redemption", lab.qlik.proxy_url(), "/resources/"),
        ("the page", lab.website.url(), "/mashups/"),
        ("the page's websocket", lab.qlik.proxy_url(), "/app/"),
    ] {
        let at = url.join("/")?;
        let seen = passed.iter().any(|line| line.contains(at.as_str()) && line.contains(words));
        ensure!(seen, "{what}: {passed:#?}");
    }

    // Another, since the first one writes down late what ends late.
    let passed_by = Squid::start(&Manner::Inspects { trusted: &lab.qlik.certificates().root })?;
    let policy = json!({"proxy": passed_by.address(), "no_proxy": ["127.0.0.1"]});
    computer.lay(POLICY, &policy.to_string())?;
    opens(story, &computer)?;
    let spite = passed_by.passed()?;
    ensure!(spite.is_empty(), "in spite of no_proxy: {spite:#?}");

    computer.lift(POLICY)?;
    let mut doctor = computer.app(&["doctor", "--json"])?;
    let output = doctor.env("https_proxy", &proxy).output()?;
    let line = finding(&lines(&output)?, "proxy")?;
    ensure!(line["detail"] == format!("127.0.0.1:{}", squid.port), "{line}");
    ensure!(squid.passed()?.len() > passed.len(), "the environment's proxy was not used");
    let mut doctor = computer.app(&["doctor", "--json"])?;
    let output = doctor.env("https_proxy", &proxy).env("no_proxy", "127.0.0.1").output()?;
    let line = finding(&lines(&output)?, "proxy")?;
    ensure!(line["detail"] == "none", "{line}");
    Ok(format!("{} requests of {asked}, the app's and the page's", passed.len()))
}

fn auth(story: &Story) -> Result<String> {
    let (name, password) = ("acme-ana", "s3cret+/pass");
    let squid = Squid::start(&Manner::Asks { name, password })?;
    let computer = Computer::of(&story.lab, PERSON)?;
    trust(&computer, &[&root(&story.lab)?])?;
    computer.lay(POLICY, &json!({"proxy": squid.address()}).to_string())?;
    let output = computer.run(&["doctor", "--json"], "")?;
    let line = finding(&lines(&output)?, "connection")?;
    ensure!(line["code"] == "proxy_auth" && line["who"] == "it", "{line}");

    let proxy = format!("http://{name}:s3cret+%2Fpass@127.0.0.1:{}", squid.port);
    computer.lay(POLICY, &json!({"proxy": proxy}).to_string())?;
    let before = squid.passed()?.len();
    opens(story, &computer)?;
    let passed = squid.passed()?;
    for url in [story.lab.website.url(), story.lab.qlik.proxy_url()] {
        let tunnel = format!("CONNECT 127.0.0.1:{} {name} ", url.port().unwrap_or_default());
        ensure!(passed[before..].iter().any(|line| line.contains(&tunnel)), "{url}: {passed:#?}");
    }
    let told = String::from_utf8(computer.run(&["policy"], "")?.stdout)?;
    ensure!(!told.contains("s3cret"), "{told}");
    Ok(format!("{} tunnels for {name}", passed.len() - before))
}

/// Every certificate is the proxy's own; the system's store knows its authority,
/// and so do the app and the webview.
fn inspecting(story: &Story) -> Result<String> {
    let squid = Squid::start(&Manner::Inspects { trusted: &story.lab.qlik.certificates().root })?;
    let proxy = squid.address();
    let computer = Computer::of(&story.lab, PERSON)?;
    computer.lay(POLICY, &json!({"proxy": proxy}).to_string())?;
    let output = computer.run(&["doctor", "--json"], "")?;
    let line = finding(&lines(&output)?, "certificate")?;
    ensure!(line["code"] == "website_tls", "trusted by nobody, and yet {line}");

    // The authority in the policy, for what the app asks by itself.
    computer.lay("mashdesk/ca.pem", &squid.authority()?)?;
    let policy = json!({"proxy": proxy, "ca_files": ["/etc/mashdesk/ca.pem"]}).to_string();
    computer.lay(POLICY, &policy)?;
    well(&computer)?;

    // In the system's store, for everything.
    computer.lay(POLICY, &json!({"proxy": proxy}).to_string())?;
    trust(&computer, &[&squid.authority()?])?;
    let line = finding(&well(&computer)?, "certificate")?;
    ensure!(line["detail"] == AUTHORITY, "{line}");
    opens(story, &computer)?;
    Ok(format!("signed by {AUTHORITY}, in the app and in its window"))
}

/// The authority that the lab's own certificates are signed by.
fn root(lab: &Lab) -> Result<String> {
    Ok(fs::read_to_string(&lab.qlik.certificates().root)?)
}

/// Adds authorities to the computer's own store.
fn trust(computer: &Computer, authorities: &[&str]) -> Result<()> {
    let system = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt")?;
    computer.lay("ssl/certs/ca-certificates.crt", &format!("{system}\n{}", authorities.join("\n")))
}

/// What the doctor says, who must find nothing wrong.
fn well(computer: &Computer) -> Result<Vec<Value>> {
    let told = lines(&computer.run(&["doctor", "--json"], "")?)?;
    let failed: Vec<&Value> = told.iter().filter(|line| line["ok"] == false).collect();
    ensure!(failed.is_empty(), "{failed:?}");
    Ok(told)
}

/// Opens a mashup's window, until its page has its data.
fn opens(story: &Story, computer: &Computer) -> Result<()> {
    let token = story.token()?;
    mashdesk::Keyring.save(story.lab.website.url().as_str(), &Secret::new(token))?;
    let app = Driven::launcher(computer, &[], story.runtime.handle())?;
    app.is_there("[data-testid=mashup-row]")?;
    computer.start_again(&["open", "m001"])?;
    app.is_there("[data-testid=window-row][data-mashup=m001][data-state=live]")?;
    crate::desktop::until("the page's websocket", || {
        Ok(story.lab.qlik.sessions().iter().any(|session| session.sockets > 0).then_some(()))
    })?;
    story.picture("proxy.png")?;
    app.click("[data-testid=window-row][data-mashup=m001] button[aria-label^=Close]")?;
    app.is_gone("[data-testid=window-row]")?;
    Ok(())
}

/// How many requests the website and Qlik's proxy have had.
fn heard(lab: &Lab) -> usize {
    lab.journal.entries().iter().filter(|entry| entry.side != Side::Qps).count()
}

fn finding(told: &[Value], check: &str) -> Result<Value> {
    told.iter().find(|line| line["check"] == check).cloned().with_context(|| format!("no {check}: {told:?}"))
}
