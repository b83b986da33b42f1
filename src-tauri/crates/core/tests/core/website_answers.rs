//! Whatever stands where the website should be: each answer has a name.

use mashdesk_core::website::SignInWay;
use mashdesk_core::{Connection, Error};
use mashdesk_lab::options::Options;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{DISCOVERY, MASHUPS, ME, discovery};
use crate::stage::{Part, RawServer, Stage, StandIn, in_brief, lab_with};

#[tokio::test]
async fn what_answers_in_the_websites_place() {
    let website = StandIn::start().await;
    let host = website.host();
    let foreign = Error::WebsiteForeign { host: host.clone() };
    let garbage = Error::WebsiteGarbage { host: host.clone(), what: String::new() };
    let spoilt = |member: &str, value: Value| {
        let mut document = discovery();
        document[member] = value;
        ResponseTemplate::new(200).set_body_json(document)
    };
    let missing = |member: &str| {
        let mut document = discovery();
        document.as_object_mut().and_then(|object| object.remove(member)).expect("it was there");
        ResponseTemplate::new(200).set_body_json(document)
    };
    let way = |way: Value| spoilt("sign_in", json!([way, {"kind": "token"}]));
    let oidc =
        |issuer: &str| json!({"kind": "oidc", "issuer": issuer, "client_id": "m", "scopes": ["openid"]});
    let web = |login: &str, done: &str| json!({"kind": "web", "login_url": login, "done_url": done});
    let in_the_clear = |host: &str| Error::WebsiteInsecure { host: host.to_owned() };
    let table = [
        ("nothing", ResponseTemplate::new(404), foreign.clone()),
        ("no more", ResponseTemplate::new(410), foreign.clone()),
        ("a web page", page(), foreign.clone()),
        ("nonsense", text("<~>"), foreign.clone()),
        ("nothing at all", ResponseTemplate::new(204), foreign.clone()),
        ("deep JSON", text(&deep()), foreign.clone()),
        ("a list", text("[]"), foreign.clone()),
        ("no version", missing("mashdesk"), foreign.clone()),
        ("no name", missing("name"), foreign.clone()),
        ("no api", missing("api"), foreign.clone()),
        ("an api of numbers", spoilt("api", json!(7)), foreign.clone()),
        ("ways to sign in that are none", spoilt("sign_in", json!("token")), foreign),
        ("without end", ResponseTemplate::new(200).set_body_bytes(vec![b' '; 33 << 20]), garbage.clone()),
        (
            "a later version",
            spoilt("mashdesk", json!(2)),
            Error::ContractVersion { host: host.clone(), version: 2 },
        ),
        ("no way to sign in", missing("sign_in"), garbage.clone()),
        ("none that is known", spoilt("sign_in", json!([{"kind": "passkey"}])), garbage.clone()),
        ("a way that lacks something", way(json!({"kind": "oidc", "issuer": "https://i"})), garbage.clone()),
        ("a way of another shape", way(json!({"kind": "web", "login_url": 7})), garbage.clone()),
        ("an issuer that is no address", way(oidc("idp.example")), garbage.clone()),
        ("an issuer that is a file", way(oidc("file:///etc/passwd")), garbage.clone()),
        ("an issuer in the clear", way(oidc("http://idp.example")), in_the_clear("idp.example")),
        (
            "a login page in the clear",
            way(web("http://a.example/", "https://a.example/")),
            in_the_clear("a.example"),
        ),
        (
            "an end in the clear",
            way(web("https://a.example/", "http://a.example/")),
            in_the_clear("a.example"),
        ),
        ("a script as an end", way(web("https://a.example/", "javascript:alert(1)")), garbage.clone()),
        ("an end with a fragment", way(web("https://a.example/", "https://a.example/#x")), garbage.clone()),
        ("an api that is no address", spoilt("api", json!("http://[")), garbage),
        (
            "an api in the clear",
            spoilt("api", json!("http://api.example/v1")),
            Error::WebsiteInsecure { host: "api.example".to_owned() },
        ),
        (
            "a login page",
            ResponseTemplate::new(302).insert_header("Location", "https://login.example/?from=secret"),
            Error::WebsiteRedirected { host: host.clone(), location: "login.example".to_owned() },
        ),
        (
            "a way to nowhere",
            ResponseTemplate::new(302),
            Error::WebsiteRedirected { host: host.clone(), location: host.clone() },
        ),
        ("an own error", ResponseTemplate::new(500), Error::WebsiteError { host: host.clone(), status: 500 }),
        ("a refusal", ResponseTemplate::new(403), Error::WebsiteError { host: host.clone(), status: 403 }),
        ("a sign-in", ResponseTemplate::new(401), Error::SignInNeeded { host: host.clone() }),
        ("busy", busy(503, Some("7")), Error::WebsiteBusy { host: host.clone(), seconds: 7 }),
        ("too many", busy(429, None), Error::WebsiteBusy { host: host.clone(), seconds: 30 }),
        (
            "busy until a date",
            busy(503, Some("Wed, 21 Oct 2026 07:28:00 GMT")),
            Error::WebsiteBusy { host, seconds: 30 },
        ),
    ];
    for (name, answer, wanted) in table {
        website.answers(DISCOVERY, answer);
        let stage = Stage::new();
        let error = stage.desk.set_website(&website.url()).await.expect_err(name);
        assert_eq!(in_brief(error.clone()), wanted, "{name}");
        let Connection::Failed(_, told) = stage.desk.connection() else { panic!("{name}: not failed") };
        assert_eq!(told, error, "{name}");
    }
}

