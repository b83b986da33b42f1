//! Exports: fetched as the window that asked, saved whole or not at all.

use std::fs;
use std::path::PathBuf;

use mashdesk_core::exports::{Export, ExportState};
use mashdesk_core::qlik::StoreCookie;
use mashdesk_core::{Change, Error, WindowId};
use mashdesk_lab::Lab;
use serde_json::json;
use url::Url;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::MASHUPS;
use crate::stage::{Call, Part, RawServer, Stage, StandIn, in_brief, in_time, lab};

#[tokio::test]
async fn an_export_travels_as_the_window_that_asked() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let (a1, a2) = (stage.open_live("m001").await, stage.open_live("m002").await);

    stage.desk.export(a1, &picture(&lab, "m001"));
    let path = saved(&stage, 0).await;
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(name.starts_with("Sales North - photo-1 - 20") && name.ends_with(".png"), "{name}");
    assert_eq!(path.parent(), Some(&*stage.folder.path().join("downloads")));
    assert!(fs::read(&path).expect("a file").starts_with(b"\x89PNG"));
    let export = &stage.desk.exports()[0];
    assert_eq!((export.window, &*export.title, &*export.file_name), (a1, "Sales North", name));

    // The same picture as the other window is somebody else's.
    stage.desk.export(a2, &picture(&lab, "m001"));
    let host = format!("127.0.0.1:{}", lab.qlik.proxy_url().port().expect("a port"));
    assert_eq!(failed(&stage, 1).await, Error::ExportRefused { host, status: 403 });
    stage.desk.export(a2, &picture(&lab, "m002"));
    saved(&stage, 2).await;
    assert_eq!(files(&stage).len(), 2);
    let own = lab.apps.by_mashup("m001").expect("an app").id.clone();
    let asked_as: Vec<_> = lab
        .journal
        .entries()
        .into_iter()
        .filter(|entry| entry.uri == picture(&lab, "m001").path())
        .map(|entry| entry.identity.is_some_and(|identity| identity.ends_with(&own)))
        .collect();
    assert_eq!(asked_as, [true, false]);
}

#[tokio::test]
async fn an_export_of_an_ended_session_is_fetched_with_the_next_one() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let ended = stage.host().cookie(window, &lab.qlik.session_cookie_name()).expect("a session cookie");
    assert!(lab.qlik.end_session(&ended));
    stage.desk.export(window, &picture(&lab, "m001"));
    stage.navigated(window, 2).await;
    stage.load(window);
    saved(&stage, 0).await;
    assert_eq!(lab.qlik.tickets().len(), 2);
}

#[tokio::test]
async fn only_cookies_that_are_for_it_travel_with_an_export() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let url = Url::parse(&format!("{}tempcontent/1/2.csv", website.url())).expect("a URL");
    let elsewhere = Url::parse("https://portal.example/").expect("a URL");
    for (set_cookie, from) in [
        ("other=o; Path=/mashups", &url),
        ("foreign=f; Path=/", &elsewhere),
        ("path=p; Path=/tempcontent", &url),
        ("words=año; Path=/", &url),
    ] {
        stage.host().put(window, StoreCookie::parse(set_cookie, from).expect("a cookie"));
    }
    website.answers("/tempcontent/1/2.csv", ResponseTemplate::new(200).set_body_string("a,b"));
    stage.desk.export(window, &url);
    assert_eq!(fs::read_to_string(saved(&stage, 0).await).expect("a file"), "a,b");
    let sent = website.asked("/tempcontent/1/2.csv");
    let cookies = String::from_utf8_lossy(sent[0].headers["cookie"].as_bytes()).into_owned();
    assert_eq!(cookies, "session=s1; path=p; words=año");
    assert!(!sent[0].headers.contains_key("authorization"), "the token is the website's");
}

#[tokio::test]
async fn a_second_click_while_one_runs_does_nothing() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let server = RawServer::start(half_then("bb")).await;
    let url = Url::parse(&server.url()).and_then(|url| url.join("2.csv")).expect("a URL");
    stage.desk.export(window, &url);
    server.asked().await;
    stage.desk.export(window, &url);
    assert_eq!(stage.desk.exports().len(), 1);
    // Another window's click is another export.
    let other = stage.open_live("m1").await;
    stage.desk.export(other, &url);
    assert_eq!(stage.desk.exports().len(), 2);

    server.go_on();
    saved(&stage, 0).await;
    saved(&stage, 1).await;
    assert_eq!(server.times_asked(), 2);
    stage.desk.export(window, &url);
    saved(&stage, 2).await;
    assert_eq!(files(&stage).len(), 3, "a click after the end is a new one");
}

