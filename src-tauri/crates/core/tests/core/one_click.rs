//! The way of one click: one ticket, one cookie, one page, and no window on
//! the screen before there is something to see.

use mashdesk_core::sessions::{State, Step};
use mashdesk_core::website::Quota;
use mashdesk_core::{Account, Catalog, Error};
use mashdesk_lab::journal::Side;
use mashdesk_lab::options::{IdentityModel, Options};
use mashdesk_lab::qlik::Identity;
use url::Url;

use crate::stage::{Call, PERSON, Relay, Stage, count, id, lab, lab_with, live_sessions, redeemed, token};

#[tokio::test]
async fn a_click_ends_with_the_mashup_in_a_window_of_its_own() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let app = lab.apps.by_mashup("m001").expect("an app");

    let window = stage.open("m001").await;

    let [ticket] = &lab.qlik.tickets()[..] else { panic!("one ticket is asked for") };
    assert_eq!(ticket.redeemed, 1);
    assert_eq!(ticket.attributes.get("window"), Some(&*window.to_string()));
    let [session] = &live_sessions(&lab)[..] else { panic!("one session begins") };
    assert_eq!(session.identity, Identity::new("MASHUPS", &app.id));
    let store = stage.host().store(window).expect("a store");
    let [of_website, of_qlik] = &*store else { panic!("{store:?}") };
    assert_eq!(of_qlik.name, lab.qlik.session_cookie_name());
    assert_eq!(of_qlik.value.expose(), session.id);
    assert!(of_qlik.http_only && of_website.http_only, "scripts are kept from both sessions");
    assert_eq!(of_website.path, "/mashups/m001");

    let address = stage.navigated(window, 1).await;
    assert_eq!(address.origin(), lab.website.url().origin());
    assert_eq!((address.path(), address.query()), ("/mashups/m001/", None), "no code is in it");
    assert_eq!(stage.state(window), Some(State::Opening(Step::Page)));
    let titled = |call: &Call| matches!(call, Call::Building(_, frame) if frame.title == format!("{} — Acme Analytics", app.title));
    assert!(stage.host().calls().iter().any(titled), "the title is the catalog's");
    let session = stage.desk.window(window).expect("it is open");
    assert_eq!(session.quota, Some(Quota { used: 1, limit: 5 }), "its own session counts");

    assert!(!stage.host().has(&Call::Shown(window)), "there is nothing to see yet");
    stage.load(window);
    assert_eq!(stage.state(window), Some(State::Live));
    assert!(stage.host().has(&Call::Shown(window)));
    // The page is on its way before its session is there.
    assert!(stage.host().has(&Call::AskedFor(window, address)));
    let wanted = ["building", "built", "planted", "asked", "planted", "navigated", "shown"];
    assert_eq!(order(&stage), wanted);
}

#[tokio::test]
async fn a_website_that_hands_no_cookies_over_gives_a_code() {
    let lab = lab_with(Options { mashup_cookies: false, ..Options::default() }).await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open("m001").await;
    let address = stage.navigated(window, 1).await;
    assert_eq!(address.path(), "/mashups/m001/open");
    assert!(address.query().is_some_and(|query| query.starts_with("code=")));
    assert!(stage.host().has(&Call::AskedFor(window, address)));
    let store = stage.host().store(window).expect("a store");
    let [of_qlik] = &*store else { panic!("{store:?}") };
    assert_eq!(of_qlik.name, lab.qlik.session_cookie_name());
    assert_eq!(order(&stage), ["building", "built", "asked", "planted", "navigated"]);
}

#[tokio::test]
async fn a_page_is_asked_for_ahead_whichever_comes_last_and_never_over_another() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_building();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    redeemed(&lab).await;
    assert_eq!(asked(&stage), 0, "there is no window yet");
    stage.host().build_on();
    stage.navigated(window, 1).await;
    assert_eq!(asked(&stage), 1);

    stage.load(window);
    lab.qlik.end_session(&live_sessions(&lab)[0].id);
    stage.desk.retry(window).expect("it is open");
    stage.navigated(window, 2).await;
    assert_eq!(lab.qlik.tickets().len(), 2);
    assert_eq!(asked(&stage), 1, "the page that is there stays until its new session is");
    // Until then it keeps the website's cookie, too.
    assert_eq!(stage.navigated(window, 2).await.path(), "/mashups/m001/open");
}

