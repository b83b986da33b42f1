//! How a window's fresh store gets at the mashup's pages.

use mashdesk_lab::{
    options::Options,
    website::{Rule, SubjectKind},
};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::story::{Story, Window, cookie, text};

async fn get(story: &Story, path: &str, cookie: &str) -> Response {
    story.http.get(story.page(path)).header(header::COOKIE, cookie).send().await.unwrap()
}

/// Opens the mashup's URL as a window does, and answers the cookie it is given.
async fn enter(story: &Story, mashup: &str, window: Window) -> String {
    let ticket = story.ticket("ana", mashup, window).await;
    let answer = story.http.get(text(&ticket, "mashup_url")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], format!("/mashups/{mashup}/"));
    assert_eq!(answer.headers()[header::REFERRER_POLICY], "no-referrer");
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(line.contains("HttpOnly") && line.contains(&format!("Path=/mashups/{mashup}")), "{line}");
    let (name, value) = cookie(&answer).unwrap();
    format!("{name}={value}")
}

#[tokio::test]
async fn a_code_lets_one_window_in_once() {
    let story = Story::start(Options::default()).await;
    let ticket = story.ticket("ana", "m001", Window::new()).await;
    let url = text(&ticket, "mashup_url");
    let first = story.http.get(url).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let second = story.http.get(url).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    assert!(cookie(&second).is_none());
}

#[tokio::test]
async fn a_code_is_good_for_its_own_mashup_only() {
    let story = Story::start(Options::default()).await;
    let ticket = story.ticket("ana", "m001", Window::new()).await;
    let elsewhere = text(&ticket, "mashup_url").replace("m001", "m002");
    assert_eq!(story.http.get(elsewhere).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_pages_tell_a_mashup_its_own_app() {
    let story = Story::start(Options::default()).await;
    let inside = enter(&story, "m001", Window::new()).await;
    let page = get(&story, "/mashups/m001/", &inside).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));

    let config: Value = get(&story, "/mashups/m001/config.json", &inside).await.json().await.unwrap();
    let app = story.lab.apps.by_mashup("m001").unwrap();
    assert_eq!(text(&config, "app"), app.id);
    let library = format!("{}ticket/content/{}/", story.lab.qlik.proxy_url(), app.library);
    assert!(config["images"][0].as_str().unwrap().starts_with(&library));
}

#[tokio::test]
async fn who_can_plant_cookies_gets_the_cookie_with_the_ticket() {
    let story = Story::start(Options::default()).await;
    let window = Window::new();
    let ask = |window: Window| {
        let body = json!({"window": window.window, "instance": window.instance, "mashup_cookies": true});
        story.call("ana", Method::POST, "/mashups/m001/tickets").json(&body).send()
    };
    let ticket: Value = ask(window).await.unwrap().json().await.unwrap();
    assert_eq!(text(&ticket, "mashup_url"), story.page("/mashups/m001/").as_str());
    let line = ticket["mashup_cookies"][0].as_str().unwrap();
    assert!(line.contains("HttpOnly") && line.contains("Path=/mashups/m001"), "{line}");
    let cookie = line.split(';').next().unwrap();
    assert_eq!(get(&story, "/mashups/m001/", cookie).await.status(), StatusCode::OK);

    // It is this window's: a code for a renewal leaves it, another ticket replaces it, and closing ends it.
    story.ticket("ana", "m001", window).await;
    assert_eq!(get(&story, "/mashups/m001/", cookie).await.status(), StatusCode::OK);
    ask(window).await.unwrap();
    assert_eq!(get(&story, "/mashups/m001/", cookie).await.status(), StatusCode::UNAUTHORIZED);

    let story = Story::start(Options { mashup_cookies: false, ..Options::default() }).await;
    let body = json!({"window": window.window, "instance": window.instance, "mashup_cookies": true});
    let asked = story.call("ana", Method::POST, "/mashups/m001/tickets").json(&body).send();
    let ticket: Value = asked.await.unwrap().json().await.unwrap();
    assert!(text(&ticket, "mashup_url").contains("/open?code="), "{ticket}");
    assert_eq!(ticket.get("mashup_cookies"), None);
}

#[tokio::test]
async fn the_pages_are_closed_to_everybody_else() {
    let story = Story::start(Options::default()).await;
    let inside = enter(&story, "m001", Window::new()).await;
    for (path, cookie) in
        [("/mashups/m001/", ""), ("/mashups/m001/config.json", ""), ("/mashups/m002/", &*inside)]
    {
        assert_eq!(get(&story, path, cookie).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn an_open_page_is_closed_by_a_withdrawal_and_by_closing_the_window() {
    let story = Story::start(Options::default()).await;
    let (withdrawn, closed) = (Window::new(), Window::new());
    let first = enter(&story, "m001", withdrawn).await;
    story.lab.website.permissions().revoke(&Rule::new(SubjectKind::User, "ana", "m001")).unwrap();
    assert_eq!(get(&story, "/mashups/m001/config.json", &first).await.status(), StatusCode::FORBIDDEN);

    let second = enter(&story, "m002", closed).await;
    let gone =
        story.call("ana", Method::DELETE, &format!("/sessions/{}", closed.window)).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(get(&story, "/mashups/m002/", &second).await.status(), StatusCode::UNAUTHORIZED);
}
