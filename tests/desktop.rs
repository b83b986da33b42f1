//! The running app, as a person before the screen has it: pages to look at, a
//! hand to click and type with.

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use gtk::prelude::*;
use mashdesk::{Keyring, Launch, Screen, guard, mashup_label, store};
use mashdesk_core::exports::{Export, ExportState};
use mashdesk_core::sessions::State;
use mashdesk_core::{Desk, ExportId, MashupId, Policy, WindowId};
use serde_json::Value;
use tauri::{AppHandle, Manager, WebviewWindow};
use url::Url;

use crate::hand;

/// Longest wait for what must happen, on a busy machine; a sound run never comes
/// near it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How often one looks.
const GLANCE: Duration = Duration::from_millis(25);

/// How many looks a window is given to come to the front.
const LOOKS_A_FOCUS: u32 = 40;

/// The running app.
pub(crate) struct Desktop {
    pub(crate) app: AppHandle,
    pub(crate) desk: Arc<Desk<Screen>>,
    pub(crate) screenshots: PathBuf,
}

/// What a story starts the app with.
pub(crate) struct Start<'a> {
    pub(crate) website: Option<String>,
    pub(crate) stores: Arc<dyn store::Stores>,
    pub(crate) guard: Arc<dyn guard::Guard>,
    pub(crate) settings_file: PathBuf,
    pub(crate) download_folder: PathBuf,
    pub(crate) policy: Policy,
    pub(crate) screenshots: &'a Path,
}

impl<'a> Start<'a> {
    /// A computer on which the app has never run; what it writes goes into one
    /// folder.
    pub(crate) fn anew(
        website: Option<&Url>,
        stores: Arc<dyn store::Stores>,
        folder: &Path,
        screenshots: &'a Path,
    ) -> Self {
        Self {
            website: website.map(Url::to_string),
            stores,
            guard: Arc::new(guard::Guarded),
            settings_file: folder.join("settings.json"),
            download_folder: folder.join("downloads"),
            policy: Policy::default(),
            screenshots,
        }
    }
}

/// Runs the app on this thread and the story on another; ends with what the
/// story answers.
pub(crate) fn run(
    start: Start<'_>,
    story: impl FnOnce(Desktop) -> Result<ExitCode> + Send + 'static,
) -> Result<ExitCode> {
    let app = mashdesk::app(Launch {
        website: start.website,
        open: Vec::new(),
        single_instance: false,
        settings_file: Some(start.settings_file),
        download_folder: Some(start.download_folder),
        tokens: Arc::new(Keyring),
        policy: start.policy,
        stores: start.stores,
        guard: start.guard,
    })?;
    let desktop = Desktop {
        app: app.handle().clone(),
        desk: Arc::clone(&app.state::<Arc<Desk<Screen>>>()),
        screenshots: start.screenshots.to_owned(),
    };
    let handle = app.handle().clone();
    let last_sight = start.screenshots.join("last-sight.png");
    let teller = thread::spawn(move || {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| story(desktop)));
        let ended = ended.unwrap_or_else(|_| Err(anyhow!("the story panicked")));
        if ended.is_err()
            && let Err(error) = hand::picture_of_all(&last_sight)
        {
            eprintln!("no picture of the end: {error:#}");
        }
        handle.exit(0);
        ended
    });
    mashdesk::run(app);
    teller.join().map_err(|_| anyhow!("the story panicked"))?
}

/// Looks again and again until there is something to see.
pub(crate) fn until<T>(what: &str, look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    until_within(PATIENCE, what, look)
}

/// The same, for what takes its time by nature.
pub(crate) fn until_within<T>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let given_up = Instant::now() + patience;
    loop {
        match look() {
            Ok(Some(seen)) => return Ok(seen),
            Ok(None) if Instant::now() < given_up => thread::park_timeout(GLANCE),
            Ok(None) => bail!("waited in vain for {what}"),
            Err(error) => return Err(error.context(format!("waiting for {what}"))),
        }
    }
}

impl Desktop {
    /// The launcher's page.
    pub(crate) fn launcher(&self) -> Result<Page> {
        self.page("main")
    }

    /// A mashup's page.
    pub(crate) fn mashup(&self, window: WindowId) -> Result<Page> {
        self.page(&mashup_label(window))
    }

    /// The window that a mashup has opened.
    pub(crate) fn pop_up(&self, window: WindowId) -> Result<Page> {
        let own = mashup_label(window);
        let label = until("a window of the mashup", || {
            Ok(self.app.webview_windows().into_keys().find(|label| label.starts_with(&own) && *label != own))
        })?;
        self.page(&label)
    }

