//! A website's discovery document that cannot be had, or is none: told where
//! the address was typed, and the website that was set before stays.

use anyhow::{Result, ensure};
use mashdesk_core::Connection;
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::bodies::{self, NOWHERE};
use super::network::nobody_listens;
use crate::desktop::Desktop;
use crate::report::Report;

const DOCUMENT: &str = "/.well-known/mashdesk.json";
/// Leads from signing in to the website's address.
const THERE: &str = "[data-testid=another-website]";
/// And back.
const BACK: &str = "[data-testid=back]";

/// Leaves the launcher at the sign-in page.
pub(super) fn play(desktop: &Desktop, lab: &Lab, untrusted: &Lab, report: &mut Report) -> Result<()> {
    connect(desktop, lab)?;
    let website = lab.website.url().to_string();

    let elsewhere = [
        ("dns", NOWHERE.to_owned(), "website_unreachable"),
        ("refused", nobody_listens()?, "website_unreachable"),
        ("untrusted", untrusted.website.url().to_string(), "website_tls"),
    ];
    for (name, address, code) in elsewhere {
        report.check(&format!("discovery.{name}"), || tried(desktop, &address, code));
    }
    let transport = [("reset", Fault::Reset), ("cut", Fault::CutMidBody)]
        .map(|(name, fault)| (name, fault, "website_unreachable"));
    let bodies =
        bodies::of(200, r#"{"mashdesk": "one"}"#, r#"{"mashdesk": 1}"#).into_iter().map(|(name, fault)| {
            (name, fault, if name == "endless" { "website_garbage" } else { "website_foreign" })
        });
    for (name, fault, code) in transport.into_iter().chain(bodies) {
        report.check(&format!("discovery.{name}"), || {
            lab.faults.strike(Side::Website, DOCUMENT, usize::MAX, fault);
            let told = tried(desktop, &website, code);
            lab.faults.clear();
            told
        });
    }
    Ok(())
}

/// Gives the launcher the right address.
pub(super) fn connect(desktop: &Desktop, lab: &Lab) -> Result<()> {
    let launcher = desktop.launcher()?;
    launcher.until("the first-run page", "document.querySelector('[data-testid=website-url]')")?;
    desktop.give_website(lab.website.url().as_str())?;
    at_sign_in(desktop)
}

/// Tries an address that does not do, reads why, and goes back.
fn tried(desktop: &Desktop, address: &str, code: &str) -> Result<String> {
    let launcher = desktop.launcher()?;
    launcher.click(THERE)?;
    launcher.until("the website's page", "document.querySelector('[data-testid=website-url]')")?;
    desktop.give_website(address)?;
    let problem = format!("[data-testid=problem][data-code={code}]");
    let told = launcher
        .text(&format!("{problem} .title"))
        .and_then(|title| Ok(format!("{title} {}", launcher.text(&format!("{problem} .advice"))?)));
    launcher.until("an end of it", &format!("document.querySelector('{BACK}')"))?;
    launcher.click(BACK)?;
    at_sign_in(desktop)?;
    ensure!(matches!(desktop.desk.connection(), Connection::Ready(_)), "the good website is lost");
    told
}

fn at_sign_in(desktop: &Desktop) -> Result<()> {
    desktop.launcher()?.until("the sign-in page", "document.querySelector('[data-testid=token]')").map(drop)
}