#[tokio::test]
async fn progress_is_told_while_an_export_runs() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let server = RawServer::start(half_then("bb")).await;
    stage.desk.export(window, &Url::parse(&server.url()).expect("a URL"));
    assert_eq!(stage.desk.exports()[0].state, ExportState::Running(0, None));
    let told =
        stage.host().calls().into_iter().filter(|call| matches!(call, Call::Changed(Change::Export(_))));
    assert_eq!(told.count(), 1);
    server.asked().await;
    assert!(files(&stage).iter().all(|name| name.starts_with(".mashdesk-")), "{:?}", files(&stage));
    server.go_on();
    saved(&stage, 0).await;
    assert_eq!(files(&stage).len(), 1);
}

#[tokio::test]
async fn a_cut_export_leaves_no_file() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na,b",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na,b\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na,b\r\nzz\r\n",
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let server = RawServer::start(vec![Part::Bytes(answer.to_vec())]).await;
        stage.desk.export(window, &Url::parse(&server.url()).expect("a URL"));
        let host = server.url().replace("http://", "").replace('/', "");
        assert_eq!(failed(&stage, number).await, Error::ExportCut { host }, "{number}");
        assert_eq!(files(&stage), Vec::<String>::new(), "{number}");
    }
}

#[tokio::test]
async fn what_is_no_export() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let host = website.host();
    let statuses = [302, 401, 403, 404, 410, 500];
    for (number, status) in statuses.into_iter().enumerate() {
        website.answers("/2.csv", ResponseTemplate::new(status).insert_header("Location", "/login"));
        stage.desk.export(window, &Url::parse(&format!("{}2.csv", website.url())).expect("a URL"));
        let wanted = match status {
            404 | 410 => Error::ExportGone { host: host.clone() },
            _ => Error::ExportRefused { host: host.clone(), status },
        };
        assert_eq!(failed(&stage, number).await, wanted);
        // Only the mashup can have what is gone made anew.
        assert_eq!(stage.desk.exports()[number].can_be_retried(), !matches!(status, 404 | 410));
    }
    assert!(website.asked("/login").is_empty(), "a login page is not saved as an export");

    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = closed.expect("a port").to_string();
    stage.desk.export(window, &Url::parse(&format!("http://{closed}/2.csv")).expect("a URL"));
    let wanted = Error::ExportUnreachable { host: closed, reason: String::new() };
    assert_eq!(in_brief(failed(&stage, statuses.len()).await), wanted);
    assert_eq!(files(&stage), Vec::<String>::new());
}

#[tokio::test]
async fn a_page_is_no_export() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    website.answers(
        "/tempcontent/1/2.csv",
        ResponseTemplate::new(200).set_body_raw("<h1>Sign in</h1>", "text/html"),
    );
    let url = Url::parse(&format!("{}tempcontent/1/2.csv", website.url())).expect("a URL");
    stage.desk.export(window, &url);
    assert!(matches!(failed(&stage, 0).await, Error::ExportRefused { status: 200, .. }));
    assert!(files(&stage).is_empty());
}

#[tokio::test]
async fn what_a_killed_run_has_half_written_is_removed_and_nothing_else() {
    let killed = "11111111-2222-4333-8444-555555555555";
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("last-run.json"), json!({"instances": [killed]}).to_string())
        .expect("written");
    let downloads = folder.path().join("downloads");
    fs::create_dir(&downloads).expect("a folder");
    let left = downloads.join(format!(".mashdesk-{killed}-a.part"));
    let others = [".mashdesk-99999999-2222-4333-8444-555555555555-a.part", "mine.part"];
    for file in others.iter().map(|name| downloads.join(name)).chain([left.clone()]) {
        fs::write(file, "half").expect("written");
    }
    let stage = Stage::in_folder(folder, |_| ());
    stage.desk.start().await;
    in_time("it to be removed", async {
        while left.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(others.iter().all(|name| downloads.join(name).exists()));
}

#[tokio::test]
async fn only_so_many_exports_are_listed() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let mut first = None;
    for number in 0..60 {
        let url = Url::parse(&format!("{}tempcontent/1/1.c{number}", website.url())).expect("a URL");
        stage.desk.export(window, &url);
        stage
            .until("the export to end", |desk| {
                let newest = desk.exports().pop()?;
                (!matches!(newest.state, ExportState::Running(..))).then_some(())
            })
            .await;
        first = first.or_else(|| stage.desk.exports().pop().map(|export| export.id));
    }
    assert_eq!(stage.desk.exports().len(), 50);
    let first = first.expect("an export");
    assert!(stage.desk.listed_export(first).is_none());
    let calls = stage.host().calls();
    let told = calls.iter().filter(|call| **call == Call::Changed(Change::Export(first)));
    assert_eq!(told.count(), 3, "that it began, ended and is listed no longer");
}

