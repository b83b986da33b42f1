//! Whatever Qlik answers to a ticket: only its session cookie opens a window.

use mashdesk_core::qlik::SameSite;
use mashdesk_core::{Error, Secret};
use mashdesk_lab::options::Options;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{REDEEM, TICKET, TICKETS, session};
use crate::stage::{Part, RawServer, Stage, StandIn, id, in_brief, lab_with};

#[tokio::test]
async fn what_answers_a_ticket() {
    let website = StandIn::start().await;
    let host = website.host();
    let used = Error::TicketRefused { host: host.clone() };
    let no_cookie = Error::RedeemNoCookie { host: host.clone(), cookie: "session".to_owned() };
    let unexpected = |status| Error::RedeemUnexpected { host: host.clone(), status };
    let forbidden = |status| Error::RedeemForbidden { host: host.clone(), status };
    let busy = |seconds| Error::RedeemBusy { host: host.clone(), seconds };
    let to_login = |status| ResponseTemplate::new(status).insert_header("Location", "/login");
    let table = [
        ("the login page", to_login(302), used.clone()),
        ("the login page, with a cookie", to_login(307).insert_header("Set-Cookie", "session=s"), used),
        ("401", ResponseTemplate::new(401), forbidden(401)),
        ("403", ResponseTemplate::new(403), forbidden(403)),
        ("404", ResponseTemplate::new(404), unexpected(404)),
        ("500", ResponseTemplate::new(500), unexpected(500)),
        ("503, with a cookie", ResponseTemplate::new(503).insert_header("Set-Cookie", "session=s"), busy(30)),
        ("503 that asks to wait", ResponseTemplate::new(503).insert_header("Retry-After", "7"), busy(7)),
        ("no cookie", ResponseTemplate::new(200), no_cookie.clone()),
        (
            "another cookie",
            ResponseTemplate::new(200).insert_header("Set-Cookie", "Session=s"),
            no_cookie.clone(),
        ),
        ("an empty cookie", session("; Path=/"), no_cookie.clone()),
        (
            "no cookie at all",
            ResponseTemplate::new(200).insert_header("Set-Cookie", "session"),
            no_cookie.clone(),
        ),
        ("a foreign domain's", session("s; Domain=evil.example"), no_cookie.clone()),
        ("everybody's", session("s; Domain=1"), no_cookie.clone()),
        ("part of an address", session("s; Domain=0.0.1"), no_cookie),
    ];
    for (name, answer, wanted) in table {
        website.answers(REDEEM, answer);
        assert_eq!(refused(&website).await, wanted, "{name}");
    }
    assert!(website.asked("/login").is_empty(), "no redirect is followed");
}

#[tokio::test]
async fn no_answer_to_a_ticket() {
    let website = StandIn::start().await;
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").to_string()
    };
    let noise = RawServer::start(vec![Part::Bytes(b"220 mail.example ESMTP\r\n".to_vec())]).await;
    let untrusted = lab_with(Options { https: true, ..Options::default() }).await;
    let unreachable = |host: &str| Error::RedeemUnreachable { host: host.to_owned(), reason: String::new() };
    let noise_host = noise.url().replace("http://", "").replace('/', "");
    let proxy = untrusted.qlik.proxy_url();
    let proxy_host = format!("127.0.0.1:{}", proxy.port().expect("a port"));
    let table = [
        (format!("http://{closed}/?qlikTicket={TICKET}"), unreachable(&closed)),
        (format!("{}?qlikTicket={TICKET}", noise.url()), unreachable(&noise_host)),
        (
            format!("{proxy}?qlikTicket={TICKET}"),
            Error::RedeemTls { host: proxy_host, reason: String::new() },
        ),
    ];
    for (redeem_url, wanted) in table {
        let mut ticket = website.ticket();
        ticket["redeem_url"] = redeem_url.clone().into();
        website.answers_json(TICKETS, &ticket);
        let stage = Stage::at(&website).await;
        let window = stage.desk.open(&id("m1")).expect("signed in");
        let error = stage.told(window).await;
        assert!(!format!("{error} {error:?}").contains(TICKET), "{error}");
        assert_eq!(in_brief(error), wanted, "{redeem_url}");
    }
}

