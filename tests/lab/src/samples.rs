//! The samples that docs/website-guide.md gives, running against the lab's Qlik.

use std::{io, path::Path, process::Stdio};

use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use url::Url;

use crate::Lab;

/// Signs Ana in to a sample.
pub const TOKEN: &str = "ana-s-token";
/// Signs Ben in to a sample.
pub const OTHER_TOKEN: &str = "ben-s-token";
/// What the samples leave out of the contract, by the checks that are skipped then.
pub const LEFT_OUT: [&str; 6] = [
    "discovery.oidc_metadata",
    "events.sign_of_life",
    "withdrawn.ticket",
    "withdrawn.catalog",
    "withdrawn.event",
    "answers.busy",
];

/// A sample website, for as long as the value lives.
pub struct Sample {
    /// Its root.
    pub url: Url,
    /// A mashup that is not for Ana.
    pub denied: String,
    _process: Child,
    _folder: TempDir,
}

impl Sample {
    /// Runs a file of docs/samples; it says where it is on its first line.
    pub async fn serve(lab: &Lab, program: &str, file: &str) -> io::Result<Self> {
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
                TOKEN: {"name": "ana", "display_name": "Ana Ruiz"},
                OTHER_TOKEN: {"name": "ben", "display_name": "Ben Okafor"},
            },
            "mashups": mashups,
        });
        let folder = TempDir::new()?;
        let config_file = folder.path().join("config.json");
        std::fs::write(&config_file, config.to_string())?;
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/samples");
        let mut process = Command::new(program)
            .arg(samples.join(file))
            .arg(config_file)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let said = process.stdout.take().ok_or_else(|| io::Error::other("it says nothing"))?;
        let line = BufReader::new(said).lines().next_line().await?.unwrap_or_default();
        let url = Url::parse(&line).map_err(|_| io::Error::other(format!("{file} did not start")))?;
        let denied = about.mashups.get(2).map(|mashup| mashup.id.clone()).unwrap_or_default();
        Ok(Self { url, denied, _process: process, _folder: folder })
    }
}
