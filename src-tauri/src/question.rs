//! Questions to the person, in the system's own dialogs.

use std::future::Future;
use std::path::{Path, PathBuf};

use rfd::{
    AsyncFileDialog, AsyncMessageDialog, FileHandle, MessageButtons, MessageDialog, MessageDialogResult,
    MessageLevel,
};
use tauri::{AppHandle, WebviewWindow};

use crate::desk;
use crate::words::Language;

/// A question that can be answered with yes or no; each names its messages.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    /// May the mashup load again, though what was typed is lost?
    Reload,
    /// Quit, though mashups are open?
    Quit,
    /// Install the newer version that is ready?
    Update,
}

impl Question {
    /// The question, its yes and its no.
    fn messages(self) -> [&'static str; 3] {
        match self {
            Self::Reload => ["reload.question", "reload.yes", "reload.no"],
            Self::Quit => ["quit.question", "quit.yes", "quit.no"],
            Self::Update => ["update.question", "update.yes", "update.no"],
        }
    }
}

/// Tells what keeps the app from starting, where it was started from and on the
/// screen.
pub(crate) fn tell(key: &str) {
    let words = Language::chosen(mashdesk_core::Language::System).message(key);
    eprintln!("mashdesk: {words}");
    MessageDialog::new().set_level(MessageLevel::Error).set_title("Mashdesk").set_description(words).show();
}

/// Asks before a window. A dialog that cannot be shown, or is closed, is a no.
pub(crate) async fn ask(app: &AppHandle, window: WebviewWindow, question: Question) -> bool {
    let (tell, told) = tokio::sync::oneshot::channel();
    // Dialogs are made on the main thread, as windows are.
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        let words = Language::chosen(desk(&handle).settings().language);
        let [question, yes, no] = question.messages().map(|key| words.message(key).to_owned());
        let answer = AsyncMessageDialog::new()
            .set_parent(&window)
            .set_level(MessageLevel::Warning)
            .set_title(window.title().unwrap_or_default())
            .set_description(question)
            .set_buttons(MessageButtons::OkCancelCustom(yes.clone(), no))
            .show();
        tauri::async_runtime::spawn(async move {
            let agreed = match answer.await {
                MessageDialogResult::Ok => true,
                MessageDialogResult::Custom(chosen) => chosen == yes,
                _ => false,
            };
            // Nobody waits where the window has gone meanwhile.
            let _ = tell.send(agreed);
        });
    });
    asked.is_ok() && told.await.unwrap_or(false)
}

/// Asks where a file goes; a dialog that cannot be shown, or is closed, says
/// nowhere.
pub(crate) async fn where_to_save(
    app: &AppHandle,
    window: WebviewWindow,
    folder: &Path,
    file_name: &str,
) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_directory(folder).set_file_name(file_name);
    choose(app, window, dialog, "exports.where", AsyncFileDialog::save_file).await
}

/// Asks for a folder.
pub(crate) async fn which_folder(app: &AppHandle, window: WebviewWindow, now: &Path) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_directory(now);
    choose(app, window, dialog, "exports.which_folder", AsyncFileDialog::pick_folder).await
}

async fn choose<F>(
    app: &AppHandle,
    window: WebviewWindow,
    dialog: AsyncFileDialog,
    title: &'static str,
    show: fn(AsyncFileDialog) -> F,
) -> Option<PathBuf>
where
    F: Future<Output = Option<FileHandle>> + Send + 'static,
{
    let (tell, told) = tokio::sync::oneshot::channel();
    // As above: on the main thread.
    let handle = app.clone();
    app.run_on_main_thread(move || {
        let words = Language::chosen(desk(&handle).settings().language);
        let chosen = show(dialog.set_parent(&window).set_title(words.message(title)));
        tauri::async_runtime::spawn(async move {
            // Nobody waits where the window has gone meanwhile.
            let _ = tell.send(chosen.await);
        });
    })
    .ok()?;
    Some(told.await.ok()??.path().to_owned())
}
