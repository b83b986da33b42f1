//! A mashup that was opened before finds what its pages have loaded, and nothing
//! else of its earlier windows.

use std::fs;

use mashdesk_core::{Policy, Redemption, Setup, WindowId};
use mashdesk_lab::Lab;
use tempfile::TempDir;

use crate::stage::{Call, Stage, id, lab, token};

/// A run in a folder, signed in at a lab.
async fn run(lab: &Lab, folder: TempDir) -> Stage {
    run_with(lab, folder, |_| ()).await
}

async fn run_with(lab: &Lab, folder: TempDir, change: impl FnOnce(&mut Setup)) -> Stage {
    let stage = Stage::in_folder(folder, change);
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    stage.desk.sign_in(&token(lab)).await.expect("signed in");
    stage.desk.start().await;
    stage
}

/// The same, after one that has ended with a script of a mashup loaded.
async fn run_after(lab: &Lab, mashup: &str) -> Stage {
    let stage = run(lab, tempfile::tempdir().expect("a folder")).await;
    let window = stage.open_live(mashup).await;
    load(&stage, window);
    next(lab, stage, window).await
}

/// The next run, after one that has closed a window and ended.
async fn next(lab: &Lab, stage: Stage, window: WindowId) -> Stage {
    stage.desk.close(window).expect("it was open");
    stage.desk.quit().await;
    run(lab, stage.folder).await
}

/// A page loads a script, and the webview writes it down.
fn load(stage: &Stage, window: WindowId) {
    fs::write(stage.host().slot(window).expect("a slot").cache.join("script"), "let a;").expect("written");
}

fn finds(stage: &Stage, window: WindowId) -> bool {
    stage.host().slot(window).expect("a slot").cache.join("script").exists()
}

#[tokio::test]
async fn its_next_window_finds_what_the_last_one_has_loaded() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    let (again, other) = (stage.open_live("m001").await, stage.open_live("m002").await);
    assert!(finds(&stage, again));
    assert!(!finds(&stage, other));
}

#[tokio::test]
async fn a_window_built_ahead_is_for_mashups_that_have_kept_nothing() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    stage.desk.tend_spare().await;
    let spare = stage.desk.spare().expect("a window built ahead");
    let again = stage.open_live("m001").await;
    assert!(again != spare && finds(&stage, again));
    stage.desk.close(again).expect("it was open");
    assert_eq!(stage.open_live("m002").await, spare);
    load(&stage, spare);
    let stage = next(&lab, stage, spare).await;
    let window = stage.open_live("m002").await;
    assert!(finds(&stage, window), "the window built ahead has kept it for its mashup");
}

#[tokio::test]
async fn the_window_of_a_mashup_that_somebody_has_come_to_is_ready_with_what_it_has_kept() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    stage.desk.tend_spare().await;
    stage.desk.expect_mashup(&id("m002")).await;
    assert_eq!(stage.desk.expected(), None, "it has kept nothing: any window is as good");
    stage.desk.expect_mashup(&id("m001")).await;
    let expected = stage.desk.expected().expect("a window for m001");
    stage.desk.expect_mashup(&id("m001")).await;
    assert_eq!(stage.desk.expected(), Some(expected), "one is enough");
    assert!(stage.host().has(&Call::BuiltAhead(expected)) && finds(&stage, expected));
    let other = stage.open_live("m002").await;
    assert_ne!(other, expected, "it is for nobody else");
    assert_eq!(stage.open_live("m001").await, expected);
    assert_eq!(stage.desk.expected(), None);
}

#[tokio::test]
async fn whoever_goes_on_leaves_no_window_behind() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    let window = stage.open_live("m002").await;
    load(&stage, window);
    stage.desk.close(window).expect("it was open");
    stage.desk.expect_mashup(&id("m002")).await;
    assert_eq!(stage.desk.expected(), None, "its webview may still write");
    stage.desk.quit().await;
    let stage = run(&lab, stage.folder).await;
    stage.desk.expect_mashup(&id("m001")).await;
    let first = stage.desk.expected().expect("a window for m001");
    stage.desk.expect_mashup(&id("m002")).await;
    let second = stage.desk.expected().expect("a window for m002");
    assert!(stage.host().has(&Call::Closed(first)) && !stage.host().has(&Call::Closed(second)));
    stage.desk.expect_mashup(&id("m001")).await;
    let again = stage.desk.expected().expect("a window for m001");
    assert!(finds(&stage, again), "what it has kept is free again");
    stage.desk.sign_out().await.expect("signed out");
    assert!(stage.host().has(&Call::Closed(again)));
    assert_eq!(stage.desk.expected(), None);
}

#[tokio::test]
async fn policy_can_do_without_a_window_for_a_mashup_that_somebody_has_come_to() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    stage.desk.quit().await;
    let stage = run_with(&lab, stage.folder, |setup| setup.policy.spare_window = Some(false)).await;
    stage.desk.expect_mashup(&id("m001")).await;
    assert_eq!(stage.desk.expected(), None);
    let window = stage.open_live("m001").await;
    assert!(finds(&stage, window), "this test can fail");
}

#[tokio::test]
async fn signing_out_forgets_what_was_kept() {
    let lab = lab().await;
    let stage = run_after(&lab, "m001").await;
    stage.desk.sign_out().await.expect("signed out");
    stage.desk.sign_in(&token(&lab)).await.expect("signed in");
    let window = stage.open_live("m001").await;
    assert!(!finds(&stage, window));
}

#[tokio::test]
async fn nothing_is_kept_where_policy_forbids_it_or_the_window_redeems() {
    for policy in [
        Policy { http_cache: Some(false), ..Policy::default() },
        Policy { redemption: Some(Redemption::Window), ..Policy::default() },
    ] {
        let stage = Stage::with(|setup| setup.policy = policy);
        stage.desk.start().await;
        assert!(!stage.folder.path().join("caches").exists());
    }
    let stage = Stage::new();
    stage.desk.start().await;
    assert!(stage.folder.path().join("caches").exists(), "this test can fail");
}
