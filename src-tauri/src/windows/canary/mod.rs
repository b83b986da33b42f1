//! Two hidden windows that look for each other's canaries. They are made as
//! mashups' windows are, and get their stores from the same place; their pages
//! come from a port of this computer that is open meanwhile.

use std::sync::Arc;
use std::time::Duration;

use mashdesk_core::http_cache::Slot;
use mashdesk_core::isolation::{COOKIE, Found, Kind, Observed, Sight, cookie};
use mashdesk_core::loopback::{Loopback, Page, Visit};
use mashdesk_core::{Error, Host, Instance, Secret, WindowId};
use tauri::webview::NewWindowResponse;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use super::store::no_store;
use super::{Screen, blank, mashup_label, native};

const PAGE: &str = "<!doctype html><title>canary</title><script src=\"canary.js\"></script>";
const SCRIPT: &str = include_str!("canary.js");
const SHARED_WORKER: &str = include_str!("shared-worker.js");
const SERVICE_WORKER: &str = "// It is there, which is enough.\n";
/// Longest that two windows may take, on a busy machine that has just started.
const PATIENCE: Duration = Duration::from_secs(60);

/// Has two windows look for each other's canaries.
pub(super) async fn observe(
    screen: &Screen,
    kinds: &[Kind],
    slots: Option<[Slot; 2]>,
) -> Result<Observed, Error> {
    let late = |_| Error::IsolationUnproven { reason: "two windows did not answer in time".to_owned() };
    tokio::time::timeout(PATIENCE, look(screen, kinds, slots)).await.map_err(late)?
}

async fn look(screen: &Screen, kinds: &[Kind], slots: Option<[Slot; 2]>) -> Result<Observed, Error> {
    // Whoever else is on this computer does not know the path.
    let port = Loopback::open(&format!("/{}/", Instance::new())).await.map_err(unproven)?;
    let mut port = Port(port);
    let (one, other) = slots.map(|[one, other]| (one, other)).unzip();
    let first = CanaryWindow::open(screen, &port, one).await?;
    let second = CanaryWindow::open(screen, &port, other).await?;

    first.plant_cookie(&port).await?;
    first.load(&port, kinds)?;
    port.hear(&first.canary, "before").await?.1.go_on().await;
    let (first_planted, waits) = port.hear(&first.canary, "planted").await?;

    second.load(&port, kinds)?;
    let (second_before, planting) = port.hear(&second.canary, "before").await?;
    second.plant_cookie(&port).await?;
    planting.go_on().await;
    let (second_planted, ended) = port.hear(&second.canary, "planted").await?;

    waits.go_on().await;
    let (first_after, _) = port.hear(&first.canary, "after").await?;
    ended.go_on().await;
    Ok(Observed {
        first: first.canary.clone(),
        second: second.canary.clone(),
        first_planted,
        second_before,
        second_planted,
        first_after,
    })
}

/// The port that the windows' pages come from.
struct Port(Loopback);

impl Port {
    /// Gives the windows what they ask for, until one of them says what it has
    /// found; it waits for the answer before it goes on.
    async fn hear(&mut self, canary: &str, step: &str) -> Result<(Sight, Waiting), Error> {
        loop {
            let visit = self.0.visit().await.map_err(unproven)?;
            let file = visit.url.path().rsplit('/').next().unwrap_or_default();
            let (kind, text) = match file {
                "said" if says(&visit, "canary", canary) && says(&visit, "step", step) => {
                    return Ok((sight(&visit)?, Waiting(visit)));
                }
                "" => ("text/html", PAGE),
                "canary.js" => ("text/javascript", SCRIPT),
                "shared-worker.js" => ("text/javascript", SHARED_WORKER),
                "service-worker.js" => ("text/javascript", SERVICE_WORKER),
                _ => ("text/plain", ""),
            };
            visit.answer(Page { kind, policy: "default-src 'self'", text }).await;
        }
    }
}

/// A page that waits for the sign to go on.
struct Waiting(Visit);

impl Waiting {
    async fn go_on(self) {
        self.0.answer(Page { kind: "text/plain", policy: "default-src 'none'", text: "" }).await;
    }
}

fn says(visit: &Visit, name: &str, wanted: &str) -> bool {
    member(visit, name).is_some_and(|said| said == wanted)
}

fn member(visit: &Visit, name: &str) -> Option<String> {
    visit.url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// What a page says that it has found, and the cookie that came with it.
fn sight(visit: &Visit) -> Result<Sight, Error> {
    let said = member(visit, "sight").unwrap_or_default();
    let mut sight: Sight = serde_json::from_str(&said).map_err(unproven)?;
    let cookies = visit.cookies.as_ref().map(Secret::expose).unwrap_or_default();
    let canary = cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='))
        .map(str::to_owned);
    sight.insert(Kind::Cookies.name().to_owned(), Found::Value(canary));
    Ok(sight)
}

/// One of the two windows, for as long as it is looked at.
struct CanaryWindow<'a> {
    screen: &'a Screen,
    id: WindowId,
    canary: String,
}

impl<'a> CanaryWindow<'a> {
    async fn open(screen: &'a Screen, port: &Port, slot: Option<Slot>) -> Result<Self, Error> {
        let id = WindowId::new();
        // From here on it is closed, however this ends.
        let window = Self { screen, id, canary: id.to_string() };
        let origin = port.0.address().origin();
        let (app, stores) = (screen.app().clone(), Arc::clone(screen.stores()));
        let giver = Arc::clone(&stores);
        let build = move || {
            let builder = WebviewWindowBuilder::new(&app, mashup_label(id), WebviewUrl::External(blank()))
                .visible(false)
                .on_navigation(move |url| url.origin() == origin || url.as_str() == "about:blank")
                .on_new_window(|_, _| NewWindowResponse::Deny)
                .on_download(|_, _| false);
            giver.give(&app, builder, id, slot.as_ref())?.build()
        };
        let webview = native::build(screen.app(), build).await.map_err(no_store)?;
        webview.on_window_event(move |event| {
            if let WindowEvent::Destroyed = event {
                stores.take_back(id);
            }
        });
        native::seal(&webview).map_err(unproven)?;
        native::listen(&webview, |error| tracing::warn!(%error, "a canary's page failed"), |_| {})
            .map_err(unproven)?;
        Ok(window)
    }

    async fn plant_cookie(&self, port: &Port) -> Result<(), Error> {
        let host = port.0.address().host_str().unwrap_or_default();
        let cookie = cookie(&self.canary, host);
        self.screen.plant(self.id, &[cookie]).await.map(drop).map_err(unproven)
    }

    fn load(&self, port: &Port, kinds: &[Kind]) -> Result<(), Error> {
        let mut url = port.0.address().clone();
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        url.query_pairs_mut().append_pair("canary", &self.canary).append_pair("kinds", &kinds.join(","));
        // It goes to no mashup, so nothing has to keep it in one.
        let window = self.screen.app().get_webview_window(&mashup_label(self.id));
        window.ok_or_else(|| unproven("a window is gone"))?.navigate(url).map_err(unproven)
    }
}

impl Drop for CanaryWindow<'_> {
    fn drop(&mut self) {
        self.screen.close(self.id);
    }
}

fn unproven(error: impl std::fmt::Display) -> Error {
    Error::IsolationUnproven { reason: error.to_string() }
}
