//! Methods of an open app.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    expression::field_name,
    global::thumbnail,
    layout,
    model::Field,
    rpc::{Call, Outcome, RpcError},
    session::{Desk, Session, Target},
};

pub(super) fn call(session: &mut Session, desk: &Desk<'_>, call: &Call) -> Result<Outcome, RpcError> {
    let params = &call.params;
    match call.method.as_str() {
        "GetAppLayout" => app_layout(session, desk),
        "GetAppProperties" => {
            let app = session.opened()?;
            Ok(Outcome::of(
                "qProp",
                json!({ "qTitle": app.title, "qThumbnail": { "qUrl": thumbnail(&app.id) } }),
            ))
        }
        "GetAllInfos" => {
            let infos: Vec<Value> =
                session.opened()?.objects.values().map(|object| object["qInfo"].clone()).collect();
            Ok(Outcome::of("qInfos", infos))
        }
        "GetObject" => {
            let id: String = params.need(0, "qId")?;
            Ok(match session.opened()?.objects.contains_key(&id) {
                true => Outcome::of("qReturn", object(session, &id)?),
                // The engine answers an unknown id with nothing, not with an error.
                false => Outcome::of("qReturn", json!({ "qType": null, "qHandle": null })),
            })
        }
        "CreateSessionObject" => create(session, params.need(0, "qProp")?),
        "DestroySessionObject" => {
            let id: String = params.need(0, "qId")?;
            let existed = session.opened()?.objects.remove(&id).is_some();
            Ok(Outcome { close: session.forget(&id), ..Outcome::of("qSuccess", existed) })
        }
        "GetField" => {
            let name: String = params.need(0, "qFieldName")?;
            let name = field_name(&name);
            let found = session.opened()?.model.field(name).ok_or_else(|| RpcError::NotFound(name.into()))?;
            Ok(Outcome::of("qReturn", session.returning(&Target::Field(found), "Field", "", name)))
        }
        "ClearAll" => {
            session.opened()?.selections.clear_all();
            Ok(Outcome::done().changing(session.dependants()))
        }
        "GetTablesAndKeys" => Ok(tables(session.opened()?.model.fields.as_slice())),
        "Evaluate" => {
            let expression: String = params.need(0, "qExpression")?;
            Ok(Outcome::of("qReturn", layout::value(session.opened()?, &expression)?.text))
        }
        method => Err(RpcError::UnknownMethod(method.into())),
    }
}

fn app_layout(session: &mut Session, desk: &Desk<'_>) -> Result<Outcome, RpcError> {
    let app = session.opened()?;
    let updated = desk.site.apps.by_id(&app.id).map(|app| app.updated.clone());
    Ok(Outcome::of(
        "qLayout",
        json!({
            "qTitle": app.title,
            "qFileName": app.id,
            "qLastReloadTime": updated,
            "qHasData": true,
            "qHasScript": true,
            "qReadOnly": true,
            "qStateNames": [],
            "qMeta": { "published": true },
            "qThumbnail": { "qUrl": thumbnail(&app.id) },
            "qLocaleInfo": { "qDecimalSep": ".", "qThousandSep": ",", "qCollation": "en-US" },
        }),
    ))
}

fn create(session: &mut Session, mut properties: Value) -> Result<Outcome, RpcError> {
    let info = properties.get_mut("qInfo").and_then(Value::as_object_mut).ok_or(RpcError::Params("qProp"))?;
    let id = info
        .entry("qId")
        .or_insert_with(|| Uuid::new_v4().to_string().into())
        .as_str()
        .ok_or(RpcError::Params("qProp"))?
        .to_owned();
    session.opened()?.objects.insert(id.clone(), properties);
    let created = object(session, &id)?;
    let handle = created["qHandle"].as_i64();
    Ok(Outcome::of("qReturn", created).changing(handle.into_iter().collect()))
}

/// `qReturn` of an object that exists.
fn object(session: &mut Session, id: &str) -> Result<Value, RpcError> {
    let kind = session.opened()?.objects[id]["qInfo"]["qType"].as_str().unwrap_or_default().to_owned();
    Ok(session.returning(&Target::Object(id.into()), "GenericObject", &kind, id))
}

fn tables(fields: &[Field]) -> Outcome {
    let rows = fields.first().map_or(0, |field| field.by_row.len());
    let records = fields.iter().map(|field| {
        json!({
            "qName": field.name,
            "qnRows": rows,
            "qnTotalDistinctValues": field.values.len(),
            "qnPresentDistinctValues": field.values.len(),
            "qKeyType": "NOT_KEY",
            "qTags": if field.is_numeric() { ["$numeric"] } else { ["$text"] },
        })
    });
    let table = json!({ "qName": "Facts", "qNoOfRows": rows, "qFields": records.collect::<Vec<_>>() });
    let mut outcome = Outcome::of("qtr", vec![table]);
    outcome.result.insert("qk".into(), json!([]));
    outcome
}
