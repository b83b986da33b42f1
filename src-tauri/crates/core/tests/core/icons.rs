//! Icons: fetched once, as images of a bounded size, from where they may be.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::MASHUPS;
use crate::stage::{Part, RawServer, Stage, StandIn, id, in_time, lab, token};

const ICON: &str = "/icons/1.png";
const PNG: &str = "data:image/png;base64,iVBORw==";

#[tokio::test]
async fn the_labs_icons_are_drawings() {
    let lab = lab().await;
    let stage = Stage::signed_in(lab.website.url().as_str(), &token(&lab)).await;
    let icon = stage.desk.icon(&id("m001")).await.expect("an icon");
    assert!(icon.starts_with("data:image/svg+xml;base64,"), "{icon}");
    assert_ne!(stage.desk.icon(&id("m002")).await.expect("an icon"), icon);
    assert_eq!(stage.desk.icon(&id("m999")).await, None, "it is not in the catalog");
}

#[tokio::test]
async fn an_address_is_asked_once_without_credentials() {
    let website = StandIn::start().await;
    let stage = with_icon(&website, &format!("{}icons/1.png", website.url())).await;
    website.answers(ICON, png());
    let m1 = id("m1");
    let (one, two) = tokio::join!(stage.desk.icon(&m1), stage.desk.icon(&m1));
    assert_eq!([one.as_deref(), two.as_deref(), stage.desk.icon(&m1).await.as_deref()], [Some(PNG); 3]);
    let asked = website.asked(ICON);
    assert_eq!(asked.len(), 1);
    for header in ["authorization", "cookie", "referer"] {
        assert!(!asked[0].headers.contains_key(header), "{header}");
    }
}

#[tokio::test]
async fn what_is_no_image() {
    let page = || ResponseTemplate::new(200).set_body_raw("<b>", "text/html");
    let answers = [
        page(),
        ResponseTemplate::new(200).set_body_raw("", "image/png"),
        ResponseTemplate::new(200).set_body_raw("x", "image/pngx"),
        ResponseTemplate::new(404),
        png().set_body_raw(vec![0; (256 << 10) + 1], "image/png"),
    ];
    for answer in answers {
        let website = StandIn::start().await;
        let stage = with_icon(&website, &format!("{}icons/1.png", website.url())).await;
        website.answers(ICON, answer);
        assert_eq!(stage.desk.icon(&id("m1")).await, None);
        // It is known now, and not asked for again.
        website.answers(ICON, png());
        assert_eq!(stage.desk.icon(&id("m1")).await, None);
        assert_eq!(website.asked(ICON).len(), 1);
    }
}

#[tokio::test]
async fn a_drawing_without_end_is_left_at_the_limit() {
    let website = StandIn::start().await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 52428800\r\n\r\n";
    let start = format!("{head}<svg><script>alert(1)</script>{}", "a".repeat(256 << 10));
    // The rest of the 50 MB never comes: whoever waits for it waits in vain.
    let server = RawServer::start(vec![Part::Bytes(start.into_bytes()), Part::Pause]).await;
    let stage = with_icon(&website, &server.url()).await;
    for _ in 0..2 {
        assert_eq!(in_time("an answer", stage.desk.icon(&id("m1"))).await, None);
    }
    assert_eq!(server.times_asked(), 1, "it was given up at the limit, and not after a wait");
}

#[tokio::test]
async fn no_answer_is_asked_for_again() {
    let website = StandIn::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = closed.expect("a port");
    let stage = with_icon(&website, &format!("http://{address}/")).await;
    assert_eq!(stage.desk.icon(&id("m1")).await, None);
    let png = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG";
    let server = tokio::net::TcpListener::bind(address).await.expect("the port is free");
    let served = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut client, _) = server.accept().await.expect("a client");
        assert_ne!(client.read(&mut [0; 4096]).await.expect("a request"), 0);
        client.write_all(png).await.expect("an answer");
    });
    assert_eq!(stage.desk.icon(&id("m1")).await.as_deref(), Some(PNG));
    served.await.expect("served");
}

#[tokio::test]
async fn redirects_lead_to_where_an_icon_may_be() {
    let website = StandIn::start().await;
    for (location, wanted) in [
        ("/icons/2.png".to_owned(), Some(PNG)),
        ("http://cdn.example/1.png".to_owned(), None),
        ("file:///etc/passwd".to_owned(), None),
        (ICON.to_owned(), None),
    ] {
        let stage = with_icon(&website, &format!("{}icons/1.png", website.url())).await;
        website.answers(ICON, ResponseTemplate::new(302).insert_header("Location", location.as_str()));
        website.answers("/icons/2.png", png());
        assert_eq!(stage.desk.icon(&id("m1")).await.as_deref(), wanted, "{location}");
    }
    assert_eq!(website.asked(ICON).len(), 3 + 4, "a circle is left");
}

fn png() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(*b"\x89PNG", "image/png")
}

/// Signed in, with a mashup whose icon is at an address.
async fn with_icon(website: &StandIn, icon: &str) -> Stage {
    website.answers_json(MASHUPS, &json!({"mashups": [{"id": "m1", "title": "Sales", "icon": icon}]}));
    Stage::at(website).await
}
