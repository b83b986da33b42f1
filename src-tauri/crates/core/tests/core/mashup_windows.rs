//! What a mashup's window looks like, how large it is drawn, and loading it
//! again.

use mashdesk_core::sessions::State;
use mashdesk_core::{Frame, WindowIcon, WindowId, Zoom, ZoomStep};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{MASHUPS, TICKETS};
use crate::stage::{Call, Stage, StandIn, id};

#[tokio::test]
async fn a_window_tells_its_mashup_and_its_website() {
    let website = StandIn::start().await;
    website.answers_json(
        MASHUPS,
        &json!({"mashups": [{"id": "m1", "title": "Sales North", "accent": "#1a5fb4"}]}),
    );
    let stage = Stage::at(&website).await;
    let window = stage.open_live("m1").await;
    let icon = WindowIcon { initials: "SN".to_owned(), colour: [0x1a, 0x5f, 0xb4] };
    let wanted = Frame {
        title: "Sales North — Acme".to_owned(),
        icon: Some(icon),
        geometry: None,
        zoom: Zoom::default(),
    };
    assert_eq!(frame(&stage, window), wanted);
    assert_eq!(stage.desk.window(window).expect("it is open").title, "Sales North");
}

#[tokio::test]
async fn a_mashups_zoom_is_remembered_for_it_alone_and_for_all_its_windows() {
    let website = StandIn::start().await;
    website.answers_json(
        MASHUPS,
        &json!({"mashups": [{"id": "m1", "title": "Sales"}, {"id": "m2", "title": "Costs"}]}),
    );
    website.answers("/api/mashups/m2/tickets", ResponseTemplate::new(201).set_body_json(website.ticket()));
    let stage = Stage::at(&website).await;
    let (one, two, other) =
        (stage.open_live("m1").await, stage.open_live("m1").await, stage.open_live("m2").await);
    stage.desk.zoom(one, ZoomStep::In);
    stage.desk.zoom(two, ZoomStep::In);
    let zooms = |window| zooms(&stage, window);
    assert_eq!(zooms(one), [110, 125]);
    assert_eq!(zooms(two), [110, 125]);
    assert_eq!(zooms(other), [0; 0], "another mashup is drawn as it was");

    // The webview has its own keys for it on some platforms.
    stage.desk.zoomed(other, Zoom::from_factor(0.8));
    assert_eq!(zooms(other), [0; 0], "it knows already");
    stage.desk.zoom(other, ZoomStep::Out);
    assert_eq!(zooms(other), [75]);
    stage.desk.zoom(other, ZoomStep::Reset);
    stage.desk.zoom(other, ZoomStep::Reset);
    assert_eq!(zooms(other), [75, 100]);

    stage.desk.close(one).expect("it is open");
    let reopened = stage.open("m1").await;
    assert_eq!(frame(&stage, reopened).zoom, Zoom::from(125));
    stage.desk.zoom(one, ZoomStep::In);
    assert_eq!(zooms(two), [110, 125], "a window that is gone does nothing");

    // And by the next run.
    let next = Stage::in_folder(stage.folder, |_| ());
    next.desk.start().await;
    assert_eq!(next.desk.settings().used[&website.url()].zoom, [("m1".to_owned(), Zoom::from(125))].into());
}

#[tokio::test]
async fn reloading_loads_the_page_or_tries_the_mashup_again() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    let window = stage.open("m1").await;
    stage.desk.reload(window).expect("it is open");
    assert!(!stage.host().has(&Call::Reloaded(window)), "it is loading already");
    stage.load(window);
    stage.desk.reload(window).expect("it is open");
    assert!(stage.host().has(&Call::Reloaded(window)));
    assert_eq!(stage.state(window), Some(State::Live));

    website.answers(TICKETS, ResponseTemplate::new(404));
    let failed = stage.desk.open(&id("m1")).expect("signed in");
    stage.failed(failed).await;
    website.is_sound();
    stage.desk.reload(failed).expect("it is open");
    stage.navigated(failed, 1).await;
    assert!(!stage.host().has(&Call::Reloaded(failed)), "words are not loaded again");
}

fn frame(stage: &Stage, window: WindowId) -> Frame {
    let frame = |call: Call| match call {
        Call::Building(built, frame) if built == window => Some(frame),
        _ => None,
    };
    stage.host().calls().into_iter().find_map(frame).expect("it was built")
}

fn zooms(stage: &Stage, window: WindowId) -> Vec<u16> {
    let zoom = |call: &Call| match call {
        Call::Zoomed(zoomed, zoom) if *zoomed == window => Some(u16::from(*zoom)),
        _ => None,
    };
    stage.host().calls().iter().filter_map(zoom).collect()
}
