//! What IT has settled holds, whatever the person does.

use mashdesk_core::doctor::{Verdict, checks, examine};
use mashdesk_core::{Account, Connection, Error, Policy, Redemption, SignInKind};
use serde_json::json;

use crate::stage::{Stage, StandIn, id, lab, live_sessions, token};

fn policy(values: serde_json::Value) -> Policy {
    serde_json::from_value(values).expect("a policy")
}

fn managed<T: std::fmt::Debug>(answer: Result<T, Error>, setting: &str) {
    let setting = setting.to_owned();
    assert_eq!(answer.map(|_| ()), Err(Error::Managed { setting }));
}

#[tokio::test]
async fn the_website_is_its_own_and_stays() {
    let (own, settled) = (StandIn::start().await, StandIn::start().await);
    let stage = Stage::new();
    stage.desk.set_website(&own.url()).await.expect("a website");
    let next = Stage::in_folder(stage.folder, |setup| {
        setup.website = Some(own.url());
        setup.policy = policy(json!({"website": settled.url()}));
    });
    next.desk.start().await;
    managed(next.desk.set_website(&own.url()).await, "website");
    match next.desk.connection() {
        Connection::Ready(website) => assert_eq!(website.url.as_str(), settled.url()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_the_ways_to_sign_in_that_it_names_are_left() {
    let lab = lab().await;
    let website = lab.website.url().to_string();
    let stage = Stage::with(|setup| setup.policy = policy(json!({"sign_in": ["web"]})));
    // An earlier run has left a token.
    stage.keyring.keep(&website, &token(&lab));
    stage.desk.set_website(&website).await.expect("a website");
    let Connection::Ready(found) = stage.desk.connection() else { panic!("no website") };
    let kinds: Vec<SignInKind> = found.sign_in.iter().map(|way| way.kind()).collect();
    assert_eq!(kinds, [SignInKind::Web]);
    assert!(matches!(stage.desk.account(), Account::SignedOut(None)), "{:?}", stage.desk.account());
    managed(stage.desk.sign_in(&token(&lab)).await, "sign_in");
}

#[tokio::test]
async fn sessions_are_not_shared_where_it_says_so() {
    let lab = lab().await;
    let stage = Stage::with(|setup| setup.policy = policy(json!({"shared_sessions": false})));
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    stage.desk.sign_in(&token(&lab)).await.expect("signed in");
    for _ in 0..5 {
        stage.open_live("m001").await;
    }
    let sixth = stage.desk.open(&id("m001")).expect("signed in");
    let wanted = Error::SessionLimit { mashup: "m001".to_owned(), used: 5, limit: 5, yours: 5 };
    assert_eq!(stage.failed(sixth).await, wanted);
}

#[test]
fn what_is_open_has_its_default() {
    let open = policy(json!({}));
    assert!(open.managed().is_empty());
    assert_eq!(open.redemption.unwrap_or_default(), Redemption::Shell);
    assert_eq!(policy(json!({"shared_sessions": false})).managed(), ["shared_sessions"]);
}

/// The doctor asks for what a run of the app has: its person and its website.
#[tokio::test]
async fn an_examination_uses_the_persons_sign_in_and_leaves_nothing() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let mut findings = Vec::new();
    examine(stage.desk.examination(), |finding| findings.push(finding)).await.expect("examined");
    let not_fine: Vec<_> =
        findings.iter().filter(|finding| !matches!(finding.verdict, Verdict::Fine(_))).collect();
    assert!(not_fine.is_empty(), "{not_fine:#?}");
    assert!(findings.iter().map(|finding| finding.check).eq(checks()));
    assert!(live_sessions(&lab).is_empty(), "its session was not given back");
    let said = format!("{findings:?}");
    assert!(!said.contains(&token(&lab)) && !said.contains("qlikTicket"), "{said}");
}
