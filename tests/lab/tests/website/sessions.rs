//! Ending the session of a closed window, and nobody else's.

use mashdesk_lab::options::Options;
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use crate::story::{Story, Window};

fn options() -> Options {
    Options { cool_down: 0, ..Options::default() }
}

async fn end(story: &Story, person: &str, path: &str) {
    let answer = story.call(person, Method::DELETE, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_closed_window_ends_its_own_session_only() {
    let story = Story::start(options()).await;
    let (mine, also_mine) = (Window::new(), Window::new());
    let closed = story.open("ana", "m001", mine).await;
    let others = [story.open("ana", "m001", also_mine).await, story.open("ben", "m001", Window::new()).await];

    end(&story, "ana", &format!("/sessions/{}", mine.window)).await;
    assert_eq!(story.live_sessions(), others);
    end(&story, "ana", &format!("/sessions/{}", mine.window)).await;
    end(&story, "ana", &format!("/sessions/{}", Uuid::new_v4())).await;
    assert_eq!(story.live_sessions(), others);

    let deleted: Vec<_> =
        story.asked_of_qps().into_iter().filter(|asked| asked.starts_with("DELETE")).collect();
    assert_eq!(deleted.len(), 1);
    assert!(deleted[0].starts_with(&format!("DELETE /qps/ticket/session/{closed}?")), "{deleted:?}");
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let story = Story::start(options()).await;
    let window = Window::new();
    let session = story.open("ana", "m001", window).await;
    end(&story, "ben", &format!("/sessions/{}", window.window)).await;
    end(&story, "ben", &format!("/sessions?instance={}", window.instance)).await;
    assert_eq!(story.live_sessions(), [session]);
}

#[tokio::test]
async fn a_crashed_run_is_cleared_away_and_another_run_lives_on() {
    let story = Story::start(options()).await;
    let crashed = Window::new();
    story.open("ana", "m001", crashed).await;
    story.open("ana", "m002", Window::beside(crashed)).await;
    let running = story.open("ana", "m002", Window::new()).await;

    end(&story, "ana", &format!("/sessions?instance={}", crashed.instance)).await;
    assert_eq!(story.live_sessions(), [running]);
}

#[tokio::test]
async fn a_renewed_window_still_ends_with_one_call() {
    let story = Story::start(options()).await;
    let window = Window::new();
    let first = story.open("ana", "m001", window).await;
    assert!(story.lab.qlik.time_out_session(&first));
    story.open("ana", "m001", window).await;
    end(&story, "ana", &format!("/sessions/{}", window.window)).await;
    assert_eq!(story.live_sessions(), Vec::<String>::new());
}
