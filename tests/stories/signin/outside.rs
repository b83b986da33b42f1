//! What the app is asked from outside and from its keyboard: links, a second
//! start, the switcher; and what it keeps of a person's likes.

use std::process::Stdio;

use anyhow::{Result, ensure};

use super::{App, SEARCH, Story};
use crate::child::Computer;
use crate::desktop::until;
use crate::hand;
use crate::report::Report;

/// The title of the launcher's window.
const LAUNCHER: &str = "Mashdesk";

pub(super) fn play(story: &Story, report: &mut Report) -> Result<()> {
    let computer = Computer::anew(&story.lab)?;
    let app = story.start(&computer)?;
    story.paste_token(&app)?;
    report.check("deeplink.opens", || {
        start_again(&computer, &["mashdesk://open/m002"])?;
        app.is_live("m002")?;
        Ok("mashdesk://open/m002 opened its window in the running app".to_owned())
    });
    report.check("deeplink.hostile_refused", || hostile(&computer, &app));
    report.check("second_instance.focuses", || {
        let in_front = || hand::active_title().unwrap_or_default() == LAUNCHER;
        until("the mashup in front", || Ok((!in_front()).then_some(())))?;
        start_again(&computer, &[])?;
        until("the launcher in front", || Ok(in_front().then_some(())))?;
        Ok("the second start ended, and the launcher came to the front".to_owned())
    });
    report.check("switcher.opens", || {
        app.launcher.press_with_control('k')?;
        let title = story.title("m004")?;
        app.launcher.write("[role=dialog] [role=combobox]", &format!("{title}\n"))?;
        app.is_live("m004")?;
        Ok(format!("Ctrl+K, {title}, Enter"))
    });
    report.check("favourite.survives_restart", || {
        app.find(story, "m003")?;
        app.launcher.click(".stars button.star[tabindex='0']")?;
        app.launcher.write(SEARCH, "")?;
        let favourite = "[data-testid=mashup-row-personal][data-mashup=m003]";
        app.launcher.is_there(favourite)?;
        app.quit()?;
        let app = story.start(&computer)?;
        app.launcher.is_there(favourite)?;
        app.sign_out()?;
        app.quit()?;
        Ok("it stands first at the next start".to_owned())
    });
    Ok(())
}

/// Starts the app once more; the running one takes over.
fn start_again(computer: &Computer, arguments: &[&str]) -> Result<()> {
    let mut app = computer.app(arguments).stdout(Stdio::null()).spawn()?;
    let ended = until("the second start to end", || Ok(app.try_wait()?))?;
    ensure!(ended.success(), "it ended with {ended}");
    Ok(())
}

/// Links that nobody should send: words, and no window more.
fn hostile(computer: &Computer, app: &App) -> Result<String> {
    let long = format!("mashdesk://open/{}", "m".repeat(10_000));
    let before = app.windows()?;
    let mut read = Vec::new();
    for (link, code) in [
        ("mashdesk://open/nobody-knows", "unknown_mashup"),
        (long.as_str(), "link_invalid"),
        ("mashdesk://open/m001\u{202e}\u{7}", "link_invalid"),
        ("mashdesk://open/../m001", "link_invalid"),
        ("mashdesk://delete/m001", "link_invalid"),
        ("mashdesk://open/m001?then=https://evil.example", "link_invalid"),
    ] {
        start_again(computer, &[link])?;
        let words = app.problem(code)?;
        app.launcher.click("[data-testid=dismiss-notice]")?;
        app.launcher.is_gone(&format!("[data-testid=problem][data-code={code}]"))?;
        read.push(words);
    }
    let after = app.windows()?;
    ensure!(before == after, "{before} windows became {after}");
    read.dedup();
    Ok(read.join(" | "))
}
