//! A mashup that was opened before finds what its pages have loaded, and nothing
//! else of its earlier windows.

use mashdesk_core::{Policy, Redemption};

use crate::stage::{Stage, lab, token};

#[tokio::test]
async fn its_next_window_keeps_where_the_last_one_has_kept() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.desk.start().await;
    let slot = async |mashup| {
        let window = stage.open_live(mashup).await;
        let slot = stage.host().slot(window).expect("a slot");
        stage.desk.close(window).expect("it was open");
        slot
    };
    let (first, again, other) = (slot("m001").await, slot("m001").await, slot("m002").await);
    assert_eq!(again.cache, first.cache);
    assert_ne!(other.cache, first.cache);
    assert_ne!(again.storages, first.storages, "what pages store is never found again");
}

#[tokio::test]
async fn a_window_built_ahead_is_for_mashups_that_have_kept_nothing() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.desk.start().await;
    let first = stage.open_live("m001").await;
    stage.desk.close(first).expect("it was open");
    stage.desk.tend_spare().await;
    let spare = stage.desk.spare().expect("a window built ahead");
    let again = stage.open_live("m001").await;
    assert_ne!(again, spare);
    assert_eq!(stage.open_live("m002").await, spare);
    let kept = stage.host().slot(spare).expect("a slot");
    stage.desk.close(spare).expect("it was open");
    let next = stage.open_live("m002").await;
    assert_eq!(stage.host().slot(next).expect("a slot").cache, kept.cache);
}

#[tokio::test]
async fn signing_out_forgets_what_was_kept() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.desk.start().await;
    let window = stage.open_live("m001").await;
    let kept = stage.host().slot(window).expect("a slot");
    assert!(kept.cache.exists());
    stage.desk.sign_out().await.expect("signed out");
    stage.desk.sign_in(&token(&lab)).await.expect("signed in");
    let next = stage.open_live("m001").await;
    assert_ne!(stage.host().slot(next).expect("a slot").cache, kept.cache);
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
