//! Links, command lines and second starts: mashups by their ids, checked
//! against the catalog; the rest becomes a notice.

use std::time::Duration;

use mashdesk_core::{Change, Error, parse_link};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{MASHUPS, TICKETS};
use crate::stage::{Call, Stage, StandIn, id, in_time};

#[tokio::test]
async fn a_mashup_that_is_open_comes_to_the_front() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    stage.desk.open_when_ready([parse_link("mashdesk://open/m1")]);
    let window = stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
    stage.navigated(window, 1).await;
    stage.desk.open_when_ready([Ok(id("m1"))]);
    stage.until("its focus", |desk| desk.host().has(&Call::Focused(window)).then_some(())).await;
    assert_eq!(stage.desk.windows().len(), 1);
    assert_eq!(stage.desk.notice(), None);
}

#[tokio::test]
async fn what_can_wait_waits_until_what_was_asked_is_there() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    stage.desk.open_when_ready([Ok(id("m1"))]);
    in_time("a rest, where nobody is signed in", stage.desk.come_to_rest()).await;

    stage.desk.set_website(&website.url()).await.expect("a website");
    stage.desk.sign_in("token").await.expect("signed in");
    let rests = async || tokio::time::timeout(Duration::ZERO, stage.desk.come_to_rest()).await.is_ok();
    assert!(!rests().await, "it has yet to be opened");
    let window = stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
    stage.navigated(window, 1).await;
    assert!(!rests().await, "it is on its way");
    stage.load(window);
    assert!(!rests().await, "its page draws itself");
    stage.desk.close(window).expect("it is open");
    in_time("a rest", stage.desk.come_to_rest()).await;
}

#[tokio::test]
async fn what_is_not_in_the_catalog_is_told_and_opens_nothing() {
    let website = StandIn::start().await;
    let stage = Stage::at(&website).await;
    stage.desk.open_when_ready([Ok(id("m9"))]);
    assert_eq!(notice(&stage).await, Error::UnknownMashup { mashup: "m9".to_owned() });
    assert!(stage.desk.windows().is_empty());
    assert!(website.asked("/api/mashups/m9/tickets").is_empty());
    assert_eq!(website.asked(MASHUPS).len(), 2, "it was asked for once more before");

    stage.desk.dismiss_notice();
    assert_eq!(stage.desk.notice(), None);
    assert_eq!(stage.host().calls().last(), Some(&Call::Changed(Change::Notice)));
}

#[tokio::test]
async fn what_was_granted_a_moment_ago_opens() {
    let website = StandIn::start().await;
    website.answers_json(MASHUPS, &json!({"mashups": []}));
    let stage = Stage::at(&website).await;
    website.is_sound();
    stage.desk.open_when_ready([Ok(id("m1"))]);
    stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
    website.was_asked(TICKETS, 1).await;
    assert_eq!(stage.desk.notice(), None);
}

#[tokio::test]
async fn without_a_catalog_the_website_decides() {
    let website = StandIn::start().await;
    let stage = Stage::new();
    website.answers(MASHUPS, ResponseTemplate::new(500));
    stage.desk.set_website(&website.url()).await.expect("a website");
    stage.desk.sign_in("token").await.expect("signed in");
    stage.desk.open_when_ready([Ok(id("m1"))]);
    stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
    assert_eq!(stage.desk.notice(), None);
}

#[tokio::test]
async fn a_bad_link_is_told_at_once_and_hides_no_good_one() {
    let stage = Stage::new();
    let long = format!("mashdesk://open/{}", "a".repeat(10_000));
    stage.desk.open_when_ready([parse_link(&long), Ok(id("m1"))]);
    let Error::LinkInvalid { link } = notice(&stage).await else { panic!("another notice") };
    assert_eq!(link, long[..80]);

    // The good one waits for the sign-in.
    let website = StandIn::start().await;
    stage.desk.set_website(&website.url()).await.expect("a website");
    assert!(stage.desk.windows().is_empty());
    stage.desk.sign_in("token").await.expect("signed in");
    stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
}

#[tokio::test]
async fn a_sign_in_that_has_expired_loses_nothing() {
    let website = StandIn::start().await;
    website.answers_json(MASHUPS, &json!({"mashups": []}));
    let stage = Stage::at(&website).await;
    website.answers(MASHUPS, ResponseTemplate::new(401));
    stage.desk.open_when_ready([Ok(id("m1"))]);
    stage.until("the sign-in", |_| stage.signed_out()).await;
    website.is_sound();
    stage.desk.sign_in("token").await.expect("signed in");
    stage.until("a window", |desk| Some(desk.windows().first()?.0)).await;
    assert_eq!(stage.desk.notice(), None);
}

async fn notice(stage: &Stage) -> Error {
    stage.until("a notice", |desk| desk.notice()).await
}
