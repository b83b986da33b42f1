//! The contract's checks: the reference website passes them, and so do the
//! samples that the website's guide gives; a website with a flaw is told so.

mod faults;
mod samples;

use mashdesk_core::conformance::{Finding, Setup, Verdict, run};
use mashdesk_core::{Policy, Secret};
use mashdesk_lab::Lab;
use mashdesk_lab::options::{IdentityModel, Options, SignInWay};
use mashdesk_lab::spoilt::DENIED;
use mashdesk_lab::website::{Rule, SubjectKind};
use url::Url;

use crate::stage::{id, lab, lab_with, live_sessions, token};

#[tokio::test]
async fn passes_reference() {
    let lab = std::sync::Arc::new(lab().await);
    let rules = std::sync::Arc::clone(&lab);
    let mut setup = setup(&lab);
    setup.withdraw = Some(Box::new(move |mashup| {
        for (kind, subject) in [(SubjectKind::User, "ben"), (SubjectKind::Department, "Finance")] {
            rules.website.permissions().revoke(&Rule::new(kind, subject, mashup.as_str())).expect("revoked");
        }
        Ok(())
    }));
    setup.quick = false;
    let findings = checked(setup).await;
    assert_eq!(not_kept(&findings), [("answers.busy", "skipped")], "{findings:#?}");
    assert!(live_sessions(&lab).is_empty(), "what was opened is given back");
}

/// Without what is optional, the reference passes what is left.
#[tokio::test]
async fn passes_the_reference_in_other_shapes() {
    let token_only = Options {
        events: false,
        sign_in: vec![SignInWay::Token],
        identity: IdentityModel::DirectoryPerApp,
        virtual_proxy: String::new(),
        ..Options::default()
    };
    let lab = lab_with(token_only).await;
    let setup = Setup {
        website: lab.website.url().clone(),
        token: Secret::new(token(&lab)),
        other_token: None,
        // Hosted on Qlik, where neither code nor cookie is needed.
        mashup: Some(id("m007")),
        denied_mashup: None,
        policy: Policy::default(),
        withdraw: None,
        quick: true,
    };
    let findings = checked(setup).await;
    assert!(findings.iter().all(|finding| !matches!(finding.verdict, Verdict::Broken(_))), "{findings:#?}");
    let skipped: Vec<&str> = not_kept(&findings).iter().map(|(check, _)| *check).collect();
    let unasked = [
        "discovery.oidc_metadata",
        "catalog.own_etag",
        "catalog.without_denied",
        "tickets.denied_mashup",
        "mashup.code_goes",
        "mashup.code_once",
        "mashup.cookies",
        "sessions.stranger",
        "events.sign_of_life",
        "withdrawn.ticket",
        "withdrawn.catalog",
        "withdrawn.event",
        "answers.busy",
    ];
    assert_eq!(skipped, unasked, "{findings:#?}");
}

/// A website that is not there, or somebody whose token is void: words, not a
/// run without failures.
#[tokio::test]
async fn nothing_to_check_is_a_failure() {
    let lab = lab().await;
    let mut stranger = setup(&lab);
    stranger.token = Secret::new("n0-such-token");
    let findings = checked(stranger).await;
    assert_eq!(broken(&findings), ["sign_in.me"], "{findings:#?}");
    let mut nowhere = setup(&lab);
    drop(lab);
    nowhere.website = Url::parse("http://127.0.0.1:1/").expect("a URL");
    let findings = checked(nowhere).await;
    assert_eq!(broken(&findings), ["discovery.found"], "{findings:#?}");
}

/// Ben opens his first mashup; another person is Ana, who may open all.
fn setup(lab: &Lab) -> Setup {
    let token = |person: &str| Secret::new(lab.website.app_token(person).expect("a token"));
    Setup {
        website: lab.website.url().clone(),
        token: token("ben"),
        other_token: Some(token("ana")),
        mashup: None,
        denied_mashup: Some(id(DENIED)),
        policy: Policy::default(),
        withdraw: None,
        quick: true,
    }
}

async fn checked(setup: Setup) -> Vec<Finding> {
    let secrets = [Some(&setup.token), setup.other_token.as_ref()];
    let secrets: Vec<String> = secrets.into_iter().flatten().map(|token| token.expose().to_owned()).collect();
    let mut findings = Vec::new();
    run(setup, |finding| findings.push(finding)).await.expect("it runs");
    let said = format!("{findings:?}");
    for secret in secrets {
        assert!(!said.contains(&secret), "a token was said");
    }
    assert!(!said.to_lowercase().contains("qlikticket=") && !said.contains("code="), "{said}");
    findings
}

fn not_kept(findings: &[Finding]) -> Vec<(&'static str, &'static str)> {
    let word = |verdict: &Verdict| match verdict {
        Verdict::Kept(_) => None,
        Verdict::Broken(_) => Some("broken"),
        Verdict::Skipped(_) => Some("skipped"),
    };
    findings.iter().filter_map(|finding| Some((finding.check, word(&finding.verdict)?))).collect()
}

fn broken(findings: &[Finding]) -> Vec<&'static str> {
    not_kept(findings).into_iter().filter(|(_, word)| *word == "broken").map(|(check, _)| check).collect()
}