#[tokio::test]
async fn an_answer_to_a_ticket_that_takes_too_long() {
    let website = StandIn::start().await;
    let silent = RawServer::start(vec![Part::Pause]).await;
    let mut ticket = website.ticket();
    ticket["redeem_url"] = format!("{}?qlikTicket={TICKET}", silent.url()).into();
    website.answers_json(TICKETS, &ticket);
    let stage = Stage::at(&website).await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    silent.asked().await;
    // The clock leaps to the end of patience.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let error = stage.told(window).await;
    assert!(matches!(error, Error::RedeemTimeout { .. }), "{error}");
    assert!(before.elapsed().as_secs() <= 20, "a ticket lives a minute, and there is a page to load yet");
}

#[tokio::test]
async fn all_cookies_of_the_answer_are_planted_as_they_are() {
    let website = StandIn::start().await;
    website.answers(
        REDEEM,
        session("s1; Path=/ticket; HttpOnly; Secure; SameSite=None")
            .append_header("Set-Cookie", "balancer=b1; SameSite=Lax")
            .append_header("Set-Cookie", "stray=x; Domain=evil.example"),
    );
    let stage = Stage::at(&website).await;
    let window = stage.open("m1").await;
    let store = stage.host().store(window).expect("a store");
    let names: Vec<_> = store.iter().map(|cookie| (&*cookie.name, cookie.value.expose())).collect();
    assert_eq!(names, [("session", "s1"), ("balancer", "b1")]);
    let session = &store[0];
    assert_eq!((&*session.domain, &*session.path), ("127.0.0.1", "/ticket"));
    assert!(session.http_only && session.secure);
    assert_eq!(session.same_site, Some(SameSite::None));
    let balancer = &store[1];
    assert_eq!((&*balancer.path, balancer.http_only, balancer.secure), ("/", false, false));
    assert_eq!(balancer.same_site, Some(SameSite::Lax));

    let asked = &website.asked(REDEEM)[..];
    let [asked] = asked else { panic!("asked {} times", asked.len()) };
    assert!(!asked.headers.contains_key("authorization"), "the token is not Qlik's");
    assert!(!asked.headers.contains_key("referer"));
}

#[tokio::test]
async fn of_a_cookie_set_twice_the_last_counts() {
    let website = StandIn::start().await;
    website.answers(REDEEM, session("old; Path=/").append_header("Set-Cookie", "session=new; Path=/"));
    let stage = Stage::at(&website).await;
    let window = stage.open("m1").await;
    assert_eq!(stage.host().cookie(window, "session").as_deref(), Some("new"));
}

#[tokio::test]
async fn a_ticket_that_was_refused_is_replaced_once_by_itself_and_then_by_the_person() {
    let website = StandIn::start().await;
    website.answers(REDEEM, ResponseTemplate::new(302));
    let stage = Stage::at(&website).await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    stage.failed(window).await;
    website.answers(REDEEM, session("s2; Path=/"));
    stage.desk.refresh_catalog().await.expect("a catalog");
    assert_eq!((website.asked(TICKETS).len(), website.asked(REDEEM).len()), (2, 2));
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 1).await;
    assert_eq!((website.asked(TICKETS).len(), website.asked(REDEEM).len()), (3, 3));
    let value = stage.host().store(window).expect("a store")[0].value.clone();
    assert_eq!(value, Secret::new("s2"));
}

/// Opens the mashup; answers why it did not.
async fn refused(website: &StandIn) -> Error {
    let stage = Stage::at(website).await;
    let window = stage.desk.open(&id("m1")).expect("signed in");
    let error = stage.told(window).await;
    assert_eq!(stage.host().store(window).expect("a store"), [], "nothing is planted");
    // Some answers are waited out; the next row is none of theirs.
    stage.desk.close(window).expect("it is open");
    in_brief(error)
}
