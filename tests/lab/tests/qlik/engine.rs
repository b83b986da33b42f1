//! The engine over its websocket: apps, objects, selections, and sessions that are picked up again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{Engine, Stage};

/// Text and state of every value of the regions' list.
async fn regions(engine: &mut Engine) -> Vec<(String, String)> {
    let list = engine.object("regions").await;
    let layout = engine.call(list, "GetLayout", json!([])).await;
    let rows = layout["qLayout"]["qListObject"]["qDataPages"][0]["qMatrix"].as_array().unwrap().clone();
    let text = |cell: &Value, key: &str| cell[key].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(&row[0], "qText"), text(&row[0], "qState"))).collect()
}

async fn select_first_region(engine: &mut Engine) -> Value {
    let list = engine.object("regions").await;
    engine.ask(list, "SelectListObjectValues", json!(["/qListObjectDef", [0], false])).await
}

async fn error(engine: &mut Engine, handle: i64, method: &str, params: Value) -> i64 {
    engine.ask(handle, method, params).await["error"]["code"].as_i64().unwrap()
}

#[tokio::test]
async fn an_app_opens_for_its_user_only() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let layout = engine.call(1, "GetAppLayout", json!([])).await;
    assert_eq!(layout["qLayout"]["qTitle"], "Sales North");
    let docs = engine.call(-1, "GetDocList", json!([])).await;
    assert_eq!(docs["qDocList"].as_array().unwrap().len(), 1);
    assert_eq!(docs["qDocList"][0]["qDocId"], stage.app(1).id.as_str());
    assert_eq!(error(&mut engine, -1, "OpenDoc", json!([stage.app(1).id])).await, 1002);

    let mut stranger = stage.connected(1, &stage.signed_in(2).await, "").await;
    stranger.hear_greeting("SESSION_CREATED").await;
    assert_eq!(error(&mut stranger, -1, "OpenDoc", json!([stage.app(1).id])).await, 5);
    assert_eq!(error(&mut stranger, -1, "OpenDoc", json!(["no such app"])).await, 1003);
    assert_eq!(error(&mut stranger, -1, "GetActiveDoc", json!([])).await, 2);
}

#[tokio::test]
async fn what_the_engine_does_not_know_has_its_own_code() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let list = engine.object("regions").await;
    for (handle, method, params, code) in [
        (-1, "Nonsense", json!([]), -32601),
        (1, "Nonsense", json!([]), -32601),
        (99, "GetLayout", json!([]), -32602),
        (-1, "OpenDoc", json!([]), -32602),
        (1, "GetField", json!(["Nowhere"]), 2),
        (list, "GetHyperCubeData", json!(["/qHyperCubeDef", []]), 4),
        (list, "SelectListObjectValues", json!(["/qListObjectDef", [999], false]), -32602),
    ] {
        assert_eq!(error(&mut engine, handle, method, params).await, code, "{method} of {handle}");
    }
    let unknown = engine.call(1, "GetObject", json!(["no such object"])).await;
    assert_eq!(unknown["qReturn"]["qHandle"], Value::Null);
}

#[tokio::test]
async fn a_selection_colours_the_list_and_narrows_the_cube() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let total = |result: Value| result["qReturn"].as_str().unwrap().parse::<f64>().unwrap();
    let before = total(engine.call(1, "Evaluate", json!(["Sum(Sales)"])).await);

    let list = engine.object("regions").await;
    let cube = engine.object("sales-by-product").await;
    let answer = select_first_region(&mut engine).await;
    assert_eq!(answer["result"]["qSuccess"], true);
    assert_eq!(answer["change"], json!([list, cube]));

    let states = regions(&mut engine).await;
    assert_eq!(states[0].1, "S");
    assert!(states[1..].iter().all(|(_, state)| state == "A"), "{states:?}");
    let table = stage.app(1).table();
    let column = |name: &str| table.columns.iter().find(|column| column.name == name).unwrap();
    let (region, sales) = (column("Region"), column("Sales"));
    let expected: f64 = (0..table.rows())
        .filter(|&row| region.cell(row).text == states[0].0)
        .map(|row| sales.cell(row).number.unwrap())
        .sum();
    assert!(expected < before);
    assert_eq!(total(engine.call(1, "Evaluate", json!({ "qExpression": "Sum(Sales)" })).await), expected);

    engine.call(1, "ClearAll", json!([])).await;
    assert_eq!(total(engine.call(1, "Evaluate", json!(["Sum(Sales)"])).await), before);
}

#[tokio::test]
async fn a_modal_selection_can_be_taken_back() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let list = engine.object("regions").await;
    for (accept, state) in [(false, "O"), (true, "S")] {
        engine.call(list, "BeginSelections", json!([["/qListObjectDef"]])).await;
        select_first_region(&mut engine).await;
        engine.call(list, "EndSelections", json!([accept])).await;
        assert_eq!(regions(&mut engine).await[0].1, state);
    }
}

