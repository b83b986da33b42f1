//! The three ways to sign in, what rests in the keyring, and signing out.

use anyhow::{Context, Result, ensure};
use mashdesk::Keyring;
use mashdesk_core::TokenStore;
use mashdesk_lab::journal::Entry;
use mashdesk_lab::qlik::SessionState;
use mashdesk_lab::website::SignInSpoil;
use reqwest::header;
use url::{Url, form_urlencoded};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{App, PERSON, ROW, Story, WAYS};
use crate::child::Computer;
use crate::desktop::until;
use crate::driven::Driven;
use crate::hand;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report) -> Result<()> {
    let computer = Computer::anew(&story.lab)?;
    let app = story.start(&computer)?;
    let browser = Driven::browser(story.runtime.handle())?;
    report.check("oidc.pkce_enforced", || pkce_enforced(story, &computer, &app, &browser));
    report.check("oidc.state_checked", || {
        story.lab.website.spoil_sign_in(SignInSpoil::WrongState, 1);
        in_browser(&computer, &app, &browser)?;
        app.problem("sign_in_state")
    });
    report.check("oidc.signs_in", || {
        in_browser(&computer, &app, &browser)?;
        app.launcher.is_there(ROW)?;
        story.picture("signed-in.png")?;
        Ok(format!("the browser said: {}", browser.text("main")?))
    });
    report.check("oidc.refreshes", || refreshes(story, &app));
    app.quit()?;
    let app = story.start(&computer)?;
    report.check("keyring.survives_restart", || {
        app.launcher.is_there(ROW)?;
        Ok("the next start asked nobody".to_owned())
    });
    report.check("signout.all_gone", || all_gone(story, &app));
    report.check("web.signs_in", || web(story, &app));
    report.check("web.cookie_confined", || cookie_confined(story, &app));
    app.sign_out()?;
    report.check("token.signs_in", || {
        story.paste_token(&app)?;
        Ok("pasted, and the catalog came".to_owned())
    });
    app.sign_out()?;
    app.quit()?;
    report.check("keyring.absent_told", || absent_told(story));
    report.check("command.signs_in_and_out", || command_line(story));
    Ok(())
}

/// Presses the button, and does in the browser what the page asks for.
fn in_browser(computer: &Computer, app: &App, browser: &Driven) -> Result<()> {
    let url = authorization(computer, app)?;
    allow(browser, url.as_str())
}

/// Presses the button; answers what the app has opened in the browser.
fn authorization(computer: &Computer, app: &App) -> Result<Url> {
    let before = computer.opened()?.len();
    app.launcher.click("[data-testid=sign-in-oidc]")?;
    let opened = until("the browser", || Ok(computer.opened()?.into_iter().nth(before)))?;
    Ok(opened.parse()?)
}

/// Signs in at the provider where it asks for that, and allows the app in.
fn allow(browser: &Driven, url: &str) -> Result<()> {
    browser.go_to(url)?;
    browser.is_there("#allow, input[name=name]")?;
    if browser.look("document.querySelector('#allow') === null")? == true {
        browser.write("input[name=name]", PERSON)?;
        browser.write("input[name=password]", &format!("{PERSON}-password\n"))?;
    }
    browser.click("#allow")
}

/// Somebody on the same computer catches the code: without the verifier, which
/// never leaves the app, it is worth nothing.
fn pkce_enforced(story: &Story, computer: &Computer, app: &App, browser: &Driven) -> Result<String> {
    let url = authorization(computer, app)?;
    let asked =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    ensure!(asked("code_challenge_method").as_deref() == Some("S256"), "no S256 in {url}");
    let thief = story.runtime.block_on(async {
        let thief = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&thief).await;
        thief
    });
    let redirect = format!("http://{}/", thief.address());
    let mut stolen = url.clone();
    stolen.query_pairs_mut().clear().extend_pairs(
        url.query_pairs()
            .filter(|(key, _)| key != "redirect_uri")
            .chain([("redirect_uri".into(), (&redirect).into())]),
    );
    allow(browser, stolen.as_str())?;
    let code = until("the code", || {
        let caught = story.runtime.block_on(thief.received_requests()).unwrap_or_default();
        let code =
            |url: &Url| url.query_pairs().find(|(key, _)| key == "code").map(|(_, code)| code.into_owned());
        Ok(caught.iter().find_map(|request| code(&request.url)))
    })?;
    let client = asked("client_id").context("no client")?;
    let form: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", &client),
            ("redirect_uri", &redirect),
            ("code_verifier", "a-verifier-that-somebody-else-has-made-up-0123"),
        ])
        .finish();
    let address = story.lab.website.url().join("/oidc/token")?;
    let request = reqwest::Client::new().post(address).body(form);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = story.runtime.block_on(request.send())?;
    ensure!(answer.status() == 400, "the provider answered {}", answer.status());
    let said = story.runtime.block_on(answer.text())?;
    ensure!(said.contains("invalid_grant"), "the provider said {said}");
    app.launcher.click("[data-testid=cancel-sign-in]")?;
    app.launcher.is_there("[data-testid=sign-in-oidc]")?;
    Ok("the app asks with S256, and a caught code without its verifier is an invalid grant".to_owned())
}

