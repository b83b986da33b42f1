//! From an object's properties to its layout: definitions become what they define, expressions
//! become values, and everything else is copied.

use serde_json::{Map, Value, json};

use super::{
    app::{OpenApp, Source},
    cells::{measured_cell, state_counts},
    expression::Aggregation,
    rpc::RpcError,
};
use crate::table::{Cell, Column};

/// The layout of an object.
pub(super) fn of(app: &mut OpenApp, id: &str) -> Result<Value, RpcError> {
    let object = app.objects.get(id).ok_or_else(|| RpcError::NotFound(id.into()))?;
    let (properties, privileges) = (object.effective().clone(), object.privileges());
    let mut layout = evaluate(app, id, "", &properties)?;
    layout["qSelectionInfo"] = match app.modal_of(id) {
        Some(made) => json!({ "qInSelections": true, "qMadeSelections": made }),
        None => json!({}),
    };
    layout["qMeta"] = json!({ "privileges": privileges });
    Ok(layout)
}

/// An expression's value under the selections.
pub(super) fn value(app: &OpenApp, expression: &str) -> Result<Cell, RpcError> {
    let aggregation: Aggregation = expression.parse()?;
    Ok(measured_cell(aggregation.over(&app.model, &app.association.included)?))
}

fn evaluate(app: &mut OpenApp, id: &str, path: &str, properties: &Value) -> Result<Value, RpcError> {
    match properties {
        Value::Object(members) => match expression(members) {
            Some(Expression::Text(text)) if text.trim().starts_with('=') => Ok(value(app, text)?.text.into()),
            Some(Expression::Text(text)) => Ok(text.into()),
            Some(Expression::Value(text)) => {
                let Cell { text, number } = value(app, text)?;
                Ok(number.map_or_else(|| Value::from(text), Value::from))
            }
            None => {
                let members =
                    members.iter().map(|(key, value)| member(app, id, &format!("{path}/{key}"), key, value));
                Ok(members.collect::<Result<Map<_, _>, _>>()?.into())
            }
        },
        Value::Array(values) => (0..)
            .zip(values)
            .map(|(at, value): (usize, _)| evaluate(app, id, &format!("{path}/{at}"), value))
            .collect(),
        plain => Ok(plain.clone()),
    }
}

fn member(
    app: &mut OpenApp,
    id: &str,
    path: &str,
    key: &str,
    value: &Value,
) -> Result<(String, Value), RpcError> {
    let (name, value) = match key {
        "qHyperCubeDef" | "qListObjectDef" => {
            let cube = app.cube(id, path)?;
            match app.source(id, path)? {
                Source::Cube(definition) => ("qHyperCube", app.view(&cube).hypercube(&definition)),
                Source::List(definition) => ("qListObject", app.view(&cube).list_object(&definition)),
            }
        }
        "qSelectionObjectDef" => ("qSelectionObject", current_selections(app)),
        key => (key, evaluate(app, id, path, value)?),
    };
    Ok((name.to_owned(), value))
}

enum Expression<'a> {
    /// A text, unless it begins with `=`.
    Text(&'a str),
    Value(&'a str),
}

/// `{"qStringExpression": …}` or `{"qValueExpression": …}`; each holds a text or `{"qExpr": …}`.
fn expression(members: &Map<String, Value>) -> Option<Expression<'_>> {
    fn text(expression: &Value) -> Option<&str> {
        expression.as_str().or_else(|| expression.get("qExpr")?.as_str())
    }
    match (members.get("qStringExpression"), members.get("qValueExpression")) {
        (Some(expression), _) => text(expression).map(Expression::Text),
        (None, Some(expression)) => text(expression).map(Expression::Value),
        (None, None) => None,
    }
}

/// From so many selected values on, their number stands for them.
const THRESHOLD: usize = 6;

fn current_selections(app: &OpenApp) -> Value {
    let selections = app.selections().iter().map(|(field, chosen)| {
        let Column { name, values, .. } = &app.model.fields[field];
        let text = |&value: &u32| values[value as usize].text.as_str();
        let selected = match chosen.values.len() {
            many if many > THRESHOLD => format!("{many} of {}", values.len()),
            _ => chosen.values.iter().map(text).collect::<Vec<_>>().join(", "),
        };
        let few = chosen.values.iter().take(THRESHOLD);
        json!({
            "qField": name,
            "qReadableName": name,
            "qTotal": values.len(),
            "qSelectedCount": chosen.values.len(),
            "qSelected": selected,
            "qSelectedFieldSelectionInfo": few.map(|value| json!({ "qName": text(value) })).collect::<Vec<_>>(),
            "qSelectionThreshold": THRESHOLD,
            "qLocked": chosen.locked,
            "qIsNum": app.model.fields[field].is_numeric(),
            "qRangeInfo": [],
            "qTextSearch": "",
            "qStateCounts": state_counts(&app.association.states[field]),
        })
    });
    let (back, forward) = app.steps();
    json!({
        "qStateName": "$",
        "qBackCount": back,
        "qForwardCount": forward,
        "qSelections": selections.collect::<Vec<_>>(),
    })
}
