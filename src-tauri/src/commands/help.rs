//! Which wire is cut, and what support needs to see.

use std::sync::{Mutex, PoisonError};

use mashdesk_core::Error;
use mashdesk_core::doctor::{Finding, Mender, Verdict};
use rfd::AsyncFileDialog;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use super::{Answer, Desk, Problem};
use crate::bundle::Bundle;
use crate::doctor;

/// The bundle that the person looks at, until they save it.
#[derive(Default)]
pub(crate) struct Shown(Mutex<Option<Bundle>>);

/// What the file is called unless the person says otherwise.
const FILE_NAME: &str = "mashdesk-support.zip";

#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct FindingView {
    check: String,
    verdict: VerdictView,
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum VerdictView {
    Fine { detail: String },
    Wrong { problem: Problem, who: MenderView },
    Skipped,
}

#[derive(Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MenderView {
    You,
    It,
    Website,
    Qlik,
}

/// One text of the support bundle.
#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct BundleFile {
    name: String,
    text: String,
}

/// Examines every wire; a mashup is opened for a moment, without a window.
#[tauri::command]
#[specta::specta]
pub(super) async fn examine(desk: Desk<'_>) -> Answer<Vec<FindingView>> {
    Ok(findings(&desk).await?.into_iter().map(FindingView::from).collect())
}

/// Gathers the support bundle and shows it; nothing is written.
#[tauri::command]
#[specta::specta]
pub(super) async fn support_bundle(desk: Desk<'_>, shown: State<'_, Shown>) -> Answer<Vec<BundleFile>> {
    let bundle = Bundle::gather(&findings(&desk).await?, &desk.secrets());
    let files = bundle.files.iter().cloned().map(|(name, text)| BundleFile { name, text }).collect();
    *shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bundle);
    Ok(files)
}

/// Saves what was shown where the person says; answers where, or nothing where
/// they do not.
#[tauri::command]
#[specta::specta]
pub(super) async fn save_support_bundle(shown: State<'_, Shown>) -> Answer<Option<String>> {
    let bundle = shown.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(bundle) = bundle else { return Ok(None) };
    let Some(file) = AsyncFileDialog::new().set_file_name(FILE_NAME).save_file().await else {
        return Ok(None);
    };
    let path = file.path().display().to_string();
    match bundle.write(file.path()) {
        Ok(()) => Ok(Some(path)),
        Err(error) => Err(Error::ExportFolder { path, reason: error.to_string() }.into()),
    }
}

async fn findings(desk: &Desk<'_>) -> Answer<Vec<Finding>> {
    let mut findings = Vec::new();
    let examined = doctor::everything(desk.examination(), |finding| findings.push(finding)).await;
    examined.map_err(|error| Error::StoreFailed { reason: error.0 })?;
    Ok(findings)
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        let verdict = match finding.verdict {
            Verdict::Fine(detail) => VerdictView::Fine { detail },
            Verdict::Wrong(error, mender) => {
                VerdictView::Wrong { problem: Problem::from(&*error), who: mender.into() }
            }
            Verdict::Skipped(_) => VerdictView::Skipped,
        };
        Self { check: finding.check.to_owned(), verdict }
    }
}

impl From<Mender> for MenderView {
    fn from(mender: Mender) -> Self {
        match mender {
            Mender::You => Self::You,
            Mender::It => Self::It,
            Mender::Website => Self::Website,
            Mender::Qlik => Self::Qlik,
        }
    }
}
