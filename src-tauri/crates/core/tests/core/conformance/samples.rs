//! The samples that docs/website-guide.md gives, against the lab's Qlik.

use mashdesk_core::conformance::{Setup, Verdict};
use mashdesk_core::{Policy, Secret};
use mashdesk_lab::options::{IdentityModel, Options};
use mashdesk_lab::samples::{LEFT_OUT, OTHER_TOKEN, Sample, TOKEN};

use super::{checked, not_kept};
use crate::stage::{id, in_time, lab_with, live_sessions};

#[tokio::test]
async fn node_sample() {
    passes("node", "website.mjs").await;
}

#[tokio::test]
async fn python_sample() {
    passes("python3", "website.py").await;
}

/// With both identity models; with nothing skipped but what the sample leaves
/// out.
async fn passes(program: &str, file: &str) {
    for identity in [IdentityModel::UserPerApp, IdentityModel::DirectoryPerApp] {
        let lab = lab_with(Options { identity, ..Options::default() }).await;
        let sample = in_time(file, Sample::serve(&lab, program, file)).await.expect("a sample");
        let findings = checked(Setup {
            website: sample.url.clone(),
            token: Secret::new(TOKEN),
            other_token: Some(Secret::new(OTHER_TOKEN)),
            mashup: None,
            denied_mashup: Some(id(&sample.denied)),
            policy: Policy::default(),
            withdraw: None,
            quick: false,
        })
        .await;
        assert_eq!(not_kept(&findings), LEFT_OUT.map(|check| (check, "skipped")), "{findings:#?}");
        assert!(
            findings
                .iter()
                .any(|finding| matches!(&finding.verdict, Verdict::Kept(words) if words.contains("polls")))
        );
        assert!(live_sessions(&lab).is_empty(), "what was opened is given back");
    }
}