#[tokio::test]
async fn only_a_page_of_the_mashup_brings_a_window_to_the_screen() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open("m001").await;

    for other in ["about:blank", "https://news.example/", "http://127.0.0.1:1/"] {
        stage.desk.page_loaded(window, &Url::parse(other).expect("a URL"));
        assert_eq!(stage.state(window), Some(State::Opening(Step::Page)), "{other}");
        assert!(!stage.host().has(&Call::Shown(window)), "{other}");
    }
    // The mashup's own origin, after the one-time code was redirected away.
    stage.desk.page_loaded(window, &lab.website.url().join("/mashups/m001/").expect("a URL"));
    assert_eq!(stage.state(window), Some(State::Live));
    stage.load(window);
    let shown = stage.host().calls().into_iter().filter(|call| *call == Call::Shown(window)).count();
    assert_eq!(shown, 1, "a page inside a live mashup is no reason to come to the front");
}

#[tokio::test]
async fn a_page_that_never_loads_is_shown_as_far_as_it_came() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open("m001").await;
    // From here on the clock leaps to the next thing that waits for it.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    stage.until("the window", |desk| desk.host().has(&Call::Shown(window)).then_some(())).await;
    assert!(before.elapsed().as_secs() >= 9, "not at once, but after {:?}", before.elapsed());
    assert_eq!(stage.state(window), Some(State::Live), "the person has it before them");
}

#[tokio::test]
async fn the_ticket_does_not_wait_for_the_window() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    stage.host().hold_building();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    // The window is not made before the session is there.
    redeemed(&lab).await;
    assert!(!stage.host().has(&Call::Built(window)));
    assert_eq!(live_sessions(&lab).len(), 1);

    stage.host().build_on();
    stage.navigated(window, 1).await;
}

#[tokio::test]
async fn the_window_does_not_wait_for_the_ticket() {
    let lab = lab().await;
    let relay = Relay::to(lab.website.url()).await;
    let stage = Stage::signed_in(&relay.url(), &token(&lab)).await;
    relay.hold();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    relay.heard("POST /api/v1/mashups/m001/tickets").await;
    stage.until("the window", |desk| desk.host().has(&Call::Built(window)).then_some(())).await;
    assert!(lab.qlik.tickets().is_empty(), "the website has not heard of it");

    relay.release();
    stage.navigated(window, 1).await;
}

#[tokio::test]
async fn a_new_window_connects_while_its_ticket_is_on_the_way() {
    let lab = lab().await;
    let relay = Relay::to(lab.website.url()).await;
    let stage = Stage::signed_in(&relay.url(), &token(&lab)).await;
    relay.hold();
    let window = stage.desk.open(&id("m001")).expect("signed in");
    let website = relay.url().trim_end_matches('/').to_owned();
    let first = [(window, vec![website])];
    stage.until("a connection", |desk| (desk.host().preconnections() == first).then_some(())).await;

    relay.release();
    stage.navigated(window, 1).await;
    let origin = |url: &Url| url.origin().ascii_serialization();
    let places = [lab.website.url(), lab.qlik.proxy_url()].map(origin).to_vec();
    assert_eq!(stage.host().preconnections()[1..], [(window, places)], "the ticket says where it is");
}

#[tokio::test]
async fn two_windows_hold_two_sessions() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let name = lab.qlik.session_cookie_name();
    let a1 = stage.open_live("m001").await;
    let first = stage.host().cookie(a1, &name);
    let a2 = stage.open_live("m002").await;

    assert_eq!(stage.host().cookie(a1, &name), first, "opening another leaves the first alone");
    for (window, mashup) in [(a1, "m001"), (a2, "m002")] {
        let app = lab.apps.by_mashup(mashup).expect("an app");
        let held = stage.host().cookie(window, &name).expect("a session cookie");
        let session = live_sessions(&lab).into_iter().find(|session| session.id == held);
        assert_eq!(session.expect("Qlik knows it").identity.user, app.id, "{mashup}");
    }
    // The same mashup again is one more window and one more session.
    let again = stage.open_live("m001").await;
    assert_ne!(stage.host().cookie(again, &name), first);
    assert_eq!(live_sessions(&lab).len(), 3);
    let windows: Vec<_> = stage.desk.windows().into_iter().map(|(window, _)| window).collect();
    assert_eq!(windows, [a1, a2, again], "oldest first");
}

