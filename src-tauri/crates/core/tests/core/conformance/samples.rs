//! The samples that docs/website-guide.md gives, against the lab's Qlik.

use std::path::Path;
use std::process::Stdio;

use mashdesk_core::conformance::{Setup, Verdict};
use mashdesk_core::{Policy, Secret};
use mashdesk_lab::options::{IdentityModel, Options};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use url::Url;

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
async fn passes(program: &str, sample: &str) {
    for identity in [IdentityModel::UserPerApp, IdentityModel::DirectoryPerApp] {
        let lab = lab_with(Options { identity, ..Options::default() }).await;
        let about = lab.description();
        let mashups: Vec<_> = (about.mashups.iter().zip([&["ana", "ben"] as &[&str], &["ana"], &["ben"]]))
            .map(|(it, people)| json!({"id": it.id, "title": it.title, "app": it.app, "people": people}))
            .collect();
        let config = json!({
            "port": 0,
            "name": "Sample",
            "qlik": about.qlik,
            "certificates": about.certificates,
            "tokens": {
                "ana-s-token": {"name": "ana", "display_name": "Ana Ruiz"},
                "ben-s-token": {"name": "ben", "display_name": "Ben Okafor"},
            },
            "mashups": mashups,
        });
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.json");
        std::fs::write(&file, config.to_string()).expect("written");
        let (_running, website) = start(program, sample, &file).await;
        let findings = checked(Setup {
            website,
            token: Secret::new("ana-s-token"),
            other_token: Some(Secret::new("ben-s-token")),
            mashup: None,
            denied_mashup: Some(id(&about.mashups[2].id)),
            policy: Policy::default(),
            withdraw: None,
            quick: false,
        })
        .await;
        let left_out = [
            "discovery.oidc_metadata",
            "events.sign_of_life",
            "withdrawn.ticket",
            "withdrawn.catalog",
            "withdrawn.event",
            "answers.busy",
        ];
        assert_eq!(not_kept(&findings), left_out.map(|check| (check, "skipped")), "{findings:#?}");
        assert!(
            findings
                .iter()
                .any(|finding| matches!(&finding.verdict, Verdict::Kept(words) if words.contains("polls")))
        );
        assert!(live_sessions(&lab).is_empty(), "what was opened is given back");
    }
}

/// Runs a sample; it says where it is on its first line.
async fn start(program: &str, sample: &str, config: &Path) -> (Child, Url) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/samples");
    let mut child = Command::new(program)
        .arg(samples.join(sample))
        .arg(config)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
    let line = in_time(sample, lines.next_line()).await.expect("its words").expect("it starts");
    (child, Url::parse(&line).expect("its address"))
}
