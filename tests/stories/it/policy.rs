//! What IT settles: which of two policies counts, what people see of it, and a
//! broken one.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Story, lines, words};
use crate::child::Computer;
use crate::desktop::until;
use crate::driven::Driven;
use crate::hand;
use crate::report::Report;

const MACHINE: &str = "mashdesk/policy.json";
const OWN: &str = "mashdesk/policy.json";
/// What a process ends with where the policy is broken.
const BROKEN: i32 = 78;

pub(super) fn play(story: &Story, report: &mut Report) {
    report.check("policy.precedence", || precedence(story));
    report.check("policy.locked_in_ui", || locked(story));
    report.check("policy.broken_stops", || broken_stops(story));
}

/// The machine's over the person's, the person's over their settings; and the
/// app goes where the first says.
fn precedence(story: &Story) -> Result<String> {
    let computer = Computer::anew(&story.lab)?;
    let website = story.lab.website.url().as_str();
    computer.lay(MACHINE, &json!({"website": website, "log_level": "debug"}).to_string())?;
    let own = json!({"website": "https://second.example", "shared_sessions": false}).to_string();
    computer.lay_own(OWN, &own)?;
    let settings = json!({"website": "https://third.example"}).to_string();
    computer.lay_own("app.mashdesk.desktop/settings.json", &settings)?;
    // On the command line a fourth one.
    let computer = computer.untold();
    let arguments = ["--website", "https://fourth.example"];
    let told = lines(&computer.run(&[&arguments[..], &["policy", "--json"]].concat(), "")?)?;
    let value = |name: &str| -> Result<(&Value, &str)> {
        let line = told.iter().find(|line| line["name"] == name).with_context(|| format!("no {name}"))?;
        Ok((&line["value"], line["from"].as_str().unwrap_or_default()))
    };
    let wanted: [(&str, Value, &str); 4] = [
        ("website", json!(website), "machine"),
        ("log_level", json!("debug"), "machine"),
        ("shared_sessions", json!(false), "user"),
        ("proxy", Value::Null, "default"),
    ];
    for (name, wanted, from) in &wanted {
        let seen = value(name)?;
        ensure!(seen == (wanted, *from), "{name} is {seen:?}");
    }
    let app = Driven::launcher(&computer, &arguments, story.runtime.handle())?;
    app.is_there("[data-testid=sign-in-oidc]")?;
    drop(app);
    // Without the machine's, the person's own counts.
    computer.lift(MACHINE)?;
    let told = lines(&computer.run(&["policy", "--json"], "")?)?;
    let second = told.iter().any(|line| line["value"] == "https://second.example/" && line["from"] == "user");
    ensure!(second, "{told:?}");
    computer.lay_own(OWN, "{}")?;
    let told = lines(&computer.run(&["policy", "--json"], "")?)?;
    let third =
        told.iter().any(|line| line["value"] == "https://third.example/" && line["from"] == "settings");
    ensure!(third, "{told:?}");
    Ok("machine, person, settings: four websites, and the app is at the machine's".to_owned())
}

/// What is settled is marked and cannot be changed, by the page's own commands
/// either; the only way to sign in that is left is the one that IT wants.
fn locked(story: &Story) -> Result<String> {
    let computer = Computer::anew(&story.lab)?.untold();
    let website = story.lab.website.url().as_str();
    let policy = json!({"website": website, "start_with_system": true, "sign_in": ["token"]}).to_string();
    computer.lay(MACHINE, &policy)?;
    let app = Driven::launcher(&computer, &[], story.runtime.handle())?;
    app.is_there("[data-testid=token]")?;
    for gone in ["[data-testid=sign-in-oidc]", "[data-testid=sign-in-web]", "[data-testid=another-website]"] {
        app.is_gone(gone)?;
    }
    app.write("[data-testid=token]", &format!("{}\n", story.token()?))?;
    app.is_there("[data-testid=mashup-row]")?;
    app.press_with_control(',')?;
    app.is_there("[role=dialog] input[type=checkbox]:disabled:checked")?;
    let said = app.text("[role=dialog] [data-testid=managed]")?;
    let marked = app.look("document.querySelectorAll('[role=dialog] [data-testid=managed]').length")?;
    ensure!(marked == 2, "{marked} settings are marked");
    story.picture("policy-locked.png")?;
    ensure!(computer.starts_with_system(), "it does not start with the system");
    for (command, arguments) in [
        ("set_website", json!({"url": "https://other.example"})),
        ("set_start_with_system", json!({"on": false})),
    ] {
        let code = app.refusal(command, &arguments)?;
        ensure!(code == "managed", "{command} was answered {code}");
    }
    ensure!(computer.starts_with_system(), "it no longer starts with the system");
    Ok(said)
}

/// A broken policy stops every way in, with the file, the line and the reason;
/// nothing is asked of the network.
fn broken_stops(story: &Story) -> Result<String> {
    let heard = story.lab.journal.entries().len();
    let mut said = String::new();
    let broken = "{\n  \"shared_sessions\": false,\n  \"webside\": \"https://a.example\"\n}";
    for own in [false, true] {
        let computer = Computer::of(&story.lab, super::PERSON)?;
        if own {
            computer.lay_own(OWN, broken)?;
        } else {
            computer.lay(MACHINE, broken)?;
        }
        for command in [&["policy"] as &[&str], &["doctor"], &["sign-out"], &["open", "m001"], &[]] {
            let output = computer.run(command, "")?;
            said = words(&output);
            ensure!(output.status.code() == Some(BROKEN), "{command:?} ended with {}", output.status);
            for part in ["policy.json, line 3", "webside"] {
                ensure!(said.contains(part), "{command:?} said {said}");
            }
        }
        // Before a screen, in a window.
        let before = hand::active_title().unwrap_or_default();
        let app = computer.start(&[])?;
        let title = until("a window of words", || {
            Ok(hand::active_title().ok().filter(|title| *title != before && !title.is_empty()))
        })?;
        story.picture("policy-broken.png")?;
        hand::press("Return")?;
        let code = app.ended()?;
        ensure!(code == Some(BROKEN), "{title}: it ended with {code:?}");
    }
    ensure!(story.lab.journal.entries().len() == heard, "the website was asked all the same");
    Ok(said.trim().to_owned())
}
