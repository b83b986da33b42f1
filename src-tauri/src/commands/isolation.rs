//! Whether windows are kept apart, for a person who asks.

use mashdesk_core::isolation::{Finding, Verdict};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Answer, Desk};

/// Whether two windows share one kind of what pages keep.
#[derive(Serialize, Deserialize, Type)]
pub(super) struct IsolationView {
    /// What people who know call it, in any language.
    kind: String,
    verdict: IsolationVerdict,
}

#[derive(Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
enum IsolationVerdict {
    Apart,
    Shared,
    /// This webview has no such thing.
    Absent,
    Unproven,
}

/// Has two hidden windows look for each other's canaries.
#[tauri::command]
#[specta::specta]
pub(super) async fn check_isolation(desk: Desk<'_>) -> Answer<Vec<IsolationView>> {
    Ok(desk.check_isolation().await?.into_iter().map(IsolationView::from).collect())
}

impl From<Finding> for IsolationView {
    fn from((kind, verdict): Finding) -> Self {
        let verdict = match verdict {
            Verdict::Apart => IsolationVerdict::Apart,
            Verdict::Shared => IsolationVerdict::Shared,
            Verdict::Absent => IsolationVerdict::Absent,
            Verdict::Unproven(_) => IsolationVerdict::Unproven,
        };
        Self { kind: kind.title().to_owned(), verdict }
    }
}
