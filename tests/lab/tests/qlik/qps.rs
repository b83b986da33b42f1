//! QPS: who may ask, and what is answered.

use mashdesk_lab::options::{MissingCertificate, Options};
use reqwest::{Certificate, Client, Identity, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::stage::Stage;

const KEY: &str = "0123456789abcdEF";

/// A website's client, with its certificate or without.
fn client(stage: &Stage, certificate: bool) -> Client {
    let files = stage.qlik.certificates();
    let mut builder =
        Client::builder().tls_certs_only([Certificate::from_pem(files.root_pem.as_bytes()).unwrap()]);
    if certificate {
        let pem = format!("{}{}", files.client_pem, files.client_key_pem);
        builder = builder.identity(Identity::from_pem(pem.as_bytes()).unwrap());
    }
    builder.build().unwrap()
}

async fn ask(stage: &Stage, method: Method, path: &str, body: Value) -> Response {
    let url = stage.qlik.qps_url().join(&format!("{path}?Xrfkey={KEY}")).unwrap();
    client(stage, true).request(method, url).header("X-Qlik-Xrfkey", KEY).json(&body).send().await.unwrap()
}

fn user(stage: &Stage) -> Value {
    json!({ "UserDirectory": "MASHUPS", "UserId": stage.app(1).id, "Attributes": [{ "window": "w1" }] })
}

#[tokio::test]
async fn a_ticket_is_created_with_its_attributes() {
    let stage = Stage::set().await;
    let response = ask(&stage, Method::POST, "/qps/ticket/ticket", user(&stage)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let body: Value = response.json().await.unwrap();
    let ticket = body["Ticket"].as_str().unwrap();
    assert_eq!(
        body,
        json!({
            "UserDirectory": "MASHUPS",
            "UserId": stage.app(1).id,
            "Attributes": [{ "window": "w1" }],
            "Ticket": ticket,
            "TargetUri": null,
        })
    );
    assert!(
        ticket.len() == 16
            && ticket.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    );

    let mut browser = stage.browser();
    browser.redeem(ticket).await;
    assert_eq!(browser.user().await, Some(stage.identity(1).to_string()));
    assert_eq!(stage.qlik.sessions()[0].attributes.get("window"), Some("w1"));
}

#[tokio::test]
async fn a_target_id_of_the_login_redirect_leads_back_to_what_was_asked_for() {
    let stage = Stage::set().await;
    let redirect = stage.browser().get("/ticket/hub/?x=1").await;
    let location = redirect.headers()["location"].to_str().unwrap().to_owned();
    let mut body = user(&stage);
    body["TargetId"] = location.split_once("targetId=").unwrap().1.into();
    let body: Value = ask(&stage, Method::POST, "/qps/ticket/ticket", body).await.json().await.unwrap();
    assert_eq!(body["TargetUri"], stage.qlik.proxy_url().join("/ticket/hub/?x=1").unwrap().as_str());
}

#[tokio::test]
async fn without_a_matching_key_the_answer_is_403() {
    let stage = Stage::set().await;
    let url = |query: &str| stage.qlik.qps_url().join(&format!("/qps/ticket/ticket{query}")).unwrap();
    let client = client(&stage, true);
    for (query, header) in [
        ("", Some(KEY)),
        ("?Xrfkey=0123456789abcdEF", None),
        ("?Xrfkey=0123456789abcdEF", Some("0123456789abcdeF")),
        ("?Xrfkey=short", Some("short")),
    ] {
        let mut request = client.post(url(query)).json(&user(&stage));
        if let Some(header) = header {
            request = request.header("X-Qlik-Xrfkey", header);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{query} {header:?}");
        assert_eq!(response.text().await.unwrap(), "XSRF prevention check failed. Possible XSRF discovered.");
    }
    assert!(stage.qlik.tickets().is_empty());
}

#[tokio::test]
async fn without_a_certificate_the_handshake_fails_or_the_answer_is_403() {
    for (missing_certificate, expected) in [
        (MissingCertificate::TlsFailure, None),
        (MissingCertificate::Forbidden403, Some(StatusCode::FORBIDDEN)),
    ] {
        let stage = Stage::with(Options { missing_certificate, ..Options::default() }).await;
        let url = stage.qlik.qps_url().join(&format!("/qps/ticket/ticket?Xrfkey={KEY}")).unwrap();
        let request = client(&stage, false).post(url).header("X-Qlik-Xrfkey", KEY).json(&user(&stage));
        let status = request.send().await.ok().map(|response| response.status());
        assert_eq!(status, expected, "{missing_certificate:?}");
        assert!(stage.qlik.tickets().is_empty());

        let certified = ask(&stage, Method::POST, "/qps/ticket/ticket", user(&stage)).await;
        assert_eq!(certified.status(), StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_bad_body_is_400_unless_told_otherwise() {
    let odd = Stage::with(Options { bad_body_status: 422, ..Options::default() }).await;
    let response = ask(&odd, Method::POST, "/qps/ticket/session", json!({})).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let stage = Stage::set().await;
    for body in [json!([]), json!({ "UserDirectory": "D" }), json!({ "UserDirectory": " ", "UserId": "u" })] {
        let response = ask(&stage, Method::POST, "/qps/ticket/ticket", body.clone()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn one_session_is_ended_by_its_id_and_the_others_stay() {
    let stage = Stage::set().await;
    let (one, other) = (stage.signed_in(1).await, stage.signed_in(1).await);
    let mut engine = stage.engine(1, &one).await;
    let of_user = format!("/qps/ticket/user/MASHUPS/{}", stage.app(1).id);
    let listed: Value = ask(&stage, Method::GET, &of_user, Value::Null).await.json().await.unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);

    let session = format!("/qps/ticket/session/{}", one.session());
    let ended: Value = ask(&stage, Method::DELETE, &session, Value::Null).await.json().await.unwrap();
    assert_eq!(ended["SessionId"], one.session().as_str());
    assert_eq!(engine.notice().await.0, "OnSessionLoggedOut");
    assert_eq!(engine.hear().await, None);
    assert_eq!(one.user().await, None);
    assert!(other.user().await.is_some());

    let again = ask(&stage, Method::DELETE, &session, Value::Null).await;
    assert_eq!(again.status(), StatusCode::NOT_FOUND);
    let listed: Value = ask(&stage, Method::GET, &of_user, Value::Null).await.json().await.unwrap();
    assert_eq!(listed[0]["SessionId"], other.session().as_str());
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_can_be_added_read_and_all_of_a_user_ended() {
    let stage = Stage::set().await;
    let mut body = user(&stage);
    body["SessionId"] = "chosen-by-the-website".into();
    let added = ask(&stage, Method::POST, "/qps/ticket/session", body.clone()).await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let session = "/qps/ticket/session/chosen-by-the-website";
    assert_eq!(ask(&stage, Method::GET, session, Value::Null).await.json::<Value>().await.unwrap(), body);

    let of_user = format!("/qps/ticket/user/MASHUPS/{}", stage.app(1).id);
    let ended: Value = ask(&stage, Method::DELETE, &of_user, Value::Null).await.json().await.unwrap();
    assert_eq!(ended, json!([body]));
    assert_eq!(ask(&stage, Method::GET, session, Value::Null).await.status(), StatusCode::NOT_FOUND);
}
