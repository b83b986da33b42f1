//! What a listening app is told when permissions change.

use mashdesk_lab::{
    options::Options,
    website::{Rule, SubjectKind},
};
use reqwest::{Method, Response};

use crate::story::Story;

async fn listen(story: &Story, person: &str) -> Response {
    let stream = story.call(person, Method::GET, "/events").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream
}

/// Reads until `last` has come, and answers all that came.
async fn until(stream: &mut Response, last: &str) -> String {
    let mut read = String::new();
    while !read.contains(last) {
        let chunk = stream.chunk().await.unwrap().unwrap();
        read.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    read
}

#[tokio::test]
async fn a_withdrawn_mashup_is_named_to_whom_it_was_open() {
    let story = Story::start(Options::default()).await;
    let mut ana = listen(&story, "ana").await;
    let mut ben = listen(&story, "ben").await;

    // Nothing of this is Ben's.
    story.lab.website.permissions().revoke(&Rule::new(SubjectKind::User, "ana", "m003")).unwrap();
    // Ben has m001 by his department.
    story.lab.website.permissions().revoke(&Rule::new(SubjectKind::Department, "Finance", "m001")).unwrap();

    let told = until(&mut ana, "event: catalog\ndata: {}\n\n").await;
    assert_eq!(told, "event: revoked\ndata: {\"mashup\":\"m003\"}\n\nevent: catalog\ndata: {}\n\n");
    let told = until(&mut ben, "event: catalog\ndata: {}\n\n").await;
    assert_eq!(told, "event: revoked\ndata: {\"mashup\":\"m001\"}\n\nevent: catalog\ndata: {}\n\n");
}

#[tokio::test]
async fn a_granted_mashup_changes_the_catalog_once() {
    let story = Story::start(Options::default()).await;
    let mut eve = listen(&story, "eve").await;
    let permissions = story.lab.website.permissions();
    assert!(permissions.grant(Rule::new(SubjectKind::Email, "Eve@acme.example", "m001")).unwrap());
    assert_eq!(until(&mut eve, "\n\n").await, "event: catalog\ndata: {}\n\n");

    // A second reason to see it changes nothing for her; the next event is about the next change.
    permissions.grant(Rule::new(SubjectKind::User, "eve", "m001")).unwrap();
    permissions.revoke(&Rule::new(SubjectKind::Email, "eve@acme.example", "m001")).unwrap();
    permissions.revoke(&Rule::new(SubjectKind::User, "eve", "m001")).unwrap();
    assert!(
        until(&mut eve, "event: catalog")
            .await
            .starts_with("event: revoked\ndata: {\"mashup\":\"m001\"}\n\n")
    );
}
