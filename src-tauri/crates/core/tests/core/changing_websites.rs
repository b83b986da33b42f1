//! Which website: typed, remembered, changed, and never lost to a slip.

use std::fs;

use mashdesk_core::{Account, Catalog, Connection, Error, Settings};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{DISCOVERY, MASHUPS, ME};
use crate::stage::{Call, Relay, Stage, StandIn, id, lab, live_sessions, website_answered};

#[tokio::test]
async fn a_website_is_remembered_for_the_next_run() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    stage.desk.start().await;
    assert!(matches!(stage.desk.connection(), Connection::Unset));
    stage.desk.set_website(&format!("{}?from=mail#top", website.url())).await.expect("a website");
    assert_eq!(ready(&stage), website.url());

    let next = Stage::in_folder(stage.folder, |_| ());
    next.keyring.keep(&website.url(), "token");
    next.desk.start().await;
    assert_eq!(ready(&next), website.url());
    assert!(matches!(next.desk.account(), Account::SignedIn { .. }), "{:?}", next.desk.account());
}

#[tokio::test]
async fn the_website_of_this_run_is_not_remembered() {
    let (own, policy) = (StandIn::start().await, StandIn::start().await);
    let stage = Stage::new();
    stage.desk.set_website(&own.url()).await.expect("a website");
    let next = Stage::in_folder(stage.folder, |setup| setup.website = Some(policy.url()));
    next.desk.start().await;
    assert_eq!(ready(&next), policy.url());
    let settings = Settings::load(&next.folder.path().join("settings.json")).expect("settings");
    assert_eq!(settings.website.map(String::from), Some(own.url()));
}

#[tokio::test]
async fn a_slip_costs_neither_the_website_nor_its_windows() {
    let (website, broken) = (StandIn::start().await, StandIn::start().await);
    broken.answers(DISCOVERY, ResponseTemplate::new(404));
    let stage = Stage::at(&website).await;
    stage.desk.set_website(&website.url()).await.expect("a website");
    stage.desk.sign_in("token").await.expect("signed in");
    let window = stage.open_live("m1").await;
    for slip in ["our portal", "http://portal.example", &broken.url(), "http://127.0.0.1:1"] {
        stage.desk.set_website(slip).await.expect_err(slip);
        assert_eq!(ready(&stage), website.url(), "{slip}");
        assert!(matches!(stage.desk.account(), Account::SignedIn { .. }), "{slip}");
        assert_eq!(stage.titles().0, ["Sales"], "{slip}");
        assert!(stage.desk.window(window).is_some(), "{slip}");
        let settings = Settings::load(&stage.folder.path().join("settings.json")).expect("settings");
        assert_eq!(settings.website.map(String::from), Some(website.url()), "{slip}");
    }
}

#[tokio::test]
async fn a_first_address_that_does_not_do_is_told_with_what_was_typed() {
    let stage = Stage::new();
    let error = stage.desk.set_website("our portal").await.expect_err("no address");
    assert_eq!(error, Error::WebsiteUrlInvalid { input: "our portal".to_owned() });
    let Connection::Failed(typed, told) = stage.desk.connection() else { panic!("not failed") };
    assert_eq!((typed.as_str(), told), ("our portal", error));
    assert!(!stage.folder.path().join("settings.json").exists());
}

#[tokio::test]
async fn another_website_closes_the_windows_of_the_first() {
    let (lab, other) = (lab().await, StandIn::start().await);
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    stage.desk.set_website(&other.url()).await.expect("a website");

    assert!(stage.host().has(&Call::Closed(window)));
    assert!(stage.desk.windows().is_empty());
    assert!(live_sessions(&lab).is_empty(), "given back to the website that they came from");
    assert_eq!(stage.signed_out(), Some(None), "nobody is signed in there");
    assert!(matches!(stage.desk.catalog(), Catalog::None));
    // Back again, the keyring still knows her.
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    assert!(matches!(stage.desk.account(), Account::SignedIn { .. }));
}

#[tokio::test]
async fn a_token_never_travels_to_another_website() {
    let (lab, other) = (lab().await, StandIn::start().await);
    let stage = Stage::at_lab(&lab).await;
    let question = stage.keyring.ask_the_person();
    let desk = stage.desk.clone();
    let url = other.url();
    let changing = tokio::spawn(async move { desk.set_website(&url).await });
    stage.keyring.asked().await;
    assert_eq!(ready(&stage), other.url());

    // While the keyring asks the person, somebody clicks.
    assert!(matches!(stage.desk.open(&id("m1")), Err(Error::SignInNeeded { .. })));
    assert!(matches!(stage.desk.refresh_catalog().await, Err(Error::SignInNeeded { .. })));
    drop(question);
    changing.await.expect("no panic").expect("a website");
    for path in [DISCOVERY, ME, MASHUPS] {
        assert!(
            other.asked(path).iter().all(|request| !request.headers.contains_key("authorization")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_window_is_given_back_while_another_website_is_tried() {
    let (lab, slow) = (lab().await, StandIn::start().await);
    let relay = Relay::to(&slow.url().parse().expect("a URL")).await;
    relay.hold();
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let (desk, url) = (stage.desk.clone(), relay.url());
    let trying = tokio::spawn(async move { desk.set_website(&url).await });
    relay.heard("GET /.well-known/").await;

    stage.desk.close(window).expect("it is open");
    website_answered(&lab, "DELETE", &format!("/sessions/{window}"), 1).await;
    assert!(live_sessions(&lab).is_empty());
    relay.release();
    trying.await.expect("no panic").expect("a website");
}

#[tokio::test]
async fn broken_settings_are_told_and_put_aside() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    let file = stage.folder.path().join("settings.json");
    fs::write(&file, "{\"website\": 7}").expect("written");
    stage.desk.start().await;
    let Connection::Failed(_, Error::SettingsBroken { path, .. }) = stage.desk.connection() else {
        panic!("{:?}", stage.desk.connection())
    };
    assert_eq!(path, file.display().to_string());
    stage.desk.set_website(&website.url()).await.expect("a website");
    let kept = fs::read_to_string(file.with_extension("broken.json")).expect("kept");
    assert_eq!(kept, "{\"website\": 7}");
}

#[tokio::test]
async fn settings_that_cannot_be_written_are_told() {
    let website = StandIn::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("file"), "").expect("written");
    let stage = Stage::in_folder(folder, |setup| {
        // A folder below a file cannot be made, whoever one is.
        setup.settings_file = setup.settings_file.with_file_name("file").join("settings.json");
    });
    let error = stage.desk.set_website(&website.url()).await.expect_err("no folder");
    assert!(matches!(error, Error::SettingsUnwritable { .. }), "{error}");
    assert_eq!(ready(&stage), website.url(), "this run has it all the same");
}

/// The address of the website that is there.
fn ready(stage: &Stage) -> String {
    match stage.desk.connection() {
        Connection::Ready(website) => website.url.to_string(),
        other => panic!("no website: {other:?}"),
    }
}
