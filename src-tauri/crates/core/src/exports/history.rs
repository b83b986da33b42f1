//! Today's exports that have ended, for the next run of the app. No address
//! rests here, and so none of them can be fetched once more after a restart.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::{Export, ExportState};
use crate::settings::{read, write};
use crate::website::plain;
use crate::{Error, ExportId, Result, WindowId};

#[derive(Debug, Default, Serialize, Deserialize)]
struct History(Vec<Ended>);

#[derive(Debug, Serialize, Deserialize)]
struct Ended {
    id: ExportId,
    window: WindowId,
    title: String,
    file_name: String,
    since: Timestamp,
    how: How,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum How {
    Saved(PathBuf),
    Failed(Error),
    Cancelled,
}

pub(super) fn file_beside(settings_file: &Path) -> PathBuf {
    settings_file.with_file_name("exports.json")
}

/// Those of the day, oldest first; a broken file costs no more than the list.
pub(super) fn load(file: &Path, now: &Zoned) -> Vec<Export> {
    let History(ended) = read(file).unwrap_or_else(|error| {
        tracing::warn!(%error, "earlier exports are forgotten");
        History::default()
    });
    ended.into_iter().filter(|ended| is_of(now, ended.since)).map(Export::from).collect()
}

pub(super) fn save<'a>(
    file: &Path,
    exports: impl IntoIterator<Item = &'a Export>,
    now: &Zoned,
) -> Result<()> {
    let today = exports.into_iter().filter(|export| is_of(now, export.since));
    write(file, &History(today.filter_map(Ended::of).collect()))
}

fn is_of(now: &Zoned, time: Timestamp) -> bool {
    time.to_zoned(now.time_zone().clone()).date() == now.date()
}

impl Ended {
    fn of(export: &Export) -> Option<Self> {
        let how = match &export.state {
            ExportState::Running(..) => return None,
            ExportState::Saved(path) => How::Saved(path.clone()),
            ExportState::Failed(error) => How::Failed(error.clone()),
            ExportState::Cancelled => How::Cancelled,
        };
        let Export { id, window, title, file_name, since, .. } = export.clone();
        Some(Self { id, window, title, file_name, since, how })
    }
}

impl From<Ended> for Export {
    fn from(ended: Ended) -> Self {
        Self {
            id: ended.id,
            window: ended.window,
            title: plain(&ended.title),
            file_name: plain(&ended.file_name),
            since: ended.since,
            state: match ended.how {
                How::Saved(path) => ExportState::Saved(path),
                How::Failed(error) => ExportState::Failed(error),
                How::Cancelled => ExportState::Cancelled,
            },
            url: None,
            asked_twice: false,
            task: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_day_as_the_person_has_it_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("exports.json");
        let madrid =
            |text: &str| -> Zoned { format!("{text}+01:00[Europe/Madrid]").parse().expect("a time") };
        let export = |time: &str, state| Export {
            id: ExportId::new(),
            window: WindowId::new(),
            title: "Sales".to_owned(),
            file_name: format!("{time}.csv"),
            since: madrid(time).timestamp(),
            state,
            url: None,
            asked_twice: false,
            task: None,
        };
        // By universal time the second one is of the day before.
        let all = [
            export("2026-11-23T23:59:59", ExportState::Cancelled),
            export("2026-11-24T00:30:00", ExportState::Saved(PathBuf::from("a.csv"))),
            export("2026-11-24T09:00:00", ExportState::Failed(Error::WindowGone)),
            export("2026-11-24T10:00:00", ExportState::Running(1, None)),
        ];
        let names = |now: &str| -> Vec<String> {
            load(&file, &madrid(now)).into_iter().map(|export| export.file_name).collect()
        };
        assert_eq!(names("2026-11-24T23:00:00"), Vec::<String>::new(), "there is no file yet");
        save(&file, &all, &madrid("2026-11-24T23:00:00")).expect("saved");
        assert_eq!(names("2026-11-24T23:00:00"), ["2026-11-24T00:30:00.csv", "2026-11-24T09:00:00.csv"]);
        assert_eq!(names("2026-11-25T00:00:00"), Vec::<String>::new());
        assert_eq!(load(&file, &madrid("2026-11-24T23:00:00"))[1].state, all[2].state);

        std::fs::write(&file, "[{\"id\": 7}]").expect("written");
        assert_eq!(names("2026-11-24T23:00:00"), Vec::<String>::new());
    }
}
