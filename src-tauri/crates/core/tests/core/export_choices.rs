//! Exports: where they go, what a double click asks for, and what the webview
//! downloads by itself.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use mashdesk_core::exports::ExportState;
use mashdesk_core::{Error, Policy};
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use serde_json::json;
use tokio::sync::oneshot;
use url::Url;
use wiremock::ResponseTemplate;

use crate::exports::{failed, files, half_then, saved, with_window};
use crate::stage::stand_in::MASHUPS;
use crate::stage::{Call, PATIENCE, RawServer, Stage, StandIn, count, in_time, lab};

#[tokio::test]
async fn the_object_is_named_as_qlik_names_it() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let answer = ResponseTemplate::new(200)
        .set_body_string("a,b")
        .insert_header("Content-Disposition", "attachment; filename*=UTF-8''Orders%3A%20all.csv");
    website.answers(CSV, answer);
    stage.desk.export(window, &at(&website, CSV));
    let path = saved(&stage, 0).await;
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(name.starts_with("Sales - Orders all - 20") && name.ends_with(".csv"), "{name}");
    assert_eq!(stage.desk.exports()[0].file_name, name);
}

#[tokio::test]
async fn a_double_click_exports_once() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let clicks: Vec<RawServer> = [
        RawServer::start(half_then("b")).await,
        RawServer::start(half_then("b")).await,
        RawServer::start(half_then("b")).await,
    ]
    .into();
    // Qlik makes a file for each click.
    let url = |click: usize| {
        Url::parse(&clicks[click].url()).and_then(|url| url.join(&format!("{click}.xlsx"))).expect("a URL")
    };
    stage.desk.export(window, &url(0));
    stage.desk.export(window, &url(1));
    clicks[1].asked().await;
    assert_eq!(stage.desk.exports().len(), 2, "one click for two exports is as good as two clicks");

    stage.host().click_twice();
    stage.desk.export(window, &url(2));
    clicks[0].go_on();
    clicks[1].go_on();
    saved(&stage, 0).await;
    saved(&stage, 1).await;
    assert_eq!((stage.desk.exports().len(), clicks[2].times_asked()), (2, 0));
}

#[tokio::test]
async fn a_session_that_is_renewed_while_qlik_refuses_is_good_enough() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let app = lab.apps.by_mashup("m001").expect("an app");
    let image = format!("{}/content/{}/photo-1.png", lab.qlik.virtual_proxy(), app.library);
    let image = lab.qlik.proxy_url().join(&image).expect("a URL");
    let stalled = lab.faults.strike(Side::Proxy, "/content/", 1, Fault::Stall);
    stage.desk.export(window, &image);
    in_time("the request", stalled.wait()).await;
    let ended = stage.host().cookie(window, &lab.qlik.session_cookie_name()).expect("a session cookie");
    assert!(lab.qlik.end_session(&ended));
    stage.desk.signal(window, mashdesk_core::sessions::Signal::LoggedOut);
    stage.navigated(window, 2).await;
    stage.load(window);
    lab.faults.clear();
    saved(&stage, 0).await;
    assert_eq!(count(&lab, Side::Proxy, "GET", "/content/"), 2);
    assert_eq!(lab.qlik.tickets().len(), 2);
}

#[tokio::test]
async fn who_is_asked_says_where_an_export_goes() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    website.answers(CSV, ResponseTemplate::new(200).set_body_string("a,b"));
    stage.desk.set_ask_where_to_save(true).expect("saved");
    stage.desk.export(window, &at(&website, CSV));
    let cancelled = |desk: &mashdesk_core::Desk<_>| {
        (desk.exports().first()?.state == ExportState::Cancelled).then_some(())
    };
    stage.until("an export that goes nowhere", cancelled).await;
    assert!(website.asked(CSV).is_empty(), "what Qlik hands out once must not be lost to a no");

    let chosen = stage.folder.path().join("mine.csv");
    fs::write(&chosen, "old").expect("written");
    stage.host().choose(Some(chosen.clone()));
    let export = &stage.desk.exports()[0];
    let asked = Call::Asked(stage.folder.path().join("downloads").join(&export.file_name));
    assert!(stage.host().has(&asked), "{asked:?}");
    stage.desk.retry_export(export.id);
    assert_eq!(saved(&stage, 0).await, chosen);
    assert_eq!(fs::read_to_string(&chosen).expect("a file"), "a,b");
    assert_eq!(stage.desk.exports()[0].file_name, "mine.csv");
}