#[tokio::test]
async fn a_session_object_and_a_field_can_be_selected_in() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let properties = json!({
        "qInfo": { "qType": "mine" },
        "qHyperCubeDef": {
            "qDimensions": [{ "qDef": { "qFieldDefs": ["Region"] } }],
            "qMeasures": [{ "qDef": { "qDef": "Count(Product)" } }],
            "qInitialDataFetch": [{ "qWidth": 2, "qHeight": 50 }],
        },
    });
    let created =
        engine.call(1, "CreateSessionObject", json!({ "qProp": properties })).await["qReturn"].clone();
    let (handle, id) = (created["qHandle"].as_i64().unwrap(), created["qGenericId"].clone());
    assert_eq!(created["qGenericType"], "mine");

    engine.call(handle, "SelectHyperCubeValues", json!(["/qHyperCubeDef", 0, [0], false])).await;
    let layout = engine.call(handle, "GetLayout", json!([])).await;
    assert_eq!(layout["qLayout"]["qHyperCube"]["qSize"]["qcy"], 1);

    let field = engine.call(1, "GetField", json!(["Region"])).await["qReturn"]["qHandle"].as_i64().unwrap();
    engine.call(field, "Clear", json!([])).await;
    assert!(regions(&mut engine).await.iter().all(|(_, state)| state == "O"));
    let name = regions(&mut engine).await[1].0.clone();
    engine.call(field, "SelectValues", json!([[{ "qText": name }]])).await;
    assert_eq!(regions(&mut engine).await[0], (name, "S".into()), "selected values come first");

    let destroyed = engine.ask(1, "DestroySessionObject", json!([id])).await;
    assert_eq!((&destroyed["result"]["qSuccess"], &destroyed["close"]), (&json!(true), &json!([handle])));
    assert_eq!(error(&mut engine, handle, "GetLayout", json!([])).await, -32602);
}

#[tokio::test]
async fn two_sockets_of_a_user_share_selections_and_hear_of_them() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut one = stage.engine(1, &browser).await;
    let list = one.object("regions").await;
    let mut other = stage.connected(1, &browser, "").await;
    other.hear_greeting("SESSION_ATTACHED").await;
    select_first_region(&mut one).await;
    assert_eq!(other.hear().await, Some(json!({ "jsonrpc": "2.0", "change": [list] })));
    other.call(-1, "GetActiveDoc", json!([])).await;
    assert_eq!(regions(&mut other).await[0].1, "S");
}

#[tokio::test]
async fn an_engine_session_is_picked_up_within_its_ttl_and_selections_are_kept() {
    let stage = Stage::set().await;
    let mut browser = stage.signed_in(1).await;
    let path = "/identity/one/ttl/60";
    let mut engine = stage.connected(1, &browser, path).await;
    engine.hear_greeting("SESSION_CREATED").await;
    engine.call(-1, "OpenDoc", json!([stage.app(1).id])).await;
    select_first_region(&mut engine).await;

    // The proxy session ends, a new ticket is redeemed: the engine session is the user's, not the cookie's.
    stage.qlik.end_session(&browser.session());
    assert_eq!(engine.notice().await.0, "OnSessionLoggedOut");
    assert_eq!(engine.hear().await, None);
    browser.redeem(&stage.ticket(1)).await;
    let mut again = stage.connected(1, &browser, path).await;
    again.hear_greeting("SESSION_ATTACHED").await;
    again.call(-1, "GetActiveDoc", json!([])).await;
    assert_eq!(regions(&mut again).await[0].1, "S");

    let mut other = stage.connected(1, &browser, "/identity/two/ttl/60").await;
    other.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn an_engine_session_is_gone_after_its_ttl() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.connected(1, &browser, "/ttl/60").await;
    engine.hear_greeting("SESSION_CREATED").await;
    // Ending the session closes the socket from the server's side, so it is known to be gone.
    stage.qlik.end_session(&browser.session());
    engine.notice().await;
    assert_eq!(engine.hear().await, None);
    stage.qlik.advance(Duration::from_secs(61));
    let browser = stage.signed_in(1).await;
    let mut again = stage.connected(1, &browser, "/ttl/60").await;
    again.hear_greeting("SESSION_CREATED").await;
}

#[tokio::test]
async fn expressions_in_an_objects_properties_become_values() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    let kpi = engine.object("total-sales").await;
    select_first_region(&mut engine).await;
    let layout = engine.call(kpi, "GetLayout", json!([])).await["qLayout"].clone();
    assert_eq!((&layout["title"], &layout["subtitle"]), (&json!("Total sales"), &json!("1")));
    assert_eq!(layout["total"], layout["qHyperCube"]["qGrandTotalRow"][0]["qNum"]);

    let text = json!({ "qInfo": { "qType": "x" }, "a": { "qStringExpression": "Total (EUR)" }, "qSelectionObjectDef": {} });
    let created =
        engine.call(1, "CreateSessionObject", json!([text])).await["qReturn"]["qHandle"].as_i64().unwrap();
    let layout = engine.call(created, "GetLayout", json!([])).await["qLayout"].clone();
    assert_eq!(layout["a"], "Total (EUR)");
    assert_eq!(layout["qSelectionObject"]["qSelections"][0]["qField"], "Region");
}

#[tokio::test]
async fn an_export_can_ignore_the_selections() {
    let stage = Stage::set().await;
    let browser = stage.signed_in(1).await;
    let mut engine = stage.engine(1, &browser).await;
    select_first_region(&mut engine).await;
    let facts = engine.object("facts").await;
    let mut lines = Vec::new();
    for state in ["P", "A"] {
        let url = engine.call(facts, "ExportData", json!(["CSV_C", "/qHyperCubeDef", "x.csv", state])).await;
        let text =
            browser.get(&format!("/ticket{}", url["qUrl"].as_str().unwrap())).await.text().await.unwrap();
        lines.push(text.lines().count());
    }
    assert!(lines[0] < lines[1], "{lines:?}");
    assert_eq!(error(&mut engine, facts, "ExportData", json!(["PARQUET"])).await, -32602);
}
