//! No mashup opens unless windows are seen to be kept apart.

use std::collections::BTreeSet;

use mashdesk_core::isolation::{COOKIE, Kind, Verdict};
use mashdesk_core::{Desk, Error, WindowId};
use mashdesk_lab::journal::Side;

use crate::stage::{Call, FakeHost, Fault, Stage, count, id, lab};

fn looks(stage: &Stage, kinds: &[Kind]) -> usize {
    stage.host().calls().iter().filter(|call| **call == Call::Observed(kinds.len())).count()
}

#[tokio::test]
async fn it_is_seen_to_once_a_run() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.open_live("m001").await;
    stage.open_live("m002").await;
    assert_eq!(looks(&stage, Kind::QUICK), 1);
}

#[tokio::test]
async fn a_start_does_not_wait_for_the_first_mashup() {
    let stage = Stage::new();
    stage.desk.start().await;
    assert_eq!(looks(&stage, Kind::QUICK), 1, "also where no website is set up");
}

#[tokio::test]
async fn where_windows_share_a_store_no_mashup_opens() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().misbehave(Fault::Share);
    let broken = Error::IsolationBroken { what: "cookies, localStorage".to_owned() };

    let window = stage.desk.open(&id("m001")).expect("somebody is signed in");
    assert_eq!(stage.failed(window).await, broken);
    assert_eq!(count(&lab, Side::Website, "POST", "/tickets"), 0, "no ticket is asked for");
    let used = |call: &Call| matches!(call, Call::Planted(..) | Call::AskedFor(..) | Call::Navigated(..));
    assert!(!stage.host().calls().iter().any(used), "nothing comes into a window");

    // What was seen once is not unseen.
    stage.host().misbehave(None);
    let again = stage.desk.open(&id("m002")).expect("somebody is signed in");
    assert_eq!(stage.failed(again).await, broken);
    assert_eq!(looks(&stage, Kind::QUICK), 1);
}

#[tokio::test]
async fn empty_windows_are_built_before_it_is_seen() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_looks();
    let window = stage.desk.open(&id("m001")).expect("somebody is signed in");
    let built = |desk: &Desk<FakeHost>| desk.host().has(&Call::Built(window)).then_some(());
    stage.until("an empty window", built).await;
    assert_eq!(count(&lab, Side::Website, "POST", "/tickets"), 0, "no ticket is asked for");
    stage.host().allow_looks();
    stage.navigated(window, 1).await;
}

#[tokio::test]
async fn mashups_that_open_together_see_it_of_each_other() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.desk.open_when_ready([Ok(id("m001")), Ok(id("m002")), Ok(id("m003"))]);
    let windows = stage.until("three windows", three_windows).await;
    for window in &windows {
        stage.navigated(*window, 1).await;
    }
    assert_eq!(looks(&stage, Kind::QUICK), 0, "no other windows were made for it");
    let canaries = windows.iter().filter_map(|window| stage.host().cookie(*window, COOKIE));
    let canaries: BTreeSet<String> = canaries.collect();
    assert_eq!(canaries.len(), 2, "two of them have looked");

    // That is enough for the next one too; the rest is seen when there is time for it.
    stage.open_live("m004").await;
    assert_eq!(looks(&stage, Kind::QUICK), 0);
}

#[tokio::test]
async fn a_start_that_opens_several_looks_at_the_rest_after_them() {
    let stage = Stage::new();
    stage.desk.open_when_ready([Ok(id("m001")), Ok(id("m002"))]);
    stage.desk.start().await;
    let looked = |_: &Desk<FakeHost>| (looks(&stage, Kind::QUICK) == 1).then_some(());
    stage.until("two windows that look, also where nobody is signed in", looked).await;
}

#[tokio::test]
async fn of_mashups_that_open_together_none_does_where_they_share_a_store() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().misbehave(Fault::Share);
    stage.desk.open_when_ready([Ok(id("m001")), Ok(id("m002")), Ok(id("m003"))]);
    let broken = Error::IsolationBroken { what: "cookies".to_owned() };
    for window in stage.until("three windows", three_windows).await {
        assert_eq!(stage.failed(window).await, broken);
    }
    assert_eq!(count(&lab, Side::Website, "POST", "/tickets"), 0, "no ticket is asked for");

    // What was seen once is not unseen.
    stage.host().misbehave(None);
    let again = stage.desk.open(&id("m004")).expect("somebody is signed in");
    assert_eq!(stage.failed(again).await, broken);
}

#[tokio::test]
async fn a_mashup_whose_companion_has_no_window_is_not_kept_waiting() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_building();
    stage.desk.open_when_ready([Ok(id("m001")), Ok(id("m002"))]);
    let windows = |desk: &Desk<FakeHost>| {
        let building = |(window, _): &(WindowId, _)| {
            desk.host().calls().iter().any(|call| matches!(call, Call::Building(of, _) if of == window))
        };
        let windows = desk.windows();
        (windows.len() == 2 && windows.iter().all(building))
            .then(|| windows.iter().map(|(id, _)| *id).collect())
    };
    let windows: Vec<WindowId> = stage.until("two windows that are being built", windows).await;
    stage.host().misbehave(Fault::Build);
    stage.host().build_on();
    for window in &windows {
        let Error::StoreFailed { .. } = stage.failed(*window).await else { panic!("it has no window") };
    }
    stage.host().misbehave(None);
    stage.desk.retry(windows[0]).expect("it is there");
    stage.navigated(windows[0], 1).await;
    assert_eq!(looks(&stage, Kind::QUICK), 1, "it is alone");
}

fn three_windows(desk: &Desk<FakeHost>) -> Option<Vec<WindowId>> {
    let windows: Vec<WindowId> = desk.windows().iter().map(|(window, _)| *window).collect();
    (windows.len() == 3).then_some(windows)
}

#[tokio::test]
async fn what_could_not_be_seen_is_looked_at_again() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().misbehave(Fault::Blind);
    let window = stage.desk.open(&id("m001")).expect("somebody is signed in");
    assert_eq!(stage.failed(window).await, Error::IsolationUnproven { reason: "no window".to_owned() });

    stage.host().misbehave(None);
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
}

#[tokio::test]
async fn a_person_who_checks_everything_sees_each_kind() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.open_live("m001").await;
    let findings = stage.desk.check_isolation().await.expect("two windows look");
    assert_eq!(findings, Kind::ALL.iter().map(|kind| (*kind, Verdict::Apart)).collect::<Vec<_>>());

    stage.host().misbehave(Fault::Share);
    let findings = stage.desk.check_isolation().await.expect("two windows look");
    assert!(findings.iter().all(|(_, verdict)| *verdict == Verdict::Shared), "{findings:?}");
    let window = stage.desk.open(&id("m002")).expect("somebody is signed in");
    let Error::IsolationBroken { what } = stage.failed(window).await else { panic!("it is refused") };
    assert!(what.ends_with("SharedWorker, ServiceWorker"), "{what}");
}
