//! Discovery, and the catalog as each person sees it.

use mashdesk_lab::{
    options::Options,
    website::{Rule, SubjectKind},
};
use reqwest::{Method, StatusCode, header};
use serde_json::Value;

use crate::story::{Story, text};

fn ids(catalog: &Value) -> Vec<&str> {
    catalog["mashups"].as_array().unwrap().iter().map(|mashup| text(mashup, "id")).collect()
}

#[tokio::test]
async fn discovery_leads_to_the_calls() {
    let story = Story::start(Options::default()).await;
    let found: Value =
        story.http.get(story.page("/.well-known/mashdesk.json")).send().await.unwrap().json().await.unwrap();
    assert_eq!(found["mashdesk"], 1);
    let me = format!("{}/me", text(&found, "api"));
    let token = story.lab.website.app_token("ana").unwrap();
    let me: Value =
        story.http.get(story.page(&me)).bearer_auth(token).send().await.unwrap().json().await.unwrap();
    assert_eq!(text(&me, "display_name"), "Ana Ruiz");
}

#[tokio::test]
async fn each_person_sees_what_is_open_to_them() {
    let story = Story::start(Options::default()).await;
    let catalog = async |person| -> Value {
        story.call(person, Method::GET, "/mashups").send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(ids(&catalog("ana").await).len(), 20);
    assert_eq!(ids(&catalog("ben").await)[..4], ["m001", "m002", "m005", "m006"]);
    assert_eq!(ids(&catalog("eve").await), ["m011", "m015", "m019", "m020"]);
}

#[tokio::test]
async fn an_unchanged_catalog_is_not_sent_again() {
    let story = Story::start(Options::default()).await;
    let first = story.call("eve", Method::GET, "/mashups").send().await.unwrap();
    let tag = first.headers()[header::ETAG].clone();
    let again = async || {
        story.call("eve", Method::GET, "/mashups").header(header::IF_NONE_MATCH, &tag).send().await.unwrap()
    };
    assert_eq!(again().await.status(), StatusCode::NOT_MODIFIED);

    story.lab.website.permissions().grant(Rule::new(SubjectKind::User, "eve", "m001")).unwrap();
    let changed = again().await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(changed.headers()[header::ETAG], tag);
    assert_eq!(ids(&changed.json().await.unwrap())[0], "m001");
}