    fn page(&self, label: &str) -> Result<Page> {
        let window = self.app.get_webview_window(label).with_context(|| format!("no window {label}"))?;
        Ok(Page { window })
    }

    /// Types the website's address into the first-run page.
    pub(crate) fn give_website(&self, address: &str) -> Result<()> {
        let launcher = self.launcher()?;
        launcher.clear("[data-testid=website-url]")?;
        hand::write(address)?;
        hand::press("Return")
    }

    /// Signs in by pasting a token, as fast as a person can type.
    pub(crate) fn sign_in(&self, token: &str) -> Result<()> {
        let launcher = self.launcher()?;
        // Where the website prefers another way, the field is behind a fold.
        launcher.until(
            "the field for a token",
            "(() => {
                const field = document.querySelector('[data-testid=token]');
                const fold = field?.closest('details');
                if (fold) fold.open = true;
                return field?.checkVisibility();
            })()",
        )?;
        launcher.click("[data-testid=token]")?;
        hand::write(token)?;
        hand::press("Return")?;
        launcher.until("the catalog", "document.querySelector('[data-testid=mashup-row]')").map(drop)
    }

    /// Finds a mashup in the launcher and opens it.
    pub(crate) fn open(&self, mashup: &str, title: &str) -> Result<WindowId> {
        self.open_by(Page::click, mashup, title)
    }

    /// The same, by a double click, as files are opened.
    pub(crate) fn open_twice(&self, mashup: &str, title: &str) -> Result<WindowId> {
        self.open_by(Page::double_click, mashup, title)
    }

    fn open_by(
        &self,
        click: impl Fn(&Page, &str) -> Result<()>,
        mashup: &str,
        title: &str,
    ) -> Result<WindowId> {
        let launcher = self.launcher()?;
        launcher.clear("[data-testid=search]")?;
        hand::write(title)?;
        launcher.until(
            "the search",
            &format!("document.querySelector('[data-testid=search]').value === '{title}'"),
        )?;
        let row = format!("[data-testid=mashup-row][data-mashup=\"{mashup}\"]");
        launcher.until(title, &format!("document.querySelector('{row}')"))?;
        click(&launcher, &row)?;
        let mashup = MashupId::parse(mashup)?;
        until("a window", || {
            Ok(self
                .desk
                .windows()
                .into_iter()
                .find(|(_, session)| session.mashup == mashup)
                .map(|(id, _)| id))
        })
    }

    /// Waits until the launcher shows a window in a state.
    pub(crate) fn shown_as(&self, window: WindowId, state: &str) -> Result<()> {
        // The launcher is told a moment later: what it shows may be from before.
        until(state, || {
            let session = self.desk.window(window);
            let is_there = session.is_some_and(|session| match state {
                "live" => session.state == State::Live,
                "failed" => matches!(session.state, State::Failed(_)),
                _ => true,
            });
            Ok(is_there.then_some(()))
        })?;
        let row = format!("[data-testid=window-row][data-window=\"{window}\"][data-state=\"{state}\"]");
        self.launcher()?.until(&row, &format!("document.querySelector('{row}')")).map(drop)
    }

    /// Clicks something that exports, and waits for the file.
    pub(crate) fn export(&self, page: &Page, selector: &str) -> Result<PathBuf> {
        let export = self.begin_export(page, selector)?;
        self.saved(&self.ended(export)?)
    }

    /// Clicks something that exports, and waits until it does.
    pub(crate) fn begin_export(&self, page: &Page, selector: &str) -> Result<ExportId> {
        let last = |desktop: &Self| desktop.desk.exports().pop().map(|export| export.id);
        let before = last(self);
        // This hand is so fast that two exports would be a double click.
        page.click("#title")?;
        page.click(selector)?;
        until("an export", || Ok(last(self).filter(|export| Some(*export) != before)))
    }

    /// An export, once it has ended.
    pub(crate) fn ended(&self, id: ExportId) -> Result<Export> {
        until("the export to end", || {
            let export = self.desk.exports().into_iter().find(|export| export.id == id);
            Ok(export.filter(|export| !matches!(export.state, ExportState::Running(..))))
        })
    }

    /// The file that an export has become.
    pub(crate) fn saved(&self, export: &Export) -> Result<PathBuf> {
        match export.state.clone() {
            ExportState::Saved(path) => Ok(path),
            ExportState::Failed(error) => Err(error.into()),
            ExportState::Running(..) => bail!("it still runs"),
            ExportState::Cancelled => bail!("it was stopped"),
        }
    }

    /// Takes a picture of a window.
    pub(crate) fn picture(&self, page: &Page, name: &str) -> Result<()> {
        page.activate()?;
        hand::picture(&self.screenshots.join(name))
    }
}

