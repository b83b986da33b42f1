//! The person's settings, in one small JSON file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use url::Url;

use crate::{Error, Result, Zoom};

/// What is remembered from one run to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The company's website.
    pub website: Option<Url>,
    /// Light or dark.
    pub theme: Theme,
    /// What Mashdesk speaks.
    pub language: Language,
    /// When windows sleep.
    pub sleep: Sleep,
    /// Where exports are saved; otherwise the person's download folder.
    pub download_folder: Option<PathBuf>,
    /// Whether each export asks where it goes.
    pub ask_where_to_save: bool,
    /// What the person did with the mashups of each website.
    pub used: BTreeMap<String, Used>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says it all")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// What Mashdesk speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says it all")]
pub enum Language {
    #[default]
    System,
    English,
    Spanish,
}

/// After how long a window that nobody looks at gives its memory back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says it all")]
pub enum Sleep {
    Never,
    HalfAnHour,
    #[default]
    TwoHours,
    EightHours,
}

impl Sleep {
    /// How long that is; nothing for never.
    pub fn after(self) -> Option<Duration> {
        let minutes = match self {
            Self::Never => return None,
            Self::HalfAnHour => 30,
            Self::TwoHours => 120,
            Self::EightHours => 480,
        };
        Some(Duration::from_secs(60 * minutes))
    }
}

/// What the person did with the mashups of one website, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Used {
    /// The ones they marked.
    pub favourites: Vec<String>,
    /// The ones they opened last, newest first.
    pub recent: Vec<String>,
    /// The ones that they have drawn larger or smaller.
    pub zoom: BTreeMap<String, Zoom>,
}

impl Settings {
    /// Reads the file; a missing one is the default.
    ///
    /// # Errors
    /// [`Error::SettingsBroken`]; the file is then put aside under another
    /// name, so that saving does not lose it.
    pub fn load(file: &Path) -> Result<Self> {
        read(file)
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`].
    pub fn save(&self, file: &Path) -> Result<()> {
        write(file, self)
    }
}

/// Reads a JSON file of Mashdesk's own; a missing one is the default, a broken
/// one is put aside.
pub(crate) fn read<T: DeserializeOwned + Default>(file: &Path) -> Result<T> {
    let broken = |reason: String| Error::SettingsBroken { path: file.display().to_string(), reason };
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            if let Err(error) = fs::rename(file, file.with_extension("broken.json")) {
                tracing::warn!(%error, "a broken file stays where it is");
            }
            broken(error.to_string())
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(broken(error.to_string())),
    }
}

/// Writes a JSON file of Mashdesk's own, whole or not at all.
pub(crate) fn write(file: &Path, value: &impl Serialize) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut part = NamedTempFile::new_in(folder)?;
        part.write_all(&serde_json::to_vec_pretty(value)?)?;
        part.persist(file)?;
        Ok(())
    };
    write().map_err(|error| Error::SettingsUnwritable {
        path: file.display().to_string(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_broken_ones_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("new").join("settings.json");
        assert_eq!(Settings::load(&file), Ok(Settings::default()));

        let settings = Settings { website: Url::parse("https://portal.example").ok(), ..Settings::default() };
        settings.save(&file).expect("saved");
        assert_eq!(Settings::load(&file), Ok(settings.clone()));

        fs::write(&file, "{\"website\": 7").expect("written");
        assert!(matches!(Settings::load(&file), Err(Error::SettingsBroken { .. })));
        settings.save(&file).expect("saved");
        let kept = fs::read_to_string(file.with_extension("broken.json")).expect("kept");
        assert_eq!(kept, "{\"website\": 7");
    }
}
