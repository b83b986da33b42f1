//! Mashdesk's shell: the only code that knows Tauri.
//!
//! Start-up, nothing else: [`main`] reads the command line, [`app`] puts the
//! parts together, [`run`] runs them until the person quits.

mod arguments;
mod bundle;
mod commands;
mod conformance;
mod console;
mod display;
mod doctor;
pub mod environment;
mod keyring;
mod launcher;
#[cfg(unix)]
mod limits;
mod logs;
mod notification;
mod outside;
mod policy;
mod question;
mod self_test;
mod sign_in_command;
mod start_up;
mod updates;
mod windows;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[cfg(target_os = "macos")]
use mashdesk_core::parse_link;
use mashdesk_core::{Account, Desk, Error, MashupId, Policy, Setup, TokenStore};
use tauri::{App, AppHandle, Context, Manager, RunEvent};

use arguments::Task;
pub use keyring::Keyring;
pub use updates::{Outcome, update};
pub use windows::{Screen, guard, mashup_label, store};

/// What a run of the app starts with.
pub struct Launch {
    /// The website of this run, as typed; otherwise the one in the settings.
    pub website: Option<String>,
    /// Mashups to open as soon as somebody is signed in, and links that name none.
    pub open: Vec<Result<MashupId, Error>>,
    /// Whether a second start hands over to the first.
    pub single_instance: bool,
    /// Where the settings are; otherwise where the system keeps them.
    pub settings_file: Option<PathBuf>,
    /// Where exports are saved; otherwise the person's download folder.
    pub download_folder: Option<PathBuf>,
    /// Where the sign-in token rests.
    pub tokens: Arc<dyn TokenStore>,
    /// What IT has settled.
    pub policy: Policy,
    /// What gives each window its store.
    pub stores: Arc<dyn store::Stores>,
    /// What keeps mashups' pages in their place.
    pub guard: Arc<dyn guard::Guard>,
}

/// The app as the command line wants it.
pub fn main() -> ExitCode {
    environment::settle();
    console::attach();
    #[cfg(unix)]
    limits::settle();
    let task = match arguments::read() {
        Ok(task) => task,
        Err(code) => return code,
    };
    let settled = match policy::read() {
        Ok(settled) => settled,
        Err(error) => return policy::refuse(error, task.shows_a_window()),
    };
    let launch = match task {
        Task::Launch(launch) => Launch { policy: settled.policy, ..*launch },
        Task::Account(command) => return command.run(&settled.policy),
        Task::Policy(arguments) => return policy::print(&arguments, &settled),
        Task::Bundle(arguments, website) => return bundle::main(arguments, website, settled.policy),
        Task::Doctor(arguments, website) => return doctor::main(arguments, website, settled.policy),
        Task::Conformance(arguments) => return conformance::main(*arguments, settled.policy),
        Task::SelfTest(arguments) => return self_test::main(&arguments),
    };
    logs::keep(&launch.policy);
    if tauri::webview_version().is_err() {
        question::tell("webview2.missing");
        return ExitCode::FAILURE;
    }
    match app(launch) {
        Ok(app) => {
            quit_when_told(app.handle().clone());
            ExitCode::from(u8::try_from(run(app)).unwrap_or(1))
        }
        Err(error) => {
            tracing::error!(%error, "could not start");
            ExitCode::FAILURE
        }
    }
}

/// Puts the app together. Must be called on the process's main thread.
///
/// # Errors
/// Where there is no screen, or no folder for settings.
pub fn app(launch: Launch) -> tauri::Result<App> {
    let mut builder = tauri::Builder::default();
    if launch.single_instance {
        builder = builder.plugin(tauri_plugin_single_instance::init(second_start));
    }
    if launch.policy.updates.is_some() {
        builder = builder.plugin(updates::plugin(launch.policy.updates_key.as_deref()));
    }
    let app = builder.plugin(commands::plugin()).build(context())?;
    let updates = launch.policy.updates.clone();
    let setup = Setup {
        website: launch.website,
        settings_file: match launch.settings_file {
            Some(file) => file,
            None => app.path().app_config_dir()?.join("settings.json"),
        },
        download_folder: match launch.policy.download_folder.clone().or(launch.download_folder) {
            Some(folder) => folder,
            None => app.path().download_dir().or_else(|_| app.path().home_dir())?,
        },
        http_caches: store::cache_roots(app.handle()),
        tokens: launch.tokens,
        policy: launch.policy,
        runtime: tauri::async_runtime::handle().inner().clone(),
    };
    let desk = Desk::new(Screen::new(app.handle(), launch.stores, launch.guard), &setup)
        .map_err(std::io::Error::other)?;
    app.manage(Arc::clone(&desk));
    app.manage(commands::Shown::default());
    app.manage(commands::Untold::default());
    start_up::settle(app.handle(), desk.policy());
    // First of all windows: on Linux it alone registers custom schemes. Where mashups
    // are asked for, its page comes after them.
    let later = !launch.open.is_empty();
    app.manage(launcher::Page::new(later));
    launcher::open(app.handle(), later)?;
    tauri::async_runtime::spawn(commands::keep_telling(app.handle().clone()));
    tauri::async_runtime::spawn(windows::observer::watch(app.handle().clone()));
    if let Some(source) = updates {
        tauri::async_runtime::spawn(updates::watch(app.handle().clone(), source));
    }
    desk.open_when_ready(launch.open);
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        desk.start().await;
        desk.come_to_rest().await;
        launcher::come(&handle);
    });
    Ok(app)
}

/// What the app is made with.
fn context() -> Context {
    tauri::generate_context!("tauri.conf.json")
}

/// Runs the app until the person quits; every session is given back before.
pub fn run(app: App) -> i32 {
    let mut quitting = false;
    app.run_return(move |app, event| match event {
        RunEvent::ExitRequested { api, code, .. } if !quitting => {
            quitting = true;
            api.prevent_exit();
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                desk(&app).quit().await;
                app.exit(code.unwrap_or(0));
            });
        }
        // On a Mac a link comes as an event, not as an argument.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => open(app, urls.iter().map(|url| parse_link(url.as_str())).collect()),
        _ => {}
    })
}

/// The system ends the person's session, or somebody presses Ctrl+C: the app
/// quits as if the person had asked for it.
fn quit_when_told(app: AppHandle) {
    if let Err(error) = ctrlc::set_handler(move || app.exit(0)) {
        tracing::warn!(%error, "will not hear when the system ends");
    }
}

/// The run's core.
pub(crate) fn desk(app: &AppHandle) -> Arc<Desk<Screen>> {
    Arc::clone(&app.state::<Arc<Desk<Screen>>>())
}

/// Somebody started Mashdesk again: the running one takes over.
fn second_start(app: &AppHandle, arguments: Vec<String>, _folder: String) {
    open(app, arguments::of_another_start(arguments));
}

/// Opens what was asked for, or shows the launcher where nothing was, or where
/// the person has to sign in first.
fn open(app: &AppHandle, asked: Vec<Result<MashupId, Error>>) {
    let signed_in = matches!(desk(app).account(), Account::SignedIn { .. });
    if asked.is_empty() || !signed_in {
        launcher::show(app);
    }
    desk(app).open_when_ready(asked);
}
