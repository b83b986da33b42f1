//! The admin page: a change counts for the next click.

use mashdesk_lab::options::Options;
use reqwest::{Response, StatusCode, header};

use crate::story::{Story, Window, cookie, form};

/// Signs in on the way to the admin page, and answers the cookie.
async fn sign_in(story: &Story, person: &str) -> String {
    let (cookie, location) = story.sign_in(person, "/admin").await;
    assert_eq!(location, "/admin");
    cookie
}

fn rule(action: &str) -> String {
    form(&[("kind", "department"), ("subject", "Operations"), ("mashup", "m001"), ("action", action)])
}

async fn post(story: &Story, path: &str, cookie: &str, form: String) -> Response {
    story.post(path, cookie, form).await
}

#[tokio::test]
async fn granting_and_withdrawing_in_the_page_counts_at_once() {
    let story = Story::start(Options::default()).await;
    let admin = sign_in(&story, "admin").await;
    assert_eq!(story.ask("eve", "m001", Window::new()).await.status(), StatusCode::FORBIDDEN);

    assert_eq!(post(&story, "/admin", &admin, rule("grant")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(story.ask("eve", "m001", Window::new()).await.status(), StatusCode::CREATED);

    assert_eq!(post(&story, "/admin", &admin, rule("withdraw")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(story.ask("eve", "m001", Window::new()).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_an_administrator_changes_permissions_and_only_from_the_page() {
    let story = Story::start(Options::default()).await;
    let ana = sign_in(&story, "ana").await;
    assert_eq!(post(&story, "/admin", &ana, rule("grant")).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        post(&story, "/admin", "", rule("grant")).await.headers()[header::LOCATION],
        "/sign-in?then=%2Fadmin"
    );

    // A page on the Qlik server is the same site to a browser, and sends the cookie along.
    let admin = sign_in(&story, "admin").await;
    let foreign = story.http.post(story.page("/admin")).header(header::COOKIE, admin).body(rule("grant"));
    let foreign = foreign
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, story.lab.qlik.proxy_url().origin().ascii_serialization());
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(story.ask("eve", "m001", Window::new()).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_signed_in_person_makes_a_token_for_the_app() {
    let story = Story::start(Options::default()).await;
    let ben = sign_in(&story, "ben").await;
    let page = post(&story, "/token", &ben, String::new()).await.text().await.unwrap();
    let token = page.split_once("<code id=\"token\">").unwrap().1.split_once("</code>").unwrap().0;
    let me = story.http.get(story.page("/api/v1/me")).bearer_auth(token).send().await.unwrap();
    assert!(me.text().await.unwrap().contains("\"ben\""));
}

#[tokio::test]
async fn a_wrong_password_signs_nobody_in() {
    let story = Story::start(Options::default()).await;
    let answer = post(&story, "/sign-in", "", form(&[("name", "ana"), ("password", "ben-password")])).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(cookie(&answer).is_none());
}
