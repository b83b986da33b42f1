//! No mashup opens unless windows are seen to be kept apart.

use mashdesk_core::isolation::{Kind, Verdict};
use mashdesk_core::{Desk, Error};
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