#[tokio::test]
async fn who_looks_elsewhere_is_told_that_an_export_has_ended() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let url = |name: &str| Url::parse(&format!("{}tempcontent/1/{name}", website.url())).expect("a URL");
    website.answers("/tempcontent/1/1.csv", ResponseTemplate::new(200).set_body_string("a,b"));
    stage.desk.export(window, &url("1.csv"));
    saved(&stage, 0).await;
    let server = RawServer::start(half_then("bb")).await;
    stage.desk.export(window, &Url::parse(&server.url()).expect("a URL"));
    server.asked().await;

    stage.host().look_away();
    stage.desk.cancel_export(stage.desk.exports()[1].id);
    stage.desk.export(window, &url("1.csv"));
    saved(&stage, 2).await;
    stage.desk.export(window, &url("missing.csv"));
    failed(&stage, 3).await;
    let told = |calls: &[Call]| -> Vec<_> {
        let told = |call: &Call| match call {
            Call::Notified(export) => Some(*export),
            _ => None,
        };
        calls.iter().filter_map(told).collect()
    };
    let told = stage
        .until("two notifications", |desk| Some(told(&desk.host().calls())).filter(|told| told.len() >= 2))
        .await;
    let exports = stage.desk.exports();
    // Neither the one that ended before their eyes, nor the one they stopped.
    assert_eq!(told, [exports[2].id, exports[3].id]);
}

#[tokio::test]
async fn todays_exports_survive_a_restart_and_no_address_does() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let url = |name: &str| Url::parse(&format!("{}tempcontent/s3cret/{name}", website.url())).expect("a URL");
    website.answers("/tempcontent/s3cret/1.csv", ResponseTemplate::new(200).set_body_string("a,b"));
    website.answers("/tempcontent/s3cret/2.csv", ResponseTemplate::new(403));
    stage.desk.export(window, &url("1.csv"));
    let path = saved(&stage, 0).await;
    stage.desk.export(window, &url("2.csv"));
    let error = failed(&stage, 1).await;
    let server = RawServer::start(half_then("bb")).await;
    stage.desk.export(window, &Url::parse(&server.url()).expect("a URL"));
    server.asked().await;
    stage.desk.cancel_export(stage.desk.exports()[2].id);
    let before = stage.desk.exports();
    assert!(!before[0].can_be_retried() && before[1].can_be_retried() && before[2].can_be_retried());
    stage.until("the list to be written", |_| written(&stage).filter(|list| list.len() == 3)).await;
    let text = fs::read_to_string(stage.folder.path().join("exports.json")).expect("a file");
    for hidden in ["s3cret", "http", "session"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }

    let next = Stage::in_folder(stage.folder, |_| ());
    let after = next.desk.exports();
    let told = |exports: &[Export]| -> Vec<_> {
        let told =
            |export: &Export| (export.id, export.title.clone(), export.file_name.clone(), export.since);
        exports.iter().map(told).collect()
    };
    assert_eq!(told(&after), told(&before));
    let states: Vec<_> = after.iter().map(|export| export.state.clone()).collect();
    assert_eq!(states, [ExportState::Saved(path), ExportState::Failed(error), ExportState::Cancelled]);
    for export in &after {
        assert!(!export.can_be_retried());
        next.desk.retry_export(export.id);
    }
    assert_eq!(next.desk.exports().iter().map(|export| export.state.clone()).collect::<Vec<_>>(), states);
    let told = next.host().calls().into_iter().any(|call| matches!(call, Call::Changed(Change::Export(_))));
    assert!(!told, "nothing is fetched");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let website = StandIn::start().await;
    website.answers("/2.csv", ResponseTemplate::new(200).set_body_string("a,b"));
    let file = tempfile::NamedTempFile::new().expect("a file");
    let stage = Stage::with(|setup| setup.download_folder = file.path().join("downloads"));
    stage.desk.set_website(&website.url()).await.expect("a website");
    stage.desk.sign_in("token").await.expect("signed in");
    let window = stage.open("m1").await;
    stage.desk.export(window, &Url::parse(&format!("{}2.csv", website.url())).expect("a URL"));
    let path = file.path().join("downloads").display().to_string();
    let wanted = Error::ExportFolder { path, reason: String::new() };
    assert_eq!(in_brief(failed(&stage, 0).await), wanted);
    let blob = Url::parse("blob:https://portal.example/1").expect("a URL");
    let error = stage.desk.download_begins(window, &blob, Some("a.csv")).expect_err("no folder");
    assert_eq!(in_brief(error), wanted);
    assert_eq!(in_brief(failed(&stage, 1).await), wanted, "it is listed, too");
}

