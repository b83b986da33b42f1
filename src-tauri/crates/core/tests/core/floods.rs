//! A page that asks for more than a person can look at gets the first of it.

use mashdesk_core::sessions::Wish;
use mashdesk_core::{Error, WindowId};

use crate::stage::{Stage, lab};

#[tokio::test]
async fn a_flood_is_told_once_and_spares_other_windows() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let (flooding, other) = (stage.open_live("m001").await, stage.open_live("m002").await);
    let admitted = |window, wish| (0..1_000).filter(|_| stage.desk.admits(window, wish)).count();

    assert_eq!(admitted(flooding, Wish::Outside), 3);
    let title = lab.apps.by_mashup("m001").expect("an app").title.clone();
    assert_eq!(stage.desk.notice(), Some(Error::TooManyWindows { mashup: title }));
    stage.desk.dismiss_notice();
    assert_eq!(admitted(flooding, Wish::File), 40, "another kind has a measure of its own");
    assert_eq!(stage.desk.notice(), None, "one notice a window: a page must not make notices either");
    assert_eq!(admitted(other, Wish::Outside), 3, "another mashup is not to blame");
    assert_eq!(admitted(WindowId::new(), Wish::Window(0)), 0, "a window that is gone gets nothing");
}