/// A page in a window.
pub(crate) struct Page {
    pub(crate) window: WebviewWindow,
}

impl Page {
    /// What an expression of JavaScript is worth there.
    pub(crate) fn look(&self, expression: &str) -> Result<Value> {
        let (tell, told) = mpsc::channel();
        self.window.eval_with_callback(expression, move |value| {
            // Nobody listens any more where the wait was given up.
            let _ = tell.send(value);
        })?;
        let value = match told.recv_timeout(PATIENCE) {
            Ok(value) => value,
            // A page that has not begun to load forgets whom to answer.
            Err(RecvTimeoutError::Disconnected) => String::new(),
            Err(RecvTimeoutError::Timeout) => bail!("no answer to {expression}"),
        };
        Ok(if value.is_empty() { Value::Null } else { serde_json::from_str(&value).context(value)? })
    }

    /// Waits until an expression is worth something.
    pub(crate) fn until(&self, what: &str, expression: &str) -> Result<Value> {
        // An element itself cannot travel: it is enough that it is there.
        let expression =
            format!("(() => {{ const it = {expression}; return it instanceof Element ? true : it; }})()");
        until(what, || {
            let value = self.look(&expression)?;
            let nothing = matches!(value, Value::Null | Value::Bool(false)) || value == "" || value == 0;
            Ok((!nothing).then_some(value))
        })
    }

    /// Waits until a page has something in its `data-…`.
    pub(crate) fn data(&self, name: &str) -> Result<String> {
        let value = self.until(name, &format!("document.documentElement.dataset.{name}"))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// The text of an element.
    pub(crate) fn text(&self, selector: &str) -> Result<String> {
        let value =
            self.until(selector, &format!("document.querySelector('{selector}')?.textContent.trim()"))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks an element with the mouse.
    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        self.click_at(&self.place_of(selector)?)
    }

    /// Clicks an element twice, as fast as a person does.
    pub(crate) fn double_click(&self, selector: &str) -> Result<()> {
        let place = self.place_of(selector)?;
        self.activate()?;
        let at = |index: usize| place[index].as_f64().context("a place");
        hand::double_click(at(0)?, at(1)?)
    }

    /// The middle of an element that can be clicked.
    fn place_of(&self, selector: &str) -> Result<Value> {
        let place = format!(
            "(() => {{
                const element = document.querySelector('{selector}');
                if (!element || element.disabled) return null;
                element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"
        );
        // A list that is still being filtered moves under the hand.
        let mut before = Value::Null;
        until(&format!("{selector} to stand still"), || {
            let now = self.look(&place)?;
            let still = now == before && !now.is_null();
            before = now.clone();
            Ok(still.then_some(now))
        })
    }

    /// Clicks at a place on the page, `[x, y]`.
    pub(crate) fn click_at(&self, place: &Value) -> Result<()> {
        self.activate()?;
        let at = |index: usize| place[index].as_f64().context("a place");
        hand::click(at(0)?, at(1)?)
    }

    /// Clicks into a field and empties it.
    pub(crate) fn clear(&self, selector: &str) -> Result<()> {
        self.click(selector)?;
        hand::press("ctrl+a")?;
        hand::press("BackSpace")
    }

    /// Whether a dialog of the page's own is before the person.
    pub(crate) fn shows_dialog(&self) -> Result<bool> {
        let (tell, told) = mpsc::channel();
        self.window.with_webview(move |webview| {
            // WebKit lays it over the page, as a part of the view.
            let mut shows = false;
            webview.inner().forall(|part| shows |= part.type_().name() == "WebKitScriptDialogImpl");
            // Nobody listens any more where the wait was given up.
            let _ = tell.send(shows);
        })?;
        told.recv_timeout(PATIENCE).context("the window does not answer")
    }

    /// Brings the window to the front and waits until it has the keyboard.
    pub(crate) fn activate(&self) -> Result<()> {
        let title = self.window.title()?;
        let mut looks = 0;
        until(&format!("the window {title}"), || {
            // One that comes up at this moment takes the keyboard away again.
            if looks % LOOKS_A_FOCUS == 0 {
                self.window.set_focus()?;
            }
            looks += 1;
            Ok((hand::active_title().unwrap_or_default() == title).then_some(()))
        })
    }
}
