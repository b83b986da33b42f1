//! A website with a flaw is told so, by the check that the flaw is about.

use axum::http::header;
use mashdesk_core::conformance::{Finding, Setup, Verdict};
use mashdesk_core::{HostError, Policy, Secret};
use mashdesk_lab::spoilt::Spoil::{self, Told};
use mashdesk_lab::spoilt::{DENIED, FLAWS, Ground, busy};
use tokio::task::JoinSet;

use super::{broken, checked, setup};
use crate::stage::{id, lab};

#[tokio::test]
async fn catches() {
    let mut runs = JoinSet::new();
    for (row, &(_, _, spoil)) in FLAWS.iter().enumerate() {
        runs.spawn(async move { (row, spoilt(spoil).await) });
    }
    let mut missed = Vec::new();
    for (row, mut findings) in runs.join_all().await {
        let (name, wanted, _) = FLAWS[row];
        if broken(&findings) != wanted {
            findings.retain(|finding| matches!(finding.verdict, Verdict::Broken(_)));
            missed.push((name, wanted, findings));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(FLAWS.len() >= 20);
}

/// Permissions that count from sign-in on, and not from now on.
#[tokio::test]
async fn catches_a_permission_that_stays() {
    let lab = lab().await;
    let mut setup = setup(&lab);
    setup.withdraw = Some(Box::new(|_| Ok(())));
    let findings = checked(setup).await;
    assert_eq!(broken(&findings), ["withdrawn.ticket", "withdrawn.catalog"], "{findings:#?}");

    // Nobody has withdrawn it: that is not the catalog's fault.
    let mut setup = self::setup(&lab);
    setup.withdraw = Some(Box::new(|_| Err(HostError("no such person".to_owned()))));
    let findings = checked(setup).await;
    assert_eq!(broken(&findings), ["withdrawn.ticket"], "{findings:#?}");
}

/// A website that says how long gets its time.
#[tokio::test]
async fn a_busy_website_is_asked_again() {
    let findings = spoilt(Told(|ground, asked, told| {
        if asked.path.ends_with("/me") && ground.first(&asked.path) != "busy" {
            *ground.kept.lock().expect("no panic before") = vec!["busy".to_owned()];
            busy(told);
            told.set(header::RETRY_AFTER, "0");
        }
    }))
    .await;
    assert!(broken(&findings).is_empty(), "{findings:#?}");
    let busy = findings.iter().find(|finding| finding.check == "answers.busy").expect("it is there");
    assert_eq!(busy.verdict, Verdict::Kept("1 times".to_owned()));
}

async fn spoilt(spoil: Spoil) -> Vec<Finding> {
    let ground = Ground::serve(lab().await, spoil).await;
    let [person, other] = &ground.tokens;
    checked(Setup {
        website: ground.url.clone(),
        token: Secret::new(person),
        other_token: Some(Secret::new(other)),
        mashup: None,
        denied_mashup: Some(id(DENIED)),
        policy: Policy::default(),
        withdraw: None,
        quick: true,
    })
    .await
}
