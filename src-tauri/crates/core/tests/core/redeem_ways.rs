//! Ways to redeem a ticket but the plain one: a link that redirects, and a window
//! that goes there itself.

use mashdesk_core::qlik::StoreCookie;
use mashdesk_core::sessions::State;
use mashdesk_core::{Error, Policy, Redemption};
use mashdesk_lab::journal::Side;
use serde_json::json;
use url::Url;
use wiremock::ResponseTemplate;

use crate::stage::stand_in::{REDEEM, TICKETS, session};
use crate::stage::{Call, Stage, StandIn, count, lab, token, website_answered};

#[tokio::test]
async fn a_link_signs_in_through_a_load_balancer() {
    let lab = lab().await;
    lab.website.set_sign_in_links(true);
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;
    let store = stage.host().store(window).expect("a store");
    let of_qlik = store.into_iter().map(|cookie| cookie.name).filter(|name| name != "website_mashup");
    let names: Vec<String> = of_qlik.collect();
    assert_eq!(names, ["node-affinity", "portal-visit", &lab.qlik.session_cookie_name()]);

    // A living session is known as such where the link has led to.
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    assert_eq!(lab.qlik.tickets().len(), 1);
}

#[tokio::test]
async fn a_link_leads_where_the_website_says_and_no_further() {
    let website = StandIn::start().await;
    let elsewhere = StandIn::start().await;
    let host = website.host();
    let to = |location: &str| {
        ResponseTemplate::new(302)
            .insert_header("Location", location)
            .insert_header("Set-Cookie", "node=2; Path=/")
    };
    let used = Error::TicketRefused { host: host.clone() };
    let table = [
        ("announced", 2, "/redeem/2", None),
        ("not announced", 0, "/redeem/2", Some(used.clone())),
        ("one more than announced", 1, "/redeem/2", Some(used.clone())),
        ("Qlik's login page", 2, "/internal_forms_authentication/", Some(used.clone())),
        ("no address", 2, "http://", Some(used)),
        ("another site", 2, &elsewhere.url(), Some(Error::RedeemUnexpected { host, status: 302 })),
    ];
    for (name, redirects, location, wanted) in table {
        website.is_sound();
        let mut ticket = website.ticket();
        ticket["redirects"] = json!(redirects);
        website.answers(TICKETS, ResponseTemplate::new(201).set_body_json(ticket));
        website.answers(REDEEM, to(location));
        website.answers("/redeem/2", to("/redeem/3"));
        website.answers("/redeem/3", session("s1; Path=/"));
        let stage = Stage::at(&website).await;
        let window = stage.desk.open(&crate::stage::id("m1")).expect("signed in");
        match wanted {
            None => {
                stage.navigated(window, 1).await;
                assert_eq!(stage.host().cookie(window, "node").as_deref(), Some("2"), "{name}");
                let sent = website.asked("/redeem/3").pop().expect("it was asked");
                assert_eq!(sent.headers["cookie"], "node=2", "{name}");
            }
            Some(wanted) => assert_eq!(stage.failed(window).await, wanted, "{name}"),
        }
    }
    assert!(elsewhere.asked("/").is_empty(), "no ticket goes where the website has not said so");
}

#[tokio::test]
async fn a_window_redeems_its_ticket_itself() {
    let lab = lab().await;
    let stage = by_window();
    let name = lab.qlik.session_cookie_name();
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    stage.desk.sign_in(&token(&lab)).await.expect("signed in");
    website_answered(&lab, "GET", "/mashups", 1).await;
    stage.host().redeem_with(StoreCookie::parse(&format!("{name}=s1; Path=/"), lab.qlik.proxy_url()), None);
    let window = stage.open_live("m001").await;
    let ticket = lab.qlik.tickets().pop().expect("a ticket").ticket;
    let went = |call: &Call| matches!(call, Call::Redeemed(by, url) if *by == window && url.as_str().contains(&ticket));
    assert!(stage.host().calls().iter().any(went));
    assert_eq!(count(&lab, Side::Proxy, "GET", "qlikTicket="), 0, "core itself asks nothing");
    assert!(!stage.host().has(&Call::Planted(window)), "the cookie came by itself");
    let address = stage.navigated(window, 1).await;
    assert_eq!(address.path(), "/mashups/m001/open", "and the website's comes for a code");
}

#[tokio::test]
async fn a_window_that_redeems_in_vain_says_why() {
    let website = StandIn::start().await;
    let host = website.host();
    let at = |path: &str| Url::parse(&website.url()).and_then(|url| url.join(path)).expect("a URL");
    let unreached = Error::PageFailed { host: host.clone(), reason: "no route".to_owned() };
    let table = [
        (Ok(at("/redeem")), Error::RedeemNoCookie { host: host.clone(), cookie: "session".to_owned() }),
        (Ok(at("/internal_forms_authentication/?targetId=1")), Error::TicketRefused { host: host.clone() }),
        (Err(unreached), Error::RedeemUnreachable { host, reason: "no route".to_owned() }),
    ];
    for (end, wanted) in table {
        let stage = by_window();
        stage.desk.set_website(&website.url()).await.expect("a website");
        stage.desk.sign_in("token").await.expect("signed in");
        stage.host().redeem_with(None, Some(end));
        let window = stage.desk.open(&crate::stage::id("m1")).expect("signed in");
        assert_eq!(stage.told(window).await, wanted);
        assert_ne!(stage.state(window), Some(State::Live));
    }
}

fn by_window() -> Stage {
    Stage::with(|setup| {
        setup.policy = Policy { redemption: Some(Redemption::Window), ..Policy::default() };
    })
}
