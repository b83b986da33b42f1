//! What the observer script in a mashup's page has seen. The shell asks; the
//! page has no way to speak first. An answer is a few names that core knows,
//! once a second at most, from the window's own page only.

use std::time::Duration;

use mashdesk_core::WindowId;
use mashdesk_core::sessions::{Seen, State};
use tauri::{AppHandle, Manager, WebviewWindow};

use super::mashup_label;
use crate::desk;

/// The script, for the top frame of each page.
pub(super) const SCRIPT: &str = include_str!("observer.js");
/// Asks the page what it has seen.
const LOOK: &str = "window.__mashdesk?.()";
/// The same, and takes the double click away.
const TAKE: &str = "window.__mashdesk?.(true)";
/// How often the window that the person looks at is asked.
const EVERY: Duration = Duration::from_secs(1);
/// How many times as long the others wait for their turns: thirty of them, each asked
/// every second, kept a tenth of a processor busy all day.
const UNSEEN: usize = 5;
/// A page that is too busy to answer has nothing to say.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Asks the pages of live windows, for as long as the app runs.
pub(crate) async fn watch(app: AppHandle) {
    for turn in 0.. {
        tokio::time::sleep(EVERY).await;
        for (place, (window, session)) in desk(&app).windows().into_iter().enumerate() {
            if session.state == State::Live && has_turn(turn, place, session.is_seen()) {
                let app = app.clone();
                tauri::async_runtime::spawn(async move {
                    if let Some(seen) = ask(&app, window, LOOK).await {
                        heed(&app, window, &seen);
                    }
                });
            }
        }
    }
}

/// Whether a window is asked now; those that nobody looks at take turns.
fn has_turn(turn: usize, place: usize, seen: bool) -> bool {
    seen || turn.wrapping_add(place).is_multiple_of(UNSEEN)
}

/// Whether the person has typed something into the page that would be lost.
pub(super) async fn typed(app: &AppHandle, window: WindowId) -> bool {
    ask(app, window, LOOK).await.is_some_and(|seen| {
        heed(app, window, &seen);
        seen.typed
    })
}

/// Whether the person has just clicked twice in the page; told once.
pub(super) async fn clicked_twice(app: &AppHandle, window: WindowId) -> bool {
    ask(app, window, TAKE).await.is_some_and(|seen| {
        heed(app, window, &seen);
        seen.clicked_twice
    })
}

/// Tells core of the signals: the page gives each of them once.
fn heed(app: &AppHandle, window: WindowId, seen: &Seen) {
    for signal in &seen.signals {
        desk(app).signal(window, *signal);
    }
}

/// Whether the page does something that would be lost, or missed, without it.
/// One that does not answer may.
pub(super) async fn busy(app: &AppHandle, window: WindowId) -> bool {
    ask(app, window, LOOK).await.is_none_or(|seen| seen.typed || seen.plays)
}

async fn ask(app: &AppHandle, window: WindowId, question: &'static str) -> Option<Seen> {
    let webview = app.get_webview_window(&mashup_label(window))?;
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, evaluate(&webview, question)).await.ok()??;
    let seen = Seen::parse(&answer)?;
    desk(app).window(window)?.allowed?.contains_origin(&seen.origin).then_some(seen)
}

async fn evaluate(webview: &WebviewWindow, question: &str) -> Option<String> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = std::sync::Mutex::new(Some(tell));
    webview
        .eval_with_callback(question, move |answer| {
            let tell = tell.lock().ok().and_then(|mut tell| tell.take());
            // Nobody waits any more for an answer that came too late.
            let _ = tell.map(|tell| tell.send(answer));
        })
        .ok()?;
    told.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_its_turn_and_few_have_it_together() {
        for place in 0..30 {
            assert!((0..UNSEEN).all(|turn| has_turn(turn, place, true)));
            assert_eq!((0..UNSEEN).filter(|turn| has_turn(*turn, place, false)).count(), 1);
        }
        assert!((0..UNSEEN).all(|turn| (0..30).filter(|place| has_turn(turn, *place, false)).count() == 6));
    }
}
