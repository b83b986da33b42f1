//! OpenID Connect: the person's browser, the lab's real provider, and everything
//! that can go wrong between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use mashdesk_core::{Account, Catalog, Error, Result};
use mashdesk_lab::Lab;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;
use mashdesk_lab::website::SignInSpoil;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use url::Url;

use crate::stage::stand_in::{DISCOVERY, discovery};
use crate::stage::{self, Browser, PERSON, Stage, StandIn, count, in_brief, lab, website_answered};

/// A stage at the lab, and a sign-in that waits for the browser.
pub(crate) async fn begin(lab: &Lab) -> (Stage, JoinHandle<Result<()>>, Url) {
    let stage = Stage::new();
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    let (signing_in, question) = ask(&stage).await;
    (stage, signing_in, question)
}

/// Begins to sign in; answers where the browser was sent.
pub(crate) async fn ask(stage: &Stage) -> (JoinHandle<Result<()>>, Url) {
    let before = stage.host().browsed().len();
    let desk = Arc::clone(&stage.desk);
    let signing_in = tokio::spawn(async move { desk.sign_in_with_browser().await });
    let question =
        stage.until("a page in the browser", |desk| desk.host().browsed().get(before).cloned()).await;
    (signing_in, question)
}

/// A person presses Allow, and the browser comes back.
pub(crate) async fn allow(lab: &Lab, person: &str, question: &Url) -> String {
    let mut browser = Browser::of(lab, person);
    let back = browser.answer(question, "allow").await;
    browser.get(&back).await.text().await.expect("a page")
}

/// Somebody who has signed in by the browser, and hears the website's news.
pub(crate) async fn signed_in(lab: &Lab, person: &str) -> Stage {
    let (stage, signing_in, question) = begin(lab).await;
    allow(lab, person, &question).await;
    ended(signing_in).await.expect("signed in");
    stage.until("the catalog", |desk| matches!(desk.catalog(), Catalog::Ready(..)).then_some(())).await;
    website_answered(lab, "GET", "/events", 1).await;
    stage
}

pub(crate) async fn ended(signing_in: JoinHandle<Result<()>>) -> Result<()> {
    stage::in_time("the end of signing in", signing_in).await.expect("no panic")
}

/// What rests in the keyring for the lab's website.
pub(crate) fn resting(stage: &Stage) -> Value {
    let kept = stage.keyring.kept();
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept.values().next().map(|entry| serde_json::from_str(entry).expect("JSON")).expect("an entry")
}

pub(crate) fn host(lab: &Lab) -> String {
    let url = lab.website.url();
    format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"))
}

#[tokio::test]
async fn the_browser_signs_in() {
    let lab = lab().await;
    let (stage, signing_in, question) = begin(&lab).await;
    assert!(matches!(stage.desk.account(), Account::SigningIn(Some(mashdesk_core::SignInKind::Oidc))));
    let asked: BTreeMap<_, _> = question.query_pairs().into_owned().collect();
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", "mashdesk"));
    assert_eq!(asked["scope"], "openid profile offline_access");
    assert!(asked["redirect_uri"].starts_with("http://127.0.0.1:"), "{asked:?}");
    assert!(!asked.contains_key("code_verifier") && asked.contains_key("nonce"), "{asked:?}");

    assert_eq!(allow(&lab, PERSON, &question).await, "done");
    ended(signing_in).await.expect("signed in");
    let Account::SignedIn { name, remembered: true, .. } = stage.desk.account() else {
        panic!("{:?}", stage.desk.account())
    };
    assert_eq!(name, "Ana Ruiz");
    let rests = resting(&stage);
    assert_eq!(
        (&rests["kind"], &rests["issuer"]),
        (&json!("oidc"), &json!(format!("http://{}", host(&lab))))
    );
    assert_eq!(rests.as_object().map(|members| members.len()), Some(3), "the refresh token only: {rests}");
    stage.until("the catalog", |desk| matches!(desk.catalog(), Catalog::Ready(..)).then_some(())).await;
    stage.open_live("m001").await;
}