/// The access token is void: the app gets another, and nobody is asked.
fn refreshes(story: &Story, app: &App) -> Result<String> {
    let refreshed = |story: &Story| {
        let tokens = story.website_heard();
        tokens.iter().filter(|entry| entry.uri == "/oidc/token" && entry.status == 200).count()
    };
    let before = refreshed(story);
    story.lab.website.void_access_tokens();
    let heard = story.website_heard().len();
    app.launcher.click("button.refresh")?;
    until("the catalog to be fetched anew", || {
        let anew = story.website_heard().into_iter().skip(heard);
        let good = anew.filter(|entry| entry.uri.ends_with("/mashups") && matches!(entry.status, 200 | 304));
        Ok((good.count() > 0).then_some(()))
    })?;
    let times = refreshed(story) - before;
    ensure!(times == 1, "refreshed {times} times");
    app.launcher.is_there(ROW)?;
    Ok("one refresh, nobody was asked".to_owned())
}

/// Windows, sessions, the entry in the keyring, the grant at the provider.
fn all_gone(story: &Story, app: &App) -> Result<String> {
    for mashup in ["m001", "m002"] {
        app.open(story, mashup)?;
    }
    let website = story.lab.website.url().as_str();
    ensure!(Keyring.load(website)?.is_some(), "nothing rests in the keyring");
    app.sign_out()?;
    until("the sessions to end", || {
        let live = story.lab.qlik.sessions().iter().any(|session| session.state == SessionState::Live);
        Ok((!live).then_some(()))
    })?;
    ensure!(Keyring.load(website)?.is_none(), "the keyring still has it");
    let revoked =
        story.website_heard().iter().any(|entry| entry.uri == "/oidc/revoke" && entry.status == 200);
    ensure!(revoked, "the provider was not told");
    app.launcher.is_gone("[data-testid=window-row]")?;
    Ok("two windows and their sessions ended, the keyring is empty, the provider has revoked the grant"
        .to_owned())
}

/// The website's own page, in a window of the app.
pub(super) fn web(story: &Story, app: &App) -> Result<String> {
    app.unfold_ways()?;
    let launcher = hand::active_title().unwrap_or_default();
    let before = story.website_heard().len();
    app.launcher.click("[data-testid=sign-in-web]")?;
    let title = until("the website's page", || {
        Ok(hand::active_title().ok().filter(|title| *title != launcher && !title.is_empty()))
    })?;
    story.picture("sign-in-web.png")?;
    let heard =
        |what: &dyn Fn(&Entry) -> bool| story.website_heard().iter().skip(before).filter(|e| what(e)).count();
    let mut typed = 0;
    until("the person to be let in", || {
        let forms = heard(&|entry| entry.uri == "/style.css");
        let refused =
            heard(&|entry| entry.method == "POST" && entry.uri == "/sign-in" && entry.status == 403);
        // A key may come before the page listens: then it says so, and one
        // types again.
        if forms > typed && refused == typed {
            type_in()?;
            typed += 1;
        }
        Ok((app.launcher.look(&format!("document.querySelector('{ROW}') !== null"))? == true).then_some(()))
    })?;
    let done = story.website_heard().iter().any(|entry| entry.uri.starts_with("/sign-in/done"));
    ensure!(!done, "the done address was loaded");
    Ok(format!("in the window {title}, which is gone"))
}

/// Fills the form in: its first field has the keyboard.
fn type_in() -> Result<()> {
    hand::press("ctrl+a")?;
    hand::write(PERSON)?;
    hand::press("Tab")?;
    hand::write(&format!("{PERSON}-password"))?;
    hand::press("Return")
}

/// What the website's page was given stays in its window.
fn cookie_confined(story: &Story, app: &App) -> Result<String> {
    let heard = story.website_heard().len();
    app.open(story, "m003")?;
    let entries = story.website_heard();
    let calls = entries.iter().filter(|entry| entry.uri.starts_with("/api/"));
    ensure!(calls.clone().all(|entry| entry.cookies.is_empty()), "a call of the app had a cookie");
    let pages: Vec<_> =
        entries.iter().skip(heard).filter(|entry| entry.uri.starts_with("/mashups/")).collect();
    ensure!(!pages.is_empty(), "the mashup loaded nothing");
    for page in &pages {
        ensure!(
            !page.cookies.iter().any(|name| name == "website_session"),
            "a mashup sent the sign-in's cookie"
        );
    }
    Ok(format!("{} calls and {} requests of a mashup without it", calls.count(), pages.len()))
}

/// A computer without a keyring: the person is told, and stays signed in.
fn absent_told(story: &Story) -> Result<String> {
    let computer = Computer::anew(&story.lab)?.without_keyring();
    let app = story.start(&computer)?;
    story.paste_token(&app)?;
    let said = app.launcher.text("[data-testid=not-remembered]")?;
    app.quit()?;
    let app = story.start(&computer)?;
    app.launcher.is_there(WAYS)?;
    app.quit()?;
    Ok(said)
}

/// The same from the command line, without a display.
fn command_line(story: &Story) -> Result<String> {
    let computer = Computer::anew(&story.lab)?;
    let refused = computer.run(&["sign-in"], "nonsense\n")?;
    ensure!(!refused.status.success() && !refused.stderr.is_empty(), "{refused:?}");
    let token = story.lab.website.app_token(PERSON).context("a token")?;
    let done = computer.run(&["sign-in"], &format!("{token}\n"))?;
    ensure!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stdout)?.trim().to_owned();
    ensure!(said.contains("Ana Ruiz") && !said.contains(&token), "{said}");
    let website = story.lab.website.url().as_str();
    ensure!(Keyring.load(website)?.is_some(), "nothing rests in the keyring");
    let out = computer.run(&["sign-out"], "")?;
    ensure!(out.status.success(), "{out:?}");
    ensure!(Keyring.load(website)?.is_none(), "the keyring still has it");
    Ok(said)
}
