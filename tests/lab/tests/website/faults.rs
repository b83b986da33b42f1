//! Faults between the app and the website, and between the website and Qlik.

use mashdesk_lab::{
    faults::Fault,
    journal::Side,
    options::Options,
    website::{Rule, SubjectKind},
};
use reqwest::{Method, Response, StatusCode};

use crate::story::{Story, Window, text};

async fn listen(story: &Story) -> Response {
    let stream = story.call("ana", Method::GET, "/events").send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    stream
}

#[tokio::test]
async fn a_fault_of_qps_is_the_websites_trouble_and_costs_no_session() {
    for fault in [Fault::Status(500), Fault::Reset, Fault::CutMidBody] {
        let story = Story::start(Options::default()).await;
        let struck = story.lab.faults.strike(Side::Qps, "/ticket?", usize::MAX, fault.clone());
        let answer = story.ask("ana", "m001", Window::new()).await;
        assert!(answer.status().is_server_error(), "{fault:?}: {}", answer.status());
        assert!(struck.count() > 0);
        assert_eq!(story.live_sessions(), Vec::<String>::new());
        story.lab.faults.clear();
        story.open("ana", "m001", Window::new()).await;
    }
}

#[tokio::test]
async fn a_fault_of_the_website_strikes_the_call_that_it_names() {
    let story = Story::start(Options::default()).await;
    story.lab.faults.strike(Side::Website, "/m001/tickets", 1, Fault::Busy { status: 503, retry_after: 1 });
    assert_eq!(story.ask("ana", "m002", Window::new()).await.status(), StatusCode::CREATED);
    assert_eq!(story.ask("ana", "m001", Window::new()).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(story.ask("ana", "m001", Window::new()).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_website_that_went_away_refuses_and_comes_back_as_it_was() {
    let story = Story::start(Options::default()).await;
    let window = Window::new();
    let ticket = story.ticket("ana", "m001", window).await;
    let me = || story.call("ana", Method::GET, "/me").send();
    let mut stream = listen(&story).await;
    story.lab.website.go_away().await;
    assert!(stream.chunk().await.is_err(), "the event stream is cut");
    assert!(me().await.unwrap_err().is_connect());

    story.lab.website.come_back().unwrap();
    assert_eq!(me().await.unwrap().status(), StatusCode::OK);
    let opened = story.http.get(text(&ticket, "mashup_url")).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_website_can_forget_who_visits_it_but_no_tokens_and_no_windows() {
    let story = Story::start(Options { cool_down: 0, ..Options::default() }).await;
    let window = Window::new();
    let unused = story.ticket("ana", "m001", window).await;
    story.open("ana", "m002", window).await;
    let token = story.lab.website.app_token("ana").unwrap();
    story.lab.website.go_away().await;
    story.lab.website.forget_visits();
    story.lab.website.come_back().unwrap();

    let opened = story.http.get(text(&unused, "mashup_url")).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::FORBIDDEN);
    let end = story.http.delete(story.page(&format!("/api/v1/sessions/{}", window.window)));
    assert_eq!(end.bearer_auth(token).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(story.live_sessions(), Vec::<String>::new());
}

#[tokio::test]
async fn event_streams_can_be_cut_and_taken_up_again() {
    let story = Story::start(Options::default()).await;
    let mut stream = listen(&story).await;
    story.lab.website.cut_events();
    assert!(stream.chunk().await.is_err(), "it breaks off");

    let mut again = listen(&story).await;
    let rule = Rule::new(SubjectKind::User, "ana", "m003");
    story.lab.website.permissions().revoke(&rule).unwrap();
    let told = again.chunk().await.unwrap().unwrap();
    assert!(told.starts_with(b"event: revoked\n"), "{told:?}");
}

#[tokio::test]
async fn a_website_without_events_says_so() {
    let story = Story::start(Options { events: false, ..Options::default() }).await;
    let answer = story.call("ana", Method::GET, "/events").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stream_without_events_has_a_sign_of_life_every_fifteen_seconds() {
    let story = Story::start(Options::default()).await;
    let mut stream = listen(&story).await;
    // From here on time jumps to whatever is awaited.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), &b":\n\n"[..]);
    let waited = before.elapsed().as_secs();
    assert!((14..=16).contains(&waited), "{waited} s");
}
