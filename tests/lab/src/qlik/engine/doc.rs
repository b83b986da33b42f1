//! Methods of an open app.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    expression::field_name,
    global::thumbnail,
    layout,
    properties::Properties,
    rpc::{Call, Outcome, RpcError},
    session::{Desk, Session, Target},
};
use crate::table::{Cell, Column};

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
                session.opened()?.objects.values().map(|object| object.info().clone()).collect();
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
            let app = session.opened()?;
            let existed = app.objects.remove(&id).is_some();
            if app.modal_of(&id).is_some() {
                app.end_modal(true);
            }
            app.forget_cubes();
            Ok(Outcome { close: session.forget(&id), ..Outcome::of("qSuccess", existed) })
        }
        "GetField" => {
            let name: String = params.need(0, "qFieldName")?;
            let name = field_name(&name);
            let found = session.opened()?.model.field(name).ok_or_else(|| RpcError::NotFound(name.into()))?;
            Ok(Outcome::of("qReturn", session.returning(&Target::Field(found), "Field", "", name)))
        }
        "GetDimension" | "GetMeasure" => {
            params.need::<String>(0, "qId")?;
            // Apps here have no library, and an unknown id is answered as it is for objects.
            Ok(Outcome::of("qReturn", json!({ "qType": null, "qHandle": null })))
        }
        "ClearAll" => {
            let locked_also = params.get(0, "qLockedAlso")?.unwrap_or(false);
            let app = session.opened()?;
            app.end_modal(true);
            app.change(|selections| selections.retain(|_, chosen| chosen.locked && !locked_also));
            Ok(Outcome::done().changing(session.dependants()))
        }
        "LockAll" | "UnlockAll" => {
            let app = session.opened()?;
            app.change(|selections| selections.lock(call.method == "LockAll", |_| true));
            Ok(Outcome::done().changing(session.dependants()))
        }
        "Back" | "Forward" => {
            let done = session.opened()?.step(call.method == "Back");
            Ok(Outcome::of("qSuccess", done).changing(session.dependants()))
        }
        "BackCount" => Ok(Outcome::of("qReturn", session.opened()?.steps().0)),
        "ForwardCount" => Ok(Outcome::of("qReturn", session.opened()?.steps().1)),
        // Changed properties cannot be undone here, so there is nothing to forget.
        "ClearUndoBuffer" => Ok(Outcome::done()),
        "AbortModal" => {
            session.opened()?.end_modal(params.need(0, "qAccept")?);
            Ok(Outcome::done().changing(session.dependants()))
        }
        "GetTablesAndKeys" => Ok(tables(session.opened()?.model.fields.as_slice())),
        "Evaluate" => {
            let expression: String = params.need(0, "qExpression")?;
            Ok(Outcome::of("qReturn", layout::value(session.opened()?, &expression)?.text))
        }
        "EvaluateEx" => {
            let expression: String = params.need(0, "qExpression")?;
            let Cell { text, number } = layout::value(session.opened()?, &expression)?;
            let value = json!({ "qText": text, "qIsNumeric": number.is_some(), "qNumber": number.unwrap_or_default() });
            Ok(Outcome::of("qValue", value))
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
            "qModified": false,
            "qUnsupportedFeatures": [],
            "qUsage": "ANALYTICS",
            "qLocaleInfo": {
                "qDecimalSep": ".",
                "qThousandSep": ",",
                "qListSep": ";",
                "qMoneyDecimalSep": ".",
                "qMoneyThousandSep": ",",
                "qMoneyFmt": "$#,##0.00;-$#,##0.00",
                "qTimeFmt": "h:mm:ss TT",
                "qDateFmt": "M/D/YYYY",
                "qTimestampFmt": "M/D/YYYY h:mm:ss[.fff] TT",
                "qCollation": "en-US",
            },
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
    let app = session.opened()?;
    app.objects.insert(id.clone(), Properties::of_session(properties));
    app.forget_cubes();
    let created = object(session, &id)?;
    let handle = created["qHandle"].as_i64();
    Ok(Outcome::of("qReturn", created).changing(handle.into_iter().collect()))
}

/// `qReturn` of an object that exists.
fn object(session: &mut Session, id: &str) -> Result<Value, RpcError> {
    let kind = session.opened()?.objects[id].info()["qType"].as_str().unwrap_or_default().to_owned();
    Ok(session.returning(&Target::Object(id.into()), "GenericObject", &kind, id))
}

fn tables(fields: &[Column]) -> Outcome {
    let rows = fields.first().map_or(0, |field| field.rows.len());
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
