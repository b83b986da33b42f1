//! Core's types as the launcher's page sees them: plain inside, serialisable
//! twins at the edge.

mod account;

use std::collections::BTreeMap;

use mashdesk_core::exports::{self, Export};
use mashdesk_core::sessions::{Session, State, Step};
use mashdesk_core::website::{Mashup, Quota};
use mashdesk_core::{Catalog, Desk, Error, Language, Sleep, Theme, WindowId};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

use crate::{Screen, start_up};
pub(crate) use account::{AccountView, WebsiteView};

/// What went wrong: a code that names an entry in the message files, and what
/// fills its placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) details: BTreeMap<String, String>,
}

#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct MashupView {
    id: String,
    title: String,
    description: String,
    group: String,
    accent: Option<String>,
    /// Whether the catalog names one; `mashup_icon` fetches it.
    icon: bool,
    updated: Option<String>,
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum CatalogView {
    None,
    Loading,
    Ready { mashups: Vec<MashupView>, problem: Option<Problem> },
    Failed { problem: Problem },
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepView {
    Probe,
    Ticket,
    Redeem,
    Store,
    Page,
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum WindowState {
    Opening {
        step: StepView,
    },
    Live,
    /// Its memory is given back; it comes back with the person.
    Asleep,
    Renewing {
        step: StepView,
    },
    /// The website or Qlik is away; the next try comes by itself. `open` is
    /// whether the mashup is on the screen meanwhile.
    Waiting {
        problem: Problem,
        open: bool,
    },
    Failed {
        problem: Problem,
    },
}

#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct QuotaView {
    used: u32,
    limit: u32,
}

#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct WindowView {
    id: String,
    mashup: String,
    title: String,
    /// RFC 3339.
    since: String,
    status: WindowState,
    quota: Option<QuotaView>,
}

#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum ExportState {
    /// Bytes so far, and of how many where it is known.
    Running {
        received: u64,
        total: Option<u64>,
    },
    Saved {
        path: String,
    },
    Failed {
        problem: Problem,
    },
    Cancelled,
}

#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct ExportView {
    id: String,
    window: String,
    /// The mashup it came from.
    title: String,
    file_name: String,
    /// When it was asked for (RFC 3339).
    since: String,
    /// Whether it can be fetched once more.
    retry: bool,
    status: ExportState,
}

#[derive(Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThemeView {
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LanguageView {
    System,
    En,
    Es,
}

#[derive(Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SleepView {
    Never,
    HalfAnHour,
    TwoHours,
    EightHours,
}

/// What the person likes.
#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct PersonalView {
    favourites: Vec<String>,
    /// Newest first.
    recent: Vec<String>,
    theme: ThemeView,
    language: LanguageView,
    sleep: SleepView,
    /// Where exports are saved.
    download_folder: String,
    /// Whether the person has set that folder.
    own_download_folder: bool,
    /// Whether each export asks where it goes.
    ask_where_to_save: bool,
    /// Whether the app starts when the person signs in to the computer.
    start_with_system: bool,
    /// The names of what IT has settled.
    managed: Vec<String>,
}

/// Everything that the launcher shows.
#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct Snapshot {
    website: WebsiteView,
    account: AccountView,
    catalog: CatalogView,
    windows: Vec<WindowView>,
    exports: Vec<ExportView>,
    personal: PersonalView,
    /// Why something that was asked from outside the app was not done.
    notice: Option<Problem>,
}

/// The part of it that is different now.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
#[serde(tag = "part", rename_all = "snake_case")]
pub(crate) enum Change {
    Website {
        website: WebsiteView,
    },
    Account {
        account: AccountView,
    },
    Catalog {
        catalog: CatalogView,
    },
    Windows {
        windows: Vec<WindowView>,
    },
    /// One export, alone: the list is long by evening, and each message is a
    /// script that WebKit keeps for a while.
    Export {
        id: String,
        /// None, where it is listed no longer.
        export: Option<ExportView>,
    },
    Personal {
        personal: PersonalView,
    },
    Notice {
        notice: Option<Problem>,
    },
    /// Nothing is different: in a mashup's window the person pressed the key
    /// for the launcher's switcher.
    Switcher,
}

impl Snapshot {
    pub(super) fn of(desk: &Desk<Screen>) -> Self {
        Self {
            website: desk.connection().into(),
            account: desk.account().into(),
            catalog: desk.catalog().into(),
            windows: windows_of(desk),
            exports: exports_of(desk),
            personal: personal_of(desk),
            notice: desk.notice().map(Problem::from),
        }
    }
}

impl Change {
    pub(super) fn of(desk: &Desk<Screen>, change: mashdesk_core::Change) -> Self {
        match change {
            mashdesk_core::Change::Website => Self::Website { website: desk.connection().into() },
            mashdesk_core::Change::Account => Self::Account { account: desk.account().into() },
            mashdesk_core::Change::Catalog => Self::Catalog { catalog: desk.catalog().into() },
            mashdesk_core::Change::Windows => Self::Windows { windows: windows_of(desk) },
            mashdesk_core::Change::Export(id) => {
                Self::Export { id: id.to_string(), export: desk.listed_export(id).map(ExportView::from) }
            }
            mashdesk_core::Change::Personal => Self::Personal { personal: personal_of(desk) },
            mashdesk_core::Change::Notice => Self::Notice { notice: desk.notice().map(Problem::from) },
        }
    }
}

fn windows_of(desk: &Desk<Screen>) -> Vec<WindowView> {
    desk.windows().into_iter().map(WindowView::from).collect()
}