#[tokio::test]
async fn a_name_that_is_taken_is_numbered() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "../Sales: <North>").await;
    let server = RawServer::start(half_then("bb")).await;
    let url =
        Url::parse(&server.url()).and_then(|url| url.join("tempcontent/1/2.XLSX?a=b.c")).expect("a URL");
    stage.desk.export(window, &url);
    let taken = stage.desk.exports()[0].file_name.clone();
    assert!(taken.starts_with("Sales North - 20") && taken.ends_with(".xlsx"), "{taken}");
    let folder = stage.folder.path().join("downloads");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(&taken), "mine").expect("written");
    let second = taken.replace(".xlsx", " (2).xlsx");
    fs::write(folder.join(&second), "mine too").expect("written");

    server.go_on();
    let path = saved(&stage, 0).await;
    assert_eq!(path, folder.join(taken.replace(".xlsx", " (3).xlsx")));
    assert_eq!(fs::read_to_string(path).expect("a file"), "aabb");
    assert_eq!(fs::read_to_string(folder.join(taken)).expect("a file"), "mine");
    assert_eq!(fs::read_to_string(folder.join(second)).expect("a file"), "mine too");
}

#[tokio::test]
async fn a_window_that_is_gone_exports_nothing() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    stage.desk.close(window).expect("it is open");
    let url = Url::parse(&website.url()).expect("a URL");
    assert_eq!(stage.desk.download_begins(window, &url, None), Err(Error::WindowGone));
    stage.desk.export(window, &url);
    assert!(stage.desk.exports().is_empty());
}

/// A live window of a mashup with this title.
pub(crate) async fn with_window(website: &StandIn, title: &str) -> (Stage, WindowId) {
    website.answers_json(MASHUPS, &json!({"mashups": [{"id": "m1", "title": title}]}));
    let stage = Stage::at(website).await;
    let window = stage.open_live("m1").await;
    (stage, window)
}

/// Half a file now, the rest when told.
pub(crate) fn half_then(rest: &str) -> Vec<Part> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\naa", 2 + rest.len());
    vec![Part::Bytes(head.into_bytes()), Part::Pause, Part::Bytes(rest.as_bytes().to_vec())]
}

fn picture(lab: &Lab, mashup: &str) -> Url {
    let app = lab.apps.by_mashup(mashup).expect("an app");
    let image = app.images().next().expect("an image");
    let path = format!("{}/content/{}/{image}", lab.qlik.virtual_proxy(), app.library);
    lab.qlik.proxy_url().join(&path).expect("a URL")
}

pub(crate) async fn saved(stage: &Stage, number: usize) -> PathBuf {
    match ended(stage, number).await.state {
        ExportState::Saved(path) => path,
        other => panic!("not saved: {other:?}"),
    }
}

pub(crate) async fn failed(stage: &Stage, number: usize) -> Error {
    match ended(stage, number).await.state {
        ExportState::Failed(error) => error,
        other => panic!("not failed: {other:?}"),
    }
}

pub(crate) async fn ended(stage: &Stage, number: usize) -> Export {
    stage
        .until("the end of an export", |desk| {
            let export = desk.exports().get(number).cloned()?;
            (!matches!(export.state, ExportState::Running(..))).then_some(export)
        })
        .await
}

/// The list that the next run will find.
fn written(stage: &Stage) -> Option<Vec<serde_json::Value>> {
    serde_json::from_slice(&fs::read(stage.folder.path().join("exports.json")).ok()?).ok()
}

/// What lies in the folder for exports, hidden files as well.
pub(crate) fn files(stage: &Stage) -> Vec<String> {
    let Ok(folder) = fs::read_dir(stage.folder.path().join("downloads")) else { return Vec::new() };
    folder.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
}
