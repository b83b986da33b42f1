//! Content and exports: for the right user only.

use mashdesk_lab::options::{IdentityModel, Options, WrongUserContent};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn libraries_and_thumbnails_are_for_the_right_user() {
    for identity in [IdentityModel::UserPerApp, IdentityModel::DirectoryPerApp] {
        let stage = Stage::with(Options { identity, ..Options::default() }).await;
        let (own, foreign) = (stage.signed_in(1).await, stage.signed_in(2).await);
        for path in [
            format!("/ticket/content/{}/photo-6.png", stage.app(1).library),
            format!("/ticket/appcontent/{}/thumbnail.png", stage.app(1).id),
        ] {
            let response = own.get(&path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
            let png = response.bytes().await.unwrap();
            let id = stage.app(1).id.as_bytes();
            assert!(png.windows(id.len()).any(|window| window == id), "the image names its app");
            assert_eq!(foreign.status(&path).await, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(stage.browser().status(&path).await, StatusCode::FOUND, "{path}");
        }
        let missing = format!("/ticket/content/{}/photo-7.png", stage.app(1).library);
        assert_eq!(own.status(&missing).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_wrong_user_can_be_refused_in_three_ways() {
    for (wrong_user_content, expected) in [
        (WrongUserContent::Forbidden403, StatusCode::FORBIDDEN),
        (WrongUserContent::NotFound404, StatusCode::NOT_FOUND),
        (WrongUserContent::Redirect302, StatusCode::FOUND),
    ] {
        let stage = Stage::with(Options { wrong_user_content, ..Options::default() }).await;
        let image = format!("/ticket/content/{}/photo-1.png", stage.app(1).library);
        assert_eq!(stage.signed_in(2).await.status(&image).await, expected);
    }
}

#[tokio::test]
async fn an_export_is_for_its_creator() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let path = stage.engine(1, &browser).await.export("CSV_C").await;

    assert_eq!(stage.signed_in(2).await.status(&path).await, StatusCode::FORBIDDEN);
    assert_eq!(stage.browser().status(&path).await, StatusCode::FOUND);

    let response = browser.get(&path).await;
    assert_eq!(response.status(), StatusCode::OK);
    let disposition = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"Sales North.csv\""), "{disposition}");
    let announced: usize = response.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
    let text = response.text().await.unwrap();
    assert_eq!(announced, text.len());
    assert!(text.starts_with("App,Region,Product,Month,Salesperson,Sales,Quantity\r\n"), "{text}");
    assert!(text.lines().skip(1).all(|line| line.starts_with("Sales North,")));

    // The same identity in another session is still the creator.
    assert_eq!(stage.signed_in(1).await.status(&path).await, StatusCode::OK);
}

/// What breaks in shared tabs: the socket is still A1's, the cookie is A2's by now.
#[tokio::test]
async fn an_export_started_before_another_tab_took_the_cookie_cannot_be_fetched() {
    let stage = Stage::set().await;
    let mut tabs = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &tabs).await;
    tabs.redeem(&stage.ticket(2)).await;
    let path = engine.export("OOXML").await;
    assert_eq!(tabs.status(&path).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_workbook_is_one_and_tabs_are_tabs() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let workbook = browser.get(&engine.export("OOXML").await).await.bytes().await.unwrap();
    assert!(workbook.starts_with(b"PK"), "a zip");
    let tabs = browser.get(&engine.export("CSV_T").await).await.text().await.unwrap();
    assert!(tabs.starts_with("App\tRegion\tProduct\t"), "{tabs}");
}

#[tokio::test]
async fn an_export_without_its_prefix_is_out_of_reach() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let path = stage.engine(1, &browser).await.export("CSV_C").await;
    assert_eq!(browser.status(path.strip_prefix("/ticket").unwrap()).await, StatusCode::FOUND);
}

#[tokio::test]
async fn serve_once_serves_once() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let facts = engine.object("facts").await;
    let params = json!({ "qFileType": "CSV_C", "qPath": "/qHyperCubeDef", "qServeOnce": true });
    let url = engine.call(facts, "ExportData", params).await;
    let path = format!("/ticket{}", url["qUrl"].as_str().unwrap());
    assert_eq!(browser.status(&path).await, StatusCode::OK);
    assert_eq!(browser.status(&path).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_mashup_hosted_on_qlik_is_for_its_apps_user() {
    let stage = Stage::set().await;
    let own = stage.signed_in(7).await;
    let config: Value = own.get("/ticket/extensions/m007/config.json").await.json().await.unwrap();
    assert_eq!(config["app"], stage.app(7).id.as_str());
    let image: reqwest::Url = config["images"][0].as_str().unwrap().parse().unwrap();
    assert_eq!(own.status(image.path()).await, StatusCode::OK);

    let foreign = stage.signed_in(1).await;
    assert_eq!(foreign.status("/ticket/extensions/m007/config.json").await, StatusCode::FORBIDDEN);
    assert_eq!(foreign.status("/ticket/extensions/m001/config.json").await, StatusCode::NOT_FOUND);
    assert_eq!(stage.browser().status("/ticket/extensions/m007/").await, StatusCode::FOUND);
    assert_eq!(own.status("/ticket/extensions/m007/..%2f..%2fCargo.toml").await, StatusCode::NOT_FOUND);
}
