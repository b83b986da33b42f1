//! What is secret stays where it belongs: after a day's work of the real
//! `mashdesk` at its most talkative, each password, token, ticket, session, one-time
//! code and cookie is looked for in everything that is left for others to see.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use url::form_urlencoded;

use super::{App, PERSON, Story, ways};
use crate::child::Computer;
use crate::hand;
use crate::processes::{self, Process};
use crate::report::Report;

/// A secret, and what it is.
type Planted = (&'static str, String);

pub(super) fn play(story: &Story, report: &mut Report) -> Result<()> {
    let computer = Computer::anew(&story.lab)?.talkative()?;
    let app = story.start(&computer)?;
    let token = story.lab.website.app_token(PERSON).context("a token")?;
    report.check("work.password", || ways::web(story, &app));
    report.check("work.ticket", || {
        story.lab.website.set_mashup_cookies(false);
        app.open(story, "m001")?;
        app.sign_out()?;
        story.lab.website.set_mashup_cookies(true);
        Ok("a mashup was open by a code, and was signed out of".to_owned())
    });
    report.check("work.token", || {
        app.unfold_ways()?;
        app.launcher.write("[data-testid=token]", &format!("{token}\n"))?;
        app.open(story, "m002")?;
        Ok("signed in again, and another mashup is open by a cookie".to_owned())
    });

    let planted = planted(story, token)?;
    let processes = processes_of(&app)?;
    report.check("processes.command_line", || absent_from_proc(&planted, &processes, "cmdline"));
    report.check("processes.environment", || absent_from_proc(&planted, &processes, "environ"));
    report.check("processes.no_core_dump", || no_core_dump(&processes));
    report.check("window_titles", || absent(&planted, "a title", &hand::titles()?));
    report.check("clipboard", || {
        for selection in ["clipboard", "primary"] {
            // One that nobody has filled is an error of xclip's.
            let held =
                Command::new("xclip").args(["-o", "-selection", selection]).output().context("xclip")?;
            absent(&planted, selection, &String::from_utf8_lossy(&held.stdout))?;
        }
        Ok("neither selection".to_owned())
    });
    app.quit()?;

    report.check("log", || {
        let log = fs::read_to_string(computer.log()).context("a log")?;
        ensure!(log.contains("TRACE") && log.contains("mashdesk_core"), "it is not talkative: {log:.500}");
        absent(&planted, "the log", &log)?;
        Ok(format!("{} lines at the most verbose level", log.lines().count()))
    });
    report.check("files", || {
        let files = files_below(computer.home())?;
        absent_from_files(&planted, &files)?;
        Ok(format!("{} files of the app's folders and its folder for temporary files", files.len()))
    });
    report.check("files.search_bites", || {
        let leak = computer.home().join("config/leak.json");
        fs::write(&leak, format!("{{\"url\":\"https://qlik.example/?qlikTicket={}\"}}", planted[1].1))?;
        let found =
            absent_from_files(&planted, &files_below(computer.home())?).err().context("it was overlooked")?;
        fs::remove_file(leak)?;
        Ok(format!("one that was laid there is found: {found}"))
    });
    // The support bundle is searched here as soon as there is one.
    Ok(())
}

/// Everything secret that this day has seen.
fn planted(story: &Story, token: String) -> Result<Vec<Planted>> {
    let mut planted = vec![("the token", token)];
    for ticket in story.lab.qlik.tickets() {
        planted.push(("a ticket", ticket.ticket));
        planted.extend(ticket.session.map(|session| ("a session", session)));
    }
    for entry in story.website_heard() {
        let query = entry.uri.split_once('?').map(|(_, query)| query).unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name == "code" {
                planted.push(("a one-time code", value.into_owned()));
            }
        }
    }
    planted.extend(story.lab.website.window_cookies().into_iter().map(|cookie| ("a cookie", cookie)));
    planted.push(("the password", format!("{PERSON}-password")));
    for (kind, least) in [("a ticket", 2), ("a session", 2), ("a one-time code", 1), ("a cookie", 1)] {
        let count = planted.iter().filter(|(what, _)| *what == kind).count();
        ensure!(count >= least, "{count} times {kind}, for two mashups");
    }
    ensure!(planted.iter().all(|(_, secret)| secret.len() >= 8), "too short to be looked for");
    Ok(planted)
}

/// The app's process and all below it.
fn processes_of(app: &App) -> Result<Vec<Process>> {
    let all = processes::tree(app.pid)?;
    ensure!(all.iter().any(|process| processes::is_renderer(&process.name)), "no page is drawn");
    Ok(all)
}

fn absent_from_proc(planted: &[Planted], processes: &[Process], file: &str) -> Result<String> {
    let mut read = 0;
    for Process { pid, name } in processes {
        // One that is gone by now, or that the system keeps to itself, tells nobody.
        let Ok(content) = fs::read(format!("/proc/{pid}/{file}")) else { continue };
        absent(planted, &format!("{file} of {name}"), &String::from_utf8_lossy(&content))?;
        read += 1;
    }
    ensure!(read > 0, "nothing could be read");
    Ok(format!("{read} processes"))
}

/// What a process had in memory when it died is written nowhere.
fn no_core_dump(processes: &[Process]) -> Result<String> {
    for Process { pid, name } in processes {
        let Ok(limits) = fs::read_to_string(format!("/proc/{pid}/limits")) else { continue };
        let line =
            limits.lines().find(|line| line.starts_with("Max core file size")).context("no such limit")?;
        let mut words = line.split_whitespace().skip(4);
        ensure!(words.next() == Some("0") && words.next() == Some("0"), "{name}: {line}");
    }
    Ok(format!("{} processes may write none", processes.len()))
}

fn absent_from_files(planted: &[Planted], files: &[PathBuf]) -> Result<()> {
    for file in files {
        let content = fs::read(file).with_context(|| file.display().to_string())?;
        absent(planted, &file.display().to_string(), &String::from_utf8_lossy(&content))?;
    }
    Ok(())
}

fn absent(planted: &[Planted], place: &str, text: &str) -> Result<String> {
    for (what, secret) in planted {
        ensure!(!text.contains(secret), "{what} is in {place}");
    }
    Ok(format!("{} secrets are not in {place}", planted.len()))
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}
