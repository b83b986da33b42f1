//! The catalog: asked for by its `ETag`, never lost to a failure.

use mashdesk_core::sessions::State;
use mashdesk_core::{Catalog, Error};
use mashdesk_lab::journal::Side;
use mashdesk_lab::website::{Rule, SubjectKind};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::MASHUPS;
use crate::stage::{PERSON, Stage, StandIn, count, id, lab};

#[tokio::test]
async fn an_unchanged_catalog_stays_as_it_is() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let before = stage.titles();
    assert_eq!(before.0.len(), lab.apps.len());
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles(), before);
    let statuses: Vec<u16> = lab
        .journal
        .entries()
        .iter()
        .filter(|entry| entry.side == Side::Website && entry.uri.ends_with("/mashups"))
        .map(|entry| entry.status)
        .collect();
    assert_eq!(statuses, [200, 304]);

    let rule = Rule::new(SubjectKind::User, PERSON, "m001");
    assert!(lab.website.permissions().revoke(&rule).expect("written"));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles().0.len(), before.0.len() - 1);
    assert!(!stage.titles().0.contains(&"Sales North".to_owned()));
}

#[tokio::test]
async fn each_refresh_names_the_last_tag() {
    let website = StandIn::start().await;
    let tagged = |tag: &str, title: &str| {
        ResponseTemplate::new(200)
            .insert_header("ETag", tag)
            .set_body_json(json!({"mashups": [{"id": "m1", "title": title}]}))
    };
    website.answers(MASHUPS, tagged("\"one\"", "One"));
    let stage = Stage::at(&website).await;
    website.answers(MASHUPS, tagged("\"two\"", "Two"));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles().0, ["Two"]);
    website.answers(MASHUPS, ResponseTemplate::new(304));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles(), (vec!["Two".to_owned()], None));

    let named: Vec<_> = website
        .asked(MASHUPS)
        .iter()
        .map(|request| request.headers.get("if-none-match").map(|tag| tag.to_str().expect("text").to_owned()))
        .collect();
    assert_eq!(named, [None, Some("\"one\"".to_owned()), Some("\"two\"".to_owned())]);
}

#[tokio::test]
async fn a_failing_refresh_keeps_the_last_good_catalog() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let host = website.host();
    website.answers(MASHUPS, ResponseTemplate::new(500));
    let error = Error::WebsiteError { host, status: 500 };
    assert_eq!(stage.desk.refresh_catalog().await, Err(error.clone()));
    assert_eq!(stage.titles(), (vec!["Sales".to_owned()], Some(error)));

    website.is_sound();
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles(), (vec!["Sales".to_owned()], None));
}

#[tokio::test]
async fn a_catalog_that_never_came_is_a_failure_and_can_be_asked_for_again() {
    let website = StandIn::start().await;
    website.answers(MASHUPS, ResponseTemplate::new(503).insert_header("Retry-After", "7"));
    let stage = Stage::new();
    stage.desk.set_website(&website.url()).await.expect("a website");
    stage.desk.sign_in("token").await.expect("signed in");
    let error = stage
        .until("a failure", |desk| match desk.catalog() {
            Catalog::Failed(error) => Some(error),
            _ => None,
        })
        .await;
    assert_eq!(error, Error::WebsiteBusy { host: website.host(), seconds: 7 });
    website.is_sound();
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.titles().0, ["Sales"]);
}

#[tokio::test]
async fn one_bad_entry_hides_no_other() {
    let website = StandIn::start().await;
    website.answers_json(
        MASHUPS,
        &json!({"mashups": [
            {"id": "../admin", "title": "Bad id"},
            {"id": "", "title": "No id"},
            {"id": "x".repeat(10_000), "title": "Long id"},
            {"id": "m8"}, {"title": "No id at all"}, {"id": 9, "title": "Wrong id"}, 7, null, [],
            {"id": "m2", "title": "Sales\u{202e}\u{0} North", "accent": "url(x)", "icon": 7, "more": {}},
            {"id": "m3", "title": "Costs", "description": "All", "group": "Finance", "accent": "#a1b2c3",
             "updated": "2026-06-01T06:00:00Z"},
        ]}),
    );
    let stage = Stage::at(&website).await;
    let Catalog::Ready(mashups, None) = stage.desk.catalog() else { panic!("no catalog") };
    let ids: Vec<_> = mashups.iter().map(|mashup| mashup.id.as_str()).collect();
    assert_eq!(ids, ["m2", "m3"]);
    assert_eq!(mashups[0].title, "Sales North");
    assert_eq!(mashups[0].accent, None);
    assert_eq!(mashups[1].accent.as_deref(), Some("#a1b2c3"));
    assert_eq!((&*mashups[1].description, &*mashups[1].group), ("All", "Finance"));
    assert_eq!(mashups[1].updated.as_deref(), Some("2026-06-01T06:00:00Z"));
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_is_not_withdrawn() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    website.answers_json(MASHUPS, &json!({"mashups": [{"id": "m1", "title": 7}]}));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.state(window), Some(State::Live));

    website.is_sound();
    stage.desk.refresh_catalog().await.expect("a catalog");
    website.answers_json(MASHUPS, &json!({"mashups": []}));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!(stage.failed(window).await, Error::Revoked { mashup: "m1".to_owned() });
}

#[tokio::test]
async fn a_mashup_outside_the_catalog_is_the_websites_to_know() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.desk.open(&id("m999")).expect("signed in");
    assert_eq!(stage.failed(window).await, Error::UnknownMashup { mashup: "m999".to_owned() });
    assert_eq!(stage.desk.window(window).expect("it is open").title, "m999");
    assert_eq!(count(&lab, Side::Website, "POST", "/mashups/m999/tickets"), 1);
}
