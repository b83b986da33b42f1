//! What one person likes: favourites, the mashups used last, theme, language.

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