#[tokio::test]
async fn what_the_discovery_document_may_hold() {
    let website = StandIn::start().await;
    website.answers_json(
        DISCOVERY,
        &json!({
            "mashdesk": 1, "name": "Acme", "api": "api/", "future": {"x": 1},
            "sign_in": [{"kind": "passkey"}, {"kind": "token", "help": "Ask Bo.", "help_url": "/token"}],
            "support": "javascript:alert(1)",
        }),
    );
    website.answers_json("/.well-known/api/me", &json!({"name": "ana"}));
    let stage = Stage::new();
    stage.desk.set_website(&website.url()).await.expect("a website");
    let Connection::Ready(found) = stage.desk.connection() else { panic!("not ready") };
    let [SignInWay::Token { help, page }] = &*found.sign_in else { panic!("{:?}", found.sign_in) };
    assert_eq!((&*found.name, help.as_deref()), ("Acme", Some("Ask Bo.")));
    assert_eq!(page.as_ref().map(|page| page.path()), Some("/token"));
    assert_eq!(found.support, None, "only pages and mail");
    stage.desk.sign_in("token").await.expect("the api is relative to the document");
}

#[tokio::test]
async fn what_answers_a_call() {
    let website = StandIn::start().await;
    let host = website.host();
    let garbage = Error::WebsiteGarbage { host: host.clone(), what: String::new() };
    let table = [
        ("a web page", page(), garbage.clone()),
        ("nonsense", text("{"), garbage.clone()),
        ("deep JSON", text(&deep()), garbage.clone()),
        ("nothing at all", ResponseTemplate::new(204), garbage.clone()),
        ("another shape", text("{\"name\": {}, \"mashups\": {}}"), garbage.clone()),
        ("missing members", text("{}"), garbage.clone()),
        ("without end", ResponseTemplate::new(200).set_body_bytes(vec![b' '; 33 << 20]), garbage),
        ("a refusal", ResponseTemplate::new(403), Error::WebsiteError { host: host.clone(), status: 403 }),
        ("nothing", ResponseTemplate::new(404), Error::WebsiteError { host: host.clone(), status: 404 }),
        ("an own error", ResponseTemplate::new(502), Error::WebsiteError { host: host.clone(), status: 502 }),
        ("busy", busy(503, Some("7")), Error::WebsiteBusy { host: host.clone(), seconds: 7 }),
        ("too many", busy(429, Some("0")), Error::WebsiteBusy { host: host.clone(), seconds: 0 }),
        (
            "a login page",
            ResponseTemplate::new(303).insert_header("Location", "/login"),
            Error::WebsiteRedirected { host: host.clone(), location: host },
        ),
    ];
    for (name, answer, wanted) in table {
        website.is_sound();
        let stage = Stage::at(&website).await;
        website.answers(MASHUPS, answer.clone());
        let error = stage.desk.refresh_catalog().await.expect_err(name);
        assert_eq!(in_brief(error), wanted, "the catalog: {name}");
        website.answers(ME, answer);
        let stage = Stage::new();
        stage.desk.set_website(&website.url()).await.expect("a website");
        let error = stage.desk.sign_in("token").await.expect_err(name);
        assert_eq!(in_brief(error.clone()), wanted, "who is signed in: {name}");
        assert_eq!(stage.signed_out(), Some(Some(error)), "{name}");
    }
}

#[tokio::test]
async fn no_answer_at_all() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    let error = Stage::new().desk.set_website(&format!("http://{closed}")).await.expect_err("closed");
    let Error::WebsiteUnreachable { host, reason } = &error else { panic!("{error}") };
    assert_eq!(host, &closed.to_string());
    assert!(!reason.is_empty());

    let noise = RawServer::start(vec![Part::Bytes(b"220 mail.example ESMTP\r\n".to_vec())]).await;
    let error = Stage::new().desk.set_website(&noise.url()).await.expect_err("no HTTP");
    assert!(matches!(error, Error::WebsiteUnreachable { .. }), "{error}");

    let cut =
        RawServer::start(vec![Part::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec())]).await;
    let error = Stage::new().desk.set_website(&cut.url()).await.expect_err("cut");
    assert!(matches!(error, Error::WebsiteUnreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts() {
    let lab = lab_with(Options { https: true, ..Options::default() }).await;
    let error = Stage::new().desk.set_website(lab.website.url().as_str()).await.expect_err("untrusted");
    assert!(matches!(error, Error::WebsiteTls { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long() {
    for parts in [vec![Part::Pause], vec![Part::Bytes(b"HTTP/1.1 200 OK\r\n\r\n{".to_vec()), Part::Pause]] {
        let silent = RawServer::start(parts).await;
        let stage = Stage::new();
        let (desk, url) = (stage.desk.clone(), silent.url());
        let asking = tokio::spawn(async move { desk.set_website(&url).await });
        silent.asked().await;
        // The clock leaps to the end of patience.
        tokio::time::pause();
        let error = asking.await.expect("no panic").expect_err("no answer");
        tokio::time::resume();
        assert!(matches!(error, Error::WebsiteTimeout { .. }), "{error}");
    }
}

fn page() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw("<!doctype html>", "text/html; charset=utf-8")
}

fn text(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

fn busy(status: u16, after: Option<&str>) -> ResponseTemplate {
    let answer = ResponseTemplate::new(status);
    match after {
        Some(after) => answer.insert_header("Retry-After", after),
        None => answer,
    }
}

/// Ten thousand lists in each other.
fn deep() -> String {
    format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))
}
