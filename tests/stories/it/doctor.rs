//! `mashdesk doctor`, and the same from Help: all well, and each wire cut in
//! turn.

use anyhow::{Context, Result, ensure};
use mashdesk_lab::qlik::SessionState;
use serde_json::Value;

use super::cuts::{CUTS, Cut, Scene};
use super::{Story, lines};
use crate::child::Computer;
use crate::desktop::until;
use crate::driven::Driven;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report) {
    report.check("doctor.all_ok", || all_ok(story));
    report.check("doctor.names_the_wire", || names_the_wire(story));
}

fn all_ok(story: &Story) -> Result<String> {
    let computer = Computer::of(&story.lab, super::PERSON)?;
    let output = computer.run(&["doctor", "--json"], "")?;
    let told = lines(&output)?;
    let not: Vec<&Value> =
        told.iter().filter(|line| line["check"].is_string() && line["ok"] != true).collect();
    ensure!(not.is_empty() && output.status.success(), "{}: {not:?}", output.status);
    let live = story.lab.qlik.sessions().iter().any(|session| session.state == SessionState::Live);
    ensure!(!live, "a session was not given back");
    let engine = told.iter().find(|line| line["check"] == "engine").context("no engine")?;
    ensure!(engine["detail"] == "SESSION_CREATED, CSRF", "{engine}");

    let app = Driven::launcher(&computer, &[], story.runtime.handle())?;
    app.is_there("[data-testid=mashup-row]")?;
    app.click("[data-testid=help]")?;
    app.click("[data-testid=examine]")?;
    app.is_there("[data-testid=examined]")?;
    story.picture("help.png")?;
    let fine = app.look("document.querySelectorAll('[data-testid=finding][data-state=fine]').length")?;
    let all = app.look("document.querySelectorAll('[data-testid=finding]').length")?;
    ensure!(
        fine == all && fine == told.len() - 1,
        "{fine} of {all} in Help, {} in the command",
        told.len() - 1
    );
    let said = app.text("[data-testid=examined]")?;
    until("the session of Help to end", || {
        let live = story.lab.qlik.sessions().iter().any(|session| session.state == SessionState::Live);
        Ok((!live).then_some(()))
    })?;
    Ok(format!("{} checks; in Help: {said}", told.len() - 1))
}

fn names_the_wire(story: &Story) -> Result<String> {
    let mut wrong = Vec::new();
    for cut in CUTS {
        if let Err(error) = named(story, cut) {
            wrong.push(format!("{}: {error:#}", cut.name));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(CUTS.len() >= 20, "only {} wires", CUTS.len());
    Ok(format!("{} wires", CUTS.len()))
}

/// The doctor names this wire, what is wrong with it and who can mend it, and no
/// other.
fn named(story: &Story, cut: &Cut) -> Result<()> {
    let mut scene = Scene::new(story)?;
    (cut.make)(story, &mut scene)?;
    let mut arguments = vec!["doctor", "--json", "--token-file", "-"];
    arguments.extend(&scene.arguments);
    let output = scene.computer.run(&arguments, &scene.token);
    scene.mend(story)?;
    let output = output?;
    let told = lines(&output)?;
    let failed: Vec<&Value> = told.iter().filter(|line| line["ok"] == false).collect();
    let [only] = failed[..] else { anyhow::bail!("{failed:?}") };
    let seen = ["check", "code", "who"].map(|member| only[member].as_str().unwrap_or_default());
    ensure!(seen == [cut.check, cut.code, cut.who], "{only}");
    ensure!(output.status.code() == Some(1), "it ended with {}", output.status);
    ensure!(only["advice"].as_str().is_some_and(|advice| !advice.is_empty()), "{only}");
    Ok(())
}