#[tokio::test]
async fn a_mashup_on_qlik_opens_with_the_persons_own_identity() {
    let lab = lab_with(Options { identity: IdentityModel::DirectoryPerApp, ..Options::default() }).await;
    let stage = Stage::at_lab(&lab).await;
    let app = lab.apps.iter().find(|app| app.hosted_on_qlik).expect("one is on Qlik");
    let window = stage.open(&app.mashup).await;

    assert_eq!(live_sessions(&lab)[0].identity, Identity::new(&app.id, PERSON));
    let address = stage.navigated(window, 1).await;
    assert_eq!(address.origin(), lab.qlik.proxy_url().origin());
    assert_eq!(address.query(), None, "neither code nor ticket is in it");
    assert!(!stage.host().has(&Call::AskedFor(window, address)), "Qlik shows nothing without a session");
}

#[tokio::test]
async fn going_to_a_mashup_focuses_its_window() {
    let lab = lab().await;
    let stage = Stage::at_lab(&lab).await;
    let window = stage.open_live("m001").await;

    assert_eq!(stage.desk.go_to(&id("m001")), Ok(window));
    assert!(stage.host().has(&Call::Focused(window)));
    assert_eq!(lab.qlik.tickets().len(), 1, "nothing is asked for");

    let other = stage.desk.go_to(&id("m002")).expect("signed in");
    assert_ne!(other, window);
    stage.navigated(other, 1).await;
    assert!(!stage.host().has(&Call::Focused(other)), "a new window needs no focus");
}

#[tokio::test]
async fn what_was_asked_for_before_the_sign_in_opens_after_it() {
    let lab = lab().await;
    let stage = Stage::with(|setup| setup.website = Some(lab.website.url().to_string()));
    stage.keyring.keep(lab.website.url().as_str(), &token(&lab));
    stage.desk.open_when_ready([Ok(id("m001"))]);
    stage.desk.open_when_ready([Ok(id("m002"))]);
    assert!(stage.desk.windows().is_empty());
    stage.desk.start().await;

    let windows =
        stage.until("two windows", |desk| Some(desk.windows()).filter(|windows| windows.len() == 2)).await;
    let mashups: Vec<_> = windows.iter().map(|(_, session)| session.mashup.as_str().to_owned()).collect();
    assert_eq!(mashups, ["m001", "m002"]);
    assert_eq!(windows[0].1.title, "Sales North", "the catalog came first");
    let (titles, _) = stage.titles();
    assert_eq!(titles.len(), lab.apps.len());
    assert!(
        matches!(stage.desk.account(), Account::SignedIn { name, remembered: true, .. } if name == "Ana Ruiz")
    );

    // From now on it opens at once.
    stage.desk.open_when_ready([Ok(id("m003"))]);
    stage.until("a third window", |desk| (desk.windows().len() == 3).then_some(())).await;
}

#[tokio::test]
async fn nobody_signed_in_opens_nothing() {
    let lab = lab().await;
    let stage = Stage::new();
    let refused = stage.desk.open(&id("m001")).expect_err("no website");
    assert_eq!(refused, Error::WebsiteUnset);
    stage.desk.set_website(lab.website.url().as_str()).await.expect("a website");
    let refused = stage.desk.open(&id("m001")).expect_err("nobody is signed in");
    assert!(matches!(refused, Error::SignInNeeded { .. }), "{refused}");
    assert!(stage.desk.windows().is_empty());
    assert!(matches!(stage.desk.catalog(), Catalog::None));
    assert_eq!(count(&lab, Side::Website, "POST", "/tickets"), 0);
}

/// How often a window asked for its page ahead.
fn asked(stage: &Stage) -> usize {
    stage.host().calls().iter().filter(|call| matches!(call, Call::AskedFor(..))).count()
}

/// What happened to the windows, in order.
fn order(stage: &Stage) -> Vec<&'static str> {
    let name = |call: &Call| match call {
        Call::BuiltAhead(_) => Some("built ahead"),
        Call::Building(..) => Some("building"),
        Call::Built(_) => Some("built"),
        Call::AskedFor(..) => Some("asked"),
        Call::Planted(_) => Some("planted"),
        Call::Navigated(..) => Some("navigated"),
        Call::Shown(_) => Some("shown"),
        Call::Message(..) => Some("message"),
        Call::Slept(_) => Some("slept"),
        Call::Reloaded(_) => Some("reloaded"),
        Call::Zoomed(..) => Some("zoomed"),
        Call::Focused(_) => Some("focused"),
        Call::Closed(_) => Some("closed"),
        Call::AskedToReload(_)
        | Call::Notified(_)
        | Call::Changed(_)
        | Call::Browsed(_)
        | Call::Asked(_)
        | Call::Redeemed(..)
        | Call::SignInWindow(..)
        | Call::SignInWindowGone
        | Call::Preconnected(..)
        | Call::Observed(_) => None,
    };
    stage.host().calls().iter().filter_map(name).collect()
}
