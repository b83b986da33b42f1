//! What the launcher's page may ask of the shell: one file a feature, each
//! command parses, calls core and converts.

mod account;
mod catalog;
mod exports;
mod help;
mod isolation;
// The product has it from the build script.
#[cfg(test)]
mod names;
mod personal;
mod untold;
mod view;
mod website;
mod windows;

use mashdesk_core::Error;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, State, Wry};
use tauri_specta::{Event, collect_commands, collect_events};

use crate::{Screen, launcher, outside};
pub(crate) use help::Shown;
pub(crate) use untold::{Untold, keep_telling};
pub(crate) use view::Problem;

/// The run's core, as commands get it.
type Desk<'a> = State<'a, std::sync::Arc<mashdesk_core::Desk<Screen>>>;
/// What a command answers.
type Answer<T> = Result<T, Problem>;

/// The name that commands go by: `plugin:mashdesk|open_mashup`.
const PLUGIN: &str = "mashdesk";

/// All commands and events, as a plugin, so that Tauri's access control holds
/// for them.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    let border = border();
    Builder::new(PLUGIN)
        .invoke_handler(border.invoke_handler())
        .setup(move |app, _| {
            border.mount_events(app);
            Ok(())
        })
        .build()
}

/// Shows the launcher, with its switcher open.
pub(crate) fn open_switcher(app: &AppHandle) {
    launcher::show(app);
    if let Err(error) = view::Change::Switcher.emit_to(app, launcher::LABEL) {
        tracing::warn!(%error, "the launcher was not told");
    }
}

fn border() -> tauri_specta::Builder<Wry> {
    tauri_specta::Builder::new()
        .plugin_name(PLUGIN)
        // One type for both ways: nothing here is written otherwise than read.
        .disable_serde_phases()
        // Numbers are doubles in JavaScript: bytes are exact up to 9 PB.
        .dangerously_cast_bigints_to_number()
        .commands(collect_commands![
            snapshot,
            dismiss_notice,
            website::set_website,
            website::open_support,
            account::sign_in,
            account::sign_in_with_browser,
            account::sign_in_with_website,
            account::cancel_sign_in,
            account::sign_out,
            account::open_token_help,
            catalog::refresh_catalog,
            catalog::mashup_icon,
            windows::expect_mashup,
            windows::open_mashup,
            windows::focus_window,
            windows::retry_window,
            windows::close_window,
            windows::close_all_windows,
            exports::show_export,
            exports::open_export,
            exports::cancel_export,
            exports::retry_export,
            isolation::check_isolation,
            personal::set_favourite,
            personal::set_theme,
            personal::set_language,
            personal::set_sleep,
            personal::set_ask_where_to_save,
            personal::choose_download_folder,
            personal::reset_download_folder,
            personal::set_start_with_system,
            help::examine,
            help::support_bundle,
            help::save_support_bundle,
        ])
        .events(collect_events![view::Change])
}

/// Everything that the launcher shows.
#[tauri::command]
#[specta::specta]
fn snapshot(desk: Desk<'_>) -> view::Snapshot {
    view::Snapshot::of(&desk)
}

/// The person has read why something asked from outside was not done.
#[tauri::command]
#[specta::specta]
async fn dismiss_notice(desk: Desk<'_>) -> Answer<()> {
    desk.dismiss_notice();
    Ok(())
}

/// Opens an address, where there is one, in the system's own program for it.
async fn open_outside(url: Option<&url::Url>) -> Answer<()> {
    let Some(url) = url else { return Ok(()) };
    outside::open(url.as_str())
        .await
        .map_err(|error| Error::SystemRefused { what: url.to_string(), reason: error.to_string() }.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::names::COMMANDS;
    use super::*;

    /// The launcher's TypeScript is made from the Rust types; with
    /// `MASHDESK_WRITE_BINDINGS=1` this test writes it.
    #[test]
    fn bindings_are_current() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/bindings.ts");
        let folder = tempfile::tempdir().expect("a folder");
        let fresh = folder.path().join("bindings.ts");
        border().export(specta_typescript::Typescript::default(), &fresh).expect("exported");
        let fresh = std::fs::read_to_string(fresh).expect("read");
        if std::env::var_os("MASHDESK_WRITE_BINDINGS").is_some() {
            std::fs::write(&committed, &fresh).expect("written");
        }
        let committed = std::fs::read_to_string(committed).unwrap_or_default();
        assert!(committed == fresh, "ui/src/bindings.ts is stale: run `cargo xtask bindings`");
    }

    #[test]
    fn every_command_has_a_permission() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("bindings.ts");
        border().export(specta_typescript::Typescript::default(), &file).expect("exported");
        let bindings = std::fs::read_to_string(file).expect("read");
        let called = bindings.matches("\"plugin:mashdesk|").count();
        for command in COMMANDS {
            assert!(
                bindings.contains(&format!("\"plugin:{PLUGIN}|{command}\"")),
                "{command} is in names.rs only"
            );
        }
        assert_eq!(called, COMMANDS.len(), "a command is missing in names.rs");
    }
}
