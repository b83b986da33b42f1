//! What support gets: everything that helps, and no secret.

use std::fs::{self, File};
use std::io::Read;

use anyhow::{Context, Result, ensure};
use zip::ZipArchive;

use super::{Story, words};
use crate::child::Computer;
use crate::driven::Driven;
use crate::report::Report;

/// In the policy, as IT may have to write it.
const PASSWORD: &str = "hunter2-planted";

pub(super) fn play(story: &Story, report: &mut Report) {
    report.check("bundle.redacted", || redacted(story));
}

fn redacted(story: &Story) -> Result<String> {
    let computer = Computer::of(&story.lab, super::PERSON)?;
    // A day's work, in as many words as the app has.
    let mut app = computer.app(&["open", "m001"])?;
    app.env("MASHDESK_LOG", "trace");
    let app = computer.watch(app)?;
    story.session_lives()?;
    app.quit()?;

    let policy = format!(r#"{{"proxy": "http://ana:{PASSWORD}@127.0.0.1:1", "no_proxy": ["127.0.0.1"]}}"#);
    computer.lay("mashdesk/policy.json", &policy)?;
    let file = computer.downloads().join("support.zip");
    fs::create_dir_all(computer.downloads())?;
    let path = file.display().to_string();
    let told = words(&computer.run(&["bundle", &path], "")?);
    let shown = words(&computer.run(&["bundle"], "")?);
    let files = unzipped(&file)?;
    for name in ["versions.txt", "policy.txt", "doctor.txt", "logs/mashdesk"] {
        let (_, text) =
            files.iter().find(|(file, _)| file.starts_with(name)).with_context(|| name.to_owned())?;
        ensure!(!text.is_empty() && told.contains(name), "{name} is empty, or was not named in {told}");
    }
    let text = |start: &str| {
        files
            .iter()
            .find(|(name, _)| name.starts_with(start))
            .map(|(_, text)| text.as_str())
            .unwrap_or_default()
    };
    ensure!(text("doctor.txt").contains("SESSION_CREATED"), "{}", text("doctor.txt"));
    ensure!(text("policy.txt").contains("http://***@127.0.0.1:1/"), "{}", text("policy.txt"));
    ensure!(text("logs/").contains("m001"), "the log says nothing of the day");

    let mut secrets = story.secrets()?;
    secrets.push(PASSWORD.to_owned());
    let raw: String = fs::read_dir(computer.logs())?
        .map(|entry| Ok(fs::read_to_string(entry?.path())?))
        .collect::<Result<Vec<String>>>()?
        .join("\n");
    for (name, text) in files.iter().chain([&("shown".to_owned(), shown), &("the log".to_owned(), raw)]) {
        for secret in &secrets {
            ensure!(
                !text.contains(secret.as_str()),
                "{name} has a secret: {}…",
                &secret[..4.min(secret.len())]
            );
        }
    }

    // The same from Help: shown first.
    let app = Driven::launcher(&computer, &[], story.runtime.handle())?;
    app.is_there("[data-testid=mashup-row]")?;
    app.click("[data-testid=help]")?;
    app.click("[data-testid=gather]")?;
    app.is_there("[data-testid=bundle-save]")?;
    let shown = app
        .look("[...document.querySelectorAll('[data-testid=bundle-file]')].map(f => f.textContent).join()")?;
    story.picture("bundle.png")?;
    let shown = shown.as_str().unwrap_or_default();
    ensure!(
        shown.contains("versions.txt") && !secrets.iter().any(|secret| shown.contains(secret)),
        "{shown}"
    );
    Ok(format!("{} files, {} secrets looked for", files.len(), secrets.len()))
}

fn unzipped(file: &std::path::Path) -> Result<Vec<(String, String)>> {
    let mut zip = ZipArchive::new(File::open(file)?)?;
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index)?;
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            Ok((entry.name().to_owned(), text))
        })
        .collect()
}

impl Story {
    /// Waits until a mashup's page has its websocket.
    fn session_lives(&self) -> Result<()> {
        crate::desktop::until("a mashup at work", || {
            Ok(self.lab.qlik.sessions().iter().any(|session| session.sockets > 0).then_some(()))
        })
    }

    /// Everything that must be nowhere: tokens, tickets, sessions.
    fn secrets(&self) -> Result<Vec<String>> {
        let tickets = self.lab.qlik.tickets().into_iter().map(|record| record.ticket);
        let sessions = self.lab.qlik.sessions().into_iter().map(|record| record.id);
        Ok(tickets.chain(sessions).chain([self.token()?]).collect())
    }
}
