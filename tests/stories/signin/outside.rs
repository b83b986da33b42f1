//! What the app is asked from outside and from its keyboard: links, a second
//! start, the switcher; and what it keeps of a person's likes.

use anyhow::{Context, Result, ensure};

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
        computer.start_again(&["mashdesk://open/m002"])?;
        app.is_live("m002")?;
        in_front(&story.window_title("m002")?)
    });
    report.check("command.opens", || {
        computer.start_again(&["open", "m001"])?;
        app.is_live("m001")?;
        in_front(&story.window_title("m001")?)
    });
    report.check("second_instance.focuses", || {
        let asked = story.lab.qlik.tickets().len();
        computer.start_again(&["mashdesk://open/m002"])?;
        in_front(&story.window_title("m002")?)?;
        computer.start_again(&[])?;
        in_front(LAUNCHER)?;
        ensure!(story.lab.qlik.tickets().len() == asked, "a ticket was asked for");
        Ok("each start ended, and what was asked for came to the front".to_owned())
    });
    report.check("deeplink.hostile_refused", || hostile(story, &computer, &app));
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

/// Links that nobody should send: words in the launcher, and no window more.
fn hostile(story: &Story, computer: &Computer, app: &App) -> Result<String> {
    let long = format!("mashdesk://open/{}", "m".repeat(10_000));
    let (windows, asked) = (app.windows()?, story.lab.qlik.tickets().len());
    let mut read = Vec::new();
    for (link, code) in [
        ("mashdesk://open/nobody-knows", "unknown_mashup"),
        (&long, "link_invalid"),
        ("mashdesk://open/m003\u{1b}]0;x\u{7}", "link_invalid"),
        ("mashdesk://open/\u{202e}300m", "link_invalid"),
        ("mashdesk://open/../m003", "link_invalid"),
        ("mashdesk://evil.example/m003", "link_invalid"),
        ("mashdesk://open/m003?website=https://evil.example", "link_invalid"),
        ("mashdesk:m003", "link_invalid"),
    ] {
        computer.start_again(&[link])?;
        let words = app.problem(code).with_context(|| format!("{link:.60}"))?;
        let notice = format!("[data-testid=problem][data-code={code}]");
        app.launcher.click(&format!("{notice} [data-testid=dismiss]"))?;
        app.launcher.is_gone(&notice)?;
        read.push(words);
    }
    ensure!(app.windows()? == windows, "a window was opened");
    ensure!(story.lab.qlik.tickets().len() == asked, "a ticket was asked for");
    Ok(read.join(" | "))
}

/// Waits until a window has the keyboard.
fn in_front(title: &str) -> Result<String> {
    until(title, || {
        // Between two windows there may be none.
        Ok((hand::active_title().unwrap_or_default() == title).then_some(()))
    })?;
    Ok(format!("{title} is in front"))
}
