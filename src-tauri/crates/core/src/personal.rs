//! What one person likes: favourites, the mashups used last, theme, language.

use std::path::PathBuf;

use crate::host::{Change, Host};
use crate::settings::{Language, Settings, Sleep, Theme, Used};
use crate::{Connection, Desk, MashupId, Result};

/// How many mashups are remembered as used last.
const RECENT_MAX: usize = 12;

impl<H: Host> Desk<H> {
    /// The person's settings.
    pub fn settings(&self) -> Settings {
        self.settings.lock().clone()
    }

    /// What the person did with the mashups of this website.
    pub fn used(&self) -> Used {
        self.settings.lock().used.get(&self.website_key()).cloned().unwrap_or_default()
    }

    /// Marks a mashup, or takes the mark away.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_favourite(&self, mashup: &MashupId, favourite: bool) -> Result<()> {
        self.change_used(|used| {
            used.favourites.retain(|marked| marked != mashup.as_str());
            if favourite {
                used.favourites.push(mashup.to_string());
            }
        })
    }

    /// Sets light or dark.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_theme(&self, theme: Theme) -> Result<()> {
        self.change_settings(|settings| settings.theme = theme)
    }

    /// Sets the language.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_language(&self, language: Language) -> Result<()> {
        self.change_settings(|settings| settings.language = language)
    }

    /// Sets when windows sleep.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_sleep(&self, sleep: Sleep) -> Result<()> {
        self.change_settings(|settings| settings.sleep = sleep)
    }

    /// Sets where exports are saved; `None` is the person's download folder.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_download_folder(&self, folder: Option<PathBuf>) -> Result<()> {
        self.change_settings(|settings| settings.download_folder = folder)
    }

    /// Sets whether each export asks where it goes.
    ///
    /// # Errors
    /// [`Error::SettingsUnwritable`](crate::Error::SettingsUnwritable).
    pub fn set_ask_where_to_save(&self, ask: bool) -> Result<()> {
        self.change_settings(|settings| settings.ask_where_to_save = ask)
    }

    /// Where exports are saved, as IT has settled it or the person has set it.
    pub fn download_folder(&self) -> PathBuf {
        let set = self.policy.download_folder.clone().or_else(|| self.settings().download_folder);
        set.unwrap_or_else(|| self.download_folder.clone())
    }

    /// Whether each export asks where it goes.
    pub fn asks_where_to_save(&self) -> bool {
        self.policy.ask_where_to_save.unwrap_or_else(|| self.settings().ask_where_to_save)
    }

    /// Whether a mashup's store keeps cookies of other sites than the mashup's.
    pub fn keeps_third_party_cookies(&self) -> bool {
        self.policy.third_party_cookies.unwrap_or(true)
    }

    /// Notes that a mashup was opened.
    pub(crate) fn note_use(&self, mashup: &MashupId) {
        let noted = self.change_used(|used| {
            used.recent.retain(|before| before != mashup.as_str());
            used.recent.insert(0, mashup.to_string());
            used.recent.truncate(RECENT_MAX);
        });
        if let Err(error) = noted {
            tracing::warn!(%error, "what was used last is not remembered");
        }
    }

    pub(crate) fn change_used(&self, change: impl FnOnce(&mut Used)) -> Result<()> {
        let website = self.website_key();
        self.change_settings(|settings| change(settings.used.entry(website).or_default()))
    }

    /// Changes the settings, on the screen and in the file.
    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let saved = {
            let mut settings = self.settings.lock();
            change(&mut settings);
            // In here, or an older one could be written last.
            settings.save(&self.settings_file)
        };
        self.host.changed(Change::Personal);
        saved
    }

    fn website_key(&self) -> String {
        match &*self.connection.lock() {
            Connection::Ready(website) => website.url.to_string(),
            _ => String::new(),
        }
    }
}