#[tokio::test]
async fn the_next_run_signs_in_by_itself() {
    let lab = lab().await;
    let stage = signed_in(&lab, PERSON).await;
    let next = Stage::new();
    for (website, entry) in stage.keyring.kept() {
        next.keyring.keep(&website, &entry);
    }
    next.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    assert!(matches!(next.desk.account(), Account::SignedIn { .. }), "{:?}", next.desk.account());
    assert_ne!(resting(&next), resting(&stage), "the provider gave another refresh token");
}

#[tokio::test]
async fn a_refresh_token_goes_to_no_other_provider() {
    let lab = lab().await;
    let stage = Stage::new();
    let entry = json!({"kind": "oidc", "issuer": "https://other.example", "refresh": "r"});
    stage.keyring.keep(lab.website.url().as_str(), &entry.to_string());
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    assert_eq!(stage.signed_out(), Some(None));
    assert_eq!(count(&lab, Side::Website, "POST", "/oidc/token"), 0);
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_the_verifier() {
    let lab = lab().await;
    let (stage, signing_in, question) = begin(&lab).await;
    let mut browser = Browser::of(&lab, PERSON);
    let back = browser.answer(&question, "allow").await;
    // Somebody else on this computer sees the code first.
    let code = back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let redirect = question.query_pairs().find(|(name, _)| name == "redirect_uri").expect("one").1;
    let verifier = "a-verifier-of-forty-three-characters-or-more";
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "mashdesk"),
        ("code", &*code),
        ("redirect_uri", &*redirect),
        ("code_verifier", verifier),
    ];
    let token = lab.website.url().join("/oidc/token").expect("a URL");
    let stolen = browser.post(&token, &fields).await;
    assert_eq!(stolen.status(), 400);
    assert!(stolen.text().await.expect("words").contains("code_verifier"));
    // The provider notices that the code comes twice.
    browser.get(&back).await;
    let error = ended(signing_in).await.expect_err("a spent code");
    assert!(matches!(error, Error::SignInProvider { .. }), "{error}");
    assert!(stage.keyring.kept().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_used() {
    let lab = lab().await;
    let void = Error::SignInState { host: host(&lab) };
    for (spoil, codes_used) in [(SignInSpoil::WrongState, 0), (SignInSpoil::WrongNonce, 1)] {
        let before = count(&lab, Side::Website, "POST", "/oidc/token");
        lab.website.spoil_sign_in(spoil, 1);
        let (stage, signing_in, question) = begin(&lab).await;
        allow(&lab, PERSON, &question).await;
        assert_eq!(ended(signing_in).await, Err(void.clone()), "{spoil:?}");
        assert_eq!(stage.signed_out(), Some(Some(void.clone())), "{spoil:?}");
        assert_eq!(count(&lab, Side::Website, "POST", "/oidc/token") - before, codes_used, "{spoil:?}");
        assert!(stage.keyring.kept().is_empty(), "{spoil:?}");
    }
    assert_eq!(count(&lab, Side::Website, "GET", "/api/v1/me"), 0);
}

#[tokio::test]
async fn an_answer_of_another_issuer_or_with_doubled_members_is_not_used() {
    let lab = lab().await;
    for spoil in ["another issuer", "no issuer", "a state twice"] {
        let (_stage, signing_in, question) = begin(&lab).await;
        let mut browser = Browser::of(&lab, PERSON);
        let mut back = browser.answer(&question, "allow").await;
        let mut members: Vec<_> = back.query_pairs().into_owned().collect();
        match spoil {
            "a state twice" => members.push(("state".to_owned(), "x".to_owned())),
            _ => members.retain(|(name, _)| name != "iss"),
        }
        if spoil == "another issuer" {
            members.push(("iss".to_owned(), "https://evil.example".to_owned()));
        }
        back.query_pairs_mut().clear().extend_pairs(members);
        browser.get(&back).await;
        assert_eq!(ended(signing_in).await, Err(Error::SignInState { host: host(&lab) }), "{spoil}");
    }
    assert_eq!(count(&lab, Side::Website, "POST", "/oidc/token"), 0);
}

#[tokio::test]
async fn an_id_token_that_somebody_else_signed_is_refused() {
    let lab = lab().await;
    lab.website.spoil_sign_in(SignInSpoil::ForeignSignature, 1);
    let (stage, signing_in, question) = begin(&lab).await;
    allow(&lab, PERSON, &question).await;
    let error = ended(signing_in).await.expect_err("a bad signature");
    assert!(matches!(&error, Error::SignInProvider { reason, .. } if reason.contains("ignature")), "{error}");
    assert!(stage.keyring.kept().is_empty());
    assert_eq!(count(&lab, Side::Website, "GET", "/api/v1/me"), 0);
}

#[tokio::test]
async fn a_provider_that_answers_nonsense_is_told_in_words() {
    let lab = lab().await;
    let html = || Fault::Body {
        status: 200,
        content_type: "text/html".to_owned(),
        body: b"<h1>Proxy</h1>".to_vec(),
    };
    let json = |body: &str| Fault::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.as_bytes().to_vec(),
    };
    let wanted = Error::SignInProvider { host: host(&lab), reason: String::new() };
    for path in ["openid-configuration", "/oidc/jwks", "/oidc/token"] {
        let faults = [
            html(),
            json("{"),
            json("[]"),
            json("{\"error\":\"\\u001b[2J\"}"),
            Fault::Status(500),
            Fault::Redirect("https://login.example/?x".to_owned()),
            Fault::Reset,
            Fault::CutMidBody,
        ];
        for fault in faults {
            let name = format!("{path} {fault:?}");
            lab.faults.strike(Side::Website, path, 1, fault);
            let stage = Stage::new();
            stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
            let error = if path == "/oidc/token" {
                let (signing_in, question) = ask(&stage).await;
                allow(&lab, PERSON, &question).await;
                ended(signing_in).await.expect_err(&name)
            } else {
                stage.desk.sign_in_with_browser().await.expect_err(&name)
            };
            assert_eq!(in_brief(error.clone()), wanted, "{name}");
            assert_eq!(stage.signed_out(), Some(Some(error)), "{name}");
            assert!(stage.keyring.kept().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up() {
    let lab = lab().await;
    let struck = lab.faults.strike(Side::Website, "/oidc/token", 1, Fault::Stall);
    let (_stage, signing_in, question) = begin(&lab).await;
    allow(&lab, PERSON, &question).await;
    struck.wait().await;
    tokio::time::pause();
    let error = signing_in.await.expect("no panic").expect_err("no answer");
    assert!(matches!(&error, Error::SignInProvider { reason, .. } if reason.contains("in time")), "{error}");
    lab.faults.clear();
}

#[tokio::test]
async fn a_provider_cannot_send_anybody_into_the_clear() {
    let website = StandIn::start().await;
    let issuer = website.url().trim_end_matches('/').to_owned();
    let metadata = |spoilt: &str, value: &str| {
        let mut metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        metadata[spoilt] = value.into();
        metadata
    };
    let mut document = discovery();
    document["sign_in"] =
        json!([{"kind": "oidc", "issuer": issuer, "client_id": "mashdesk", "scopes": ["openid"]}]);
    website.answers_json(DISCOVERY, &document);
    website.answers_json("/jwks", &json!({"keys": []}));
    let clear = "without encryption";
    for (member, value, reason) in [
        ("authorization_endpoint", "http://evil.example/authorize", clear),
        ("authorization_endpoint", "file:///bin/sh", clear),
        ("jwks_uri", "http://evil.example/jwks", clear),
        ("issuer", "https://evil.example", "issuer"),
    ] {
        website.answers_json("/.well-known/openid-configuration", &metadata(member, value));
        let stage = Stage::new();
        stage.desk.set_website(&website.url()).await.expect("a website");
        let refused = stage::in_time(value, stage.desk.sign_in_with_browser());
        let error = refused.await.expect_err(value);
        let Error::SignInProvider { reason: told, .. } = &error else { panic!("{member} {value}: {error}") };
        assert!(told.contains(reason), "{member} {value}: {told}");
        assert!(stage.host().browsed().is_empty(), "{member} {value}");
    }
    // The same provider, as it should be, gets the browser.
    website.answers_json("/.well-known/openid-configuration", &metadata("issuer", &issuer));
    let stage = Stage::new();
    stage.desk.set_website(&website.url()).await.expect("a website");
    ask(&stage).await;
}

#[tokio::test]
async fn a_no_is_a_no() {
    let lab = lab().await;
    let (stage, signing_in, question) = begin(&lab).await;
    let mut browser = Browser::of(&lab, PERSON);
    let back = browser.answer(&question, "deny").await;
    let page = browser.get(&back).await.text().await.expect("a page");
    let denied = Error::SignInDenied { host: host(&lab) };
    assert_eq!(page, denied.to_string(), "the browser says so as well");
    assert_eq!(ended(signing_in).await, Err(denied.clone()));
    assert_eq!(stage.signed_out(), Some(Some(denied)));
}

#[tokio::test]
async fn a_browser_that_never_comes_back_is_given_up_after_ten_minutes() {
    let lab = lab().await;
    let (stage, signing_in, _) = begin(&lab).await;
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    let abandoned = Error::SignInAbandoned { host: host(&lab) };
    assert_eq!(signing_in.await.expect("no panic"), Err(abandoned.clone()));
    assert_eq!(start.elapsed().as_secs() / 60, 10);
    assert_eq!(stage.signed_out(), Some(Some(abandoned)));
}

#[tokio::test]
async fn a_sign_in_that_is_stopped_changes_nothing() {
    let lab = lab().await;
    let stage = Stage::new();
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    let refused = stage.desk.sign_in("nonsense").await.expect_err("a bad token");
    let (signing_in, question) = ask(&stage).await;
    stage.desk.cancel_sign_in();
    assert_eq!(ended(signing_in).await, Ok(()));
    assert_eq!(stage.signed_out(), Some(Some(refused)), "what was said before stands again");
    // The browser comes back to nobody.
    let back = Browser::of(&lab, PERSON).answer(&question, "allow").await;
    let address = back.socket_addrs(|| None).expect("an address")[0];
    assert!(TcpStream::connect(address).await.is_err());
    stage.desk.cancel_sign_in();
    assert!(stage.signed_out().is_some(), "nothing to stop");
}

#[tokio::test]
async fn a_second_try_takes_the_place_of_the_first() {
    let lab = lab().await;
    let (stage, first, _) = begin(&lab).await;
    let (second, question) = ask(&stage).await;
    assert_eq!(ended(first).await, Ok(()));
    assert!(matches!(stage.desk.account(), Account::SigningIn(_)), "{:?}", stage.desk.account());
    allow(&lab, PERSON, &question).await;
    ended(second).await.expect("signed in");
    // A token does so as well.
    let (third, _) = ask(&stage).await;
    stage.desk.sign_in(&stage::token(&lab)).await.expect("signed in");
    assert_eq!(ended(third).await, Ok(()));
    assert!(matches!(stage.desk.account(), Account::SignedIn { .. }));
}

#[tokio::test]
async fn whatever_else_knocks_at_the_port_is_sent_away() {
    let lab = lab().await;
    let (_stage, signing_in, question) = begin(&lab).await;
    let redirect = question.query_pairs().find(|(name, _)| name == "redirect_uri").expect("one").1;
    let redirect = Url::parse(&redirect).expect("a URL");
    let address = redirect.socket_addrs(|| None).expect("an address")[0];
    // Browsers connect ahead of need.
    let silent: Vec<_> = futures_util::future::join_all((0..3).map(|_| TcpStream::connect(address))).await;
    let long = format!("GET /signed-in HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(64 << 10));
    for (request, status) in [
        ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
        ("GET /signed-inn?code=x HTTP/1.1\r\n\r\n", "404"),
        ("GET http://127.0.0.1/signed-in?code=x HTTP/1.1\r\n\r\n", "404"),
        ("POST /signed-in?code=x HTTP/1.1\r\n\r\n", "405"),
        ("\u{0}\u{1}\r\n\r\n", "404"),
        (&long, "431"),
    ] {
        let mut stranger = TcpStream::connect(address).await.expect("connected");
        // It may be sent away before it has said it all.
        let _ = stranger.write_all(request.as_bytes()).await;
        let mut answer = [0; 12];
        stranger.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, format!("HTTP/1.1 {status}").as_bytes(), "{}", &request[..20]);
    }
    allow(&lab, PERSON, &question).await;
    ended(signing_in).await.expect("signed in");
    drop(silent);
}

#[tokio::test]
async fn without_a_browser_there_are_words() {
    let lab = lab().await;
    let stage = Stage::new();
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    stage.host().misbehave(stage::Fault::Browse);
    let error = stage.desk.sign_in_with_browser().await.expect_err("no browser");
    assert!(matches!(&error, Error::SystemRefused { what, .. } if !what.contains("state")), "{error}");
}
