//! Who gets a ticket, and what is in it.

use mashdesk_lab::options::{IdentityModel, Options};
use reqwest::{Method, StatusCode};
use serde_json::json;
use url::Url;

use crate::story::{Story, Window, problem, text};

#[tokio::test]
async fn somebody_without_permission_is_told_why_and_qps_is_not_asked() {
    let story = Story::start(Options::default()).await;
    let denied = problem(story.ask("eve", "m001", Window::new()).await, StatusCode::FORBIDDEN).await;
    assert_eq!(denied["code"], "not_authorised");
    assert_eq!(
        text(&denied, "detail"),
        "Sales North is for department Finance; ask analytics@acme.example for access."
    );
    assert_eq!(story.asked_of_qps(), Vec::<String>::new());
    assert!(story.lab.qlik.tickets().is_empty());
}

#[tokio::test]
async fn what_cannot_be_answered_is_a_problem_with_its_own_code() {
    let story = Story::start(Options::default()).await;
    let unknown = problem(story.ask("ana", "m999", Window::new()).await, StatusCode::NOT_FOUND).await;
    assert_eq!(unknown["code"], "unknown_mashup");

    let bad = story.call("ana", Method::POST, "/mashups/m001/tickets").json(&json!({ "window": 7 }));
    assert_eq!(problem(bad.send().await.unwrap(), StatusCode::BAD_REQUEST).await["code"], "bad_request");

    for token in ["", "nonsense"] {
        let unsigned = story.http.get(story.page("/api/v1/me")).bearer_auth(token).send().await.unwrap();
        assert_eq!(unsigned.headers()["www-authenticate"], "Bearer");
        assert_eq!(problem(unsigned, StatusCode::UNAUTHORIZED).await["code"], "sign_in_again");
    }
    assert_eq!(story.asked_of_qps(), Vec::<String>::new());
}

#[tokio::test]
async fn a_ticket_signs_one_window_in_as_the_user_of_the_app() {
    for (identity, owner) in
        [(IdentityModel::UserPerApp, "MASHUPS\\{app}"), (IdentityModel::DirectoryPerApp, "{app}\\ana")]
    {
        let story = Story::start(Options { identity, ..Options::default() }).await;
        let window = Window::new();
        let id = story.open("ana", "m001", window).await;

        let session = story.lab.qlik.sessions().remove(0);
        let app = &story.lab.apps.by_mashup("m001").unwrap().id;
        assert_eq!(session.id, id);
        assert_eq!(session.identity.to_string(), owner.replace("{app}", app));
        assert_eq!(session.attributes.get("window"), Some(window.window.to_string().as_str()));
        assert_eq!(session.attributes.get("instance"), Some(window.instance.to_string().as_str()));
    }
}

#[tokio::test]
async fn a_window_may_show_the_origins_that_its_mashup_needs() {
    let story = Story::start(Options::default()).await;
    let origin = |url: &Url| url.origin().ascii_serialization();
    let (website, qlik) = (origin(story.lab.website.url()), origin(story.lab.qlik.proxy_url()));

    let ours = story.ticket("ana", "m001", Window::new()).await;
    assert_eq!(ours["allowed_origins"], json!([website, qlik]));
    assert!(text(&ours, "mashup_url").starts_with(&format!("{website}/mashups/m001/open?code=")));

    let theirs = story.ticket("ana", "m007", Window::new()).await;
    assert_eq!(theirs["allowed_origins"], json!([qlik]));
    assert_eq!(theirs["mashup_url"], format!("{qlik}/ticket/extensions/m007/mashup.html"));
}

#[tokio::test]
async fn when_no_session_is_left_no_ticket_is_issued() {
    let story = Story::start(Options { session_limit: 2, cool_down: 0, ..Options::default() }).await;
    let first = Window::new();
    story.open("ana", "m001", first).await;
    story.open("ben", "m001", Window::new()).await;

    let full = problem(story.ask("ana", "m001", Window::new()).await, StatusCode::CONFLICT).await;
    assert_eq!(full["code"], "session_limit");
    assert_eq!(full["quota"], json!({ "used": 2, "limit": 2 }));
    assert_eq!(story.lab.qlik.tickets().len(), 2);

    let closed =
        story.call("ana", Method::DELETE, &format!("/sessions/{}", first.window)).send().await.unwrap();
    assert_eq!(closed.status(), StatusCode::NO_CONTENT);
    assert_eq!(story.ticket("ana", "m001", Window::new()).await["quota"], json!({ "used": 1, "limit": 2 }));
}