/// Newest first, as they are read.
fn exports_of(desk: &Desk<Screen>) -> Vec<ExportView> {
    desk.exports().into_iter().rev().map(ExportView::from).collect()
}

fn personal_of(desk: &Desk<Screen>) -> PersonalView {
    let (settings, used) = (desk.settings(), desk.used());
    PersonalView {
        favourites: used.favourites,
        recent: used.recent,
        theme: settings.theme.into(),
        sleep: desk.sleep().into(),
        language: settings.language.into(),
        download_folder: desk.download_folder().display().to_string(),
        own_download_folder: settings.download_folder.is_some(),
        ask_where_to_save: desk.asks_where_to_save(),
        start_with_system: start_up::is_on(desk.host().app()),
        managed: desk.policy().managed(),
    }
}

impl From<Sleep> for SleepView {
    fn from(sleep: Sleep) -> Self {
        match sleep {
            Sleep::Never => Self::Never,
            Sleep::HalfAnHour => Self::HalfAnHour,
            Sleep::TwoHours => Self::TwoHours,
            Sleep::EightHours => Self::EightHours,
        }
    }
}

impl From<SleepView> for Sleep {
    fn from(sleep: SleepView) -> Self {
        match sleep {
            SleepView::Never => Self::Never,
            SleepView::HalfAnHour => Self::HalfAnHour,
            SleepView::TwoHours => Self::TwoHours,
            SleepView::EightHours => Self::EightHours,
        }
    }
}

impl From<Theme> for ThemeView {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::System => Self::System,
            Theme::Light => Self::Light,
            Theme::Dark => Self::Dark,
        }
    }
}

impl From<ThemeView> for Theme {
    fn from(theme: ThemeView) -> Self {
        match theme {
            ThemeView::System => Self::System,
            ThemeView::Light => Self::Light,
            ThemeView::Dark => Self::Dark,
        }
    }
}

impl From<Language> for LanguageView {
    fn from(language: Language) -> Self {
        match language {
            Language::System => Self::System,
            Language::English => Self::En,
            Language::Spanish => Self::Es,
        }
    }
}

impl From<LanguageView> for Language {
    fn from(language: LanguageView) -> Self {
        match language {
            LanguageView::System => Self::System,
            LanguageView::En => Self::English,
            LanguageView::Es => Self::Spanish,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        #[derive(Deserialize)]
        struct Serialised {
            code: String,
            #[serde(default)]
            details: BTreeMap<String, serde_json::Value>,
        }
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let serialised = serde_json::to_value(error).and_then(serde_json::from_value::<Serialised>);
        match serialised {
            Ok(Serialised { code, details }) => {
                Self { code, details: details.into_iter().map(|(name, value)| (name, text(value))).collect() }
            }
            Err(unserialisable) => Self {
                code: "internal".to_owned(),
                details: [("reason".to_owned(), unserialisable.to_string())].into(),
            },
        }
    }
}

impl From<Catalog> for CatalogView {
    fn from(catalog: Catalog) -> Self {
        match catalog {
            Catalog::None => Self::None,
            Catalog::Loading => Self::Loading,
            Catalog::Ready(mashups, error) => Self::Ready {
                mashups: mashups.iter().map(MashupView::from).collect(),
                problem: error.map(Problem::from),
            },
            Catalog::Failed(error) => Self::Failed { problem: error.into() },
        }
    }
}

impl From<&Mashup> for MashupView {
    fn from(mashup: &Mashup) -> Self {
        Self {
            id: mashup.id.to_string(),
            title: mashup.title.clone(),
            description: mashup.description.clone(),
            group: mashup.group.clone(),
            accent: mashup.accent.clone(),
            icon: mashup.icon.is_some(),
            updated: mashup.updated.clone(),
        }
    }
}

impl From<(WindowId, Session)> for WindowView {
    fn from((id, session): (WindowId, Session)) -> Self {
        Self {
            id: id.to_string(),
            mashup: session.mashup.to_string(),
            title: session.title,
            since: session.since.to_string(),
            status: session.state.into(),
            quota: session.quota.map(|Quota { used, limit }| QuotaView { used, limit }),
        }
    }
}

impl From<State> for WindowState {
    fn from(state: State) -> Self {
        match state {
            State::Opening(Step::Away(error)) => Self::Waiting { problem: error.into(), open: false },
            State::Renewing(Step::Away(error)) => Self::Waiting { problem: error.into(), open: true },
            State::Opening(step) => Self::Opening { step: step.into() },
            State::Renewing(step) => Self::Renewing { step: step.into() },
            State::Live => Self::Live,
            State::Asleep => Self::Asleep,
            State::Failed(error) => Self::Failed { problem: error.into() },
        }
    }
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        match step {
            Step::Probe => Self::Probe,
            Step::Ticket | Step::Away(_) => Self::Ticket,
            Step::Redeem => Self::Redeem,
            Step::Store => Self::Store,
            Step::Page => Self::Page,
        }
    }
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        Self {
            id: export.id.to_string(),
            window: export.window.to_string(),
            since: export.since.to_string(),
            retry: export.can_be_retried(),
            title: export.title,
            file_name: export.file_name,
            status: match export.state {
                exports::ExportState::Running(received, total) => ExportState::Running { received, total },
                exports::ExportState::Saved(path) => ExportState::Saved { path: path.display().to_string() },
                exports::ExportState::Cancelled => ExportState::Cancelled,
                exports::ExportState::Failed(error) => ExportState::Failed { problem: error.into() },
            },
        }
    }
}