#[tokio::test]
async fn what_it_has_settled_wins_over_the_person() {
    let website = StandIn::start().await;
    website.answers(CSV, ResponseTemplate::new(200).set_body_string("a,b"));
    let own = tempfile::tempdir().expect("a folder");
    for settled in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let managed = folder.path().join("managed");
        let policy = Policy {
            download_folder: settled.then(|| managed.clone()),
            ask_where_to_save: settled.then_some(false),
            ..Policy::default()
        };
        let stage = Stage::in_folder(folder, |setup| setup.policy = policy);
        stage.desk.set_website(&website.url()).await.expect("a website");
        stage.desk.sign_in("token").await.expect("signed in");
        stage.desk.set_download_folder(Some(own.path().to_owned())).expect("saved");
        stage.desk.set_ask_where_to_save(settled).expect("saved");
        let window = stage.open("m1").await;
        stage.desk.export(window, &at(&website, CSV));
        let wanted = if settled { managed } else { own.path().to_owned() };
        assert_eq!(saved(&stage, 0).await.parent(), Some(&*wanted));
    }
}

#[tokio::test]
async fn a_download_of_the_webviews_own_is_named_and_listed() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let blob = Url::parse("blob:https://portal.example/1").expect("a URL");
    let begins = || stage.desk.download_begins(window, &blob, Some("../../My chart.PNG")).expect("a place");
    let (first, second) = (begins(), begins());
    let name = first.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(name.starts_with("Sales - My chart - 20") && name.ends_with(".png"), "{name}");
    assert_eq!(first.parent(), Some(&*stage.folder.path().join("downloads")));
    assert_ne!(first, second, "one that nobody has written yet is taken all the same");
    assert_eq!(stage.desk.exports()[0].state, ExportState::Running(0, None));

    fs::write(&first, "PNG").expect("written");
    fs::write(&second, "P").expect("written");
    stage.desk.download_ended(window, &blob, Some(&first), true);
    assert_eq!(saved(&stage, 0).await, first);
    // Some webviews do not say which file.
    stage.desk.download_ended(window, &blob, None, false);
    assert_eq!(failed(&stage, 1).await, Error::DownloadFailed);
    assert_eq!(files(&stage), [name]);
    assert!(!stage.desk.exports()[1].can_be_retried());
}

#[tokio::test]
async fn a_download_of_the_webviews_own_goes_where_the_person_says() {
    let website = StandIn::start().await;
    website.answers_json(MASHUPS, &json!({"mashups": [{"id": "m1", "title": "Sales"}]}));
    let (stage, window) = with_window(&website, "Sales").await;
    stage.desk.set_ask_where_to_save(true).expect("saved");
    let blob = Url::parse("blob:https://portal.example/1").expect("a URL");
    for (number, chosen) in [None, Some(stage.folder.path().join("mine.png"))].into_iter().enumerate() {
        let path: PathBuf = stage.desk.download_begins(window, &blob, Some("a.png")).expect("a place");
        fs::write(&path, "PNG").expect("written");
        stage.host().choose(chosen.clone());
        stage.desk.download_ended(window, &blob, None, true);
        match chosen {
            Some(chosen) => assert_eq!(saved(&stage, number).await, chosen),
            None => {
                let ended = |desk: &mashdesk_core::Desk<_>| {
                    (desk.exports()[number].state == ExportState::Cancelled).then_some(())
                };
                stage.until("a download that goes nowhere", ended).await;
            }
        }
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn a_download_that_is_stopped_leaves_no_file() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let blob = Url::parse("blob:https://portal.example/1").expect("a URL");
    let path = stage.desk.download_begins(window, &blob, None).expect("a place");
    stage.desk.cancel_export(stage.desk.exports()[0].id);
    // The webview knows nothing of that.
    fs::write(&path, "whole").expect("written");
    stage.desk.download_ended(window, &blob, Some(&path), true);
    assert_eq!(stage.desk.exports()[0].state, ExportState::Cancelled);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_download_ends_with_its_window() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let blob = Url::parse("blob:https://portal.example/1").expect("a URL");
    let path = stage.desk.download_begins(window, &blob, None).expect("a place");
    fs::write(&path, "half").expect("written");
    stage.desk.close(window).expect("it is open");
    assert_eq!(failed(&stage, 0).await, Error::DownloadFailed);
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_closes_while_the_main_thread_ends_a_download() {
    let website = StandIn::start().await;
    let (stage, window) = with_window(&website, "Sales").await;
    let url = |number| Url::parse(&format!("blob:https://portal.example/{number}")).expect("a URL");
    stage.desk.download_begins(window, &url(1), None).expect("a place");
    let desk = Arc::clone(&stage.desk);
    let (went_on, main_thread) = oneshot::channel();
    stage.host().is_busy_with(move || {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            desk.download_ended(window, &url(2), None, true);
            // Nobody listens any more where that came too late.
            let _ = tell.send(());
        });
        let _ = went_on.send(told.recv_timeout(PATIENCE).is_ok());
    });
    stage.desk.close(window).expect("it is open");
    assert_eq!(failed(&stage, 0).await, Error::DownloadFailed);
    assert_eq!(in_time("the main thread to go on", main_thread).await, Ok(true));
}

const CSV: &str = "/tempcontent/1/0f8fad5b-d9cb-469f-a165-70867728950e.csv";

fn at(website: &StandIn, path: &str) -> Url {
    Url::parse(&website.url()).and_then(|url| url.join(path)).expect("a URL")
}
