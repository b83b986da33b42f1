//! From an object's properties to its layout: definitions become what they define, expressions
//! become values, and everything else is copied.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    expression::Aggregation,
    hypercube::{HyperCubeDef, ListObjectDef},
    model::State,
    rpc::RpcError,
    session::OpenApp,
};
use crate::table::Cell;

/// The layout of an object.
pub(super) fn of(app: &OpenApp, id: &str, properties: &Value) -> Result<Value, RpcError> {
    let mut layout = evaluate(app, properties)?;
    let in_selections = app.modal.as_ref().is_some_and(|modal| modal.object == id);
    layout["qSelectionInfo"] = if in_selections { json!({ "qInSelections": true }) } else { json!({}) };
    layout["qMeta"] = json!({ "privileges": ["read", "exportdata"] });
    Ok(layout)
}

/// An expression's value under the selections.
pub(super) fn value(app: &OpenApp, expression: &str) -> Result<Cell, RpcError> {
    let aggregation: Aggregation = expression.parse()?;
    let value = aggregation.over(&app.model, &app.model.included(&app.selections))?;
    Ok(value.map_or_else(|| Cell::text("-"), Cell::number))
}

fn evaluate(app: &OpenApp, properties: &Value) -> Result<Value, RpcError> {
    match properties {
        Value::Object(members) => match expression(members) {
            Some(Expression::Text(text)) if text.trim().starts_with('=') => Ok(value(app, text)?.text.into()),
            Some(Expression::Text(text)) => Ok(text.into()),
            Some(Expression::Value(text)) => {
                let Cell { text, number } = value(app, text)?;
                Ok(number.map_or_else(|| Value::from(text), Value::from))
            }
            None => {
                let members = members.iter().map(|(key, value)| member(app, key, value));
                Ok(members.collect::<Result<Map<_, _>, _>>()?.into())
            }
        },
        Value::Array(values) => values.iter().map(|value| evaluate(app, value)).collect(),
        plain => Ok(plain.clone()),
    }
}

fn member(app: &OpenApp, key: &str, value: &Value) -> Result<(String, Value), RpcError> {
    let (name, value) = match key {
        "qHyperCubeDef" => {
            let definition =
                HyperCubeDef::deserialize(value).map_err(|_| RpcError::Params("qHyperCubeDef"))?;
            ("qHyperCube", definition.layout(&app.model, &app.selections)?)
        }
        "qListObjectDef" => {
            let definition =
                ListObjectDef::deserialize(value).map_err(|_| RpcError::Params("qListObjectDef"))?;
            ("qListObject", definition.layout(&app.model, &app.selections)?)
        }
        "qSelectionObjectDef" => ("qSelectionObject", current_selections(app)),
        key => (key, evaluate(app, value)?),
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

fn current_selections(app: &OpenApp) -> Value {
    let selections = app.selections.iter().map(|(field, selected)| {
        let texts: Vec<&str> = selected.iter().map(|&value| app.model.fields[field].values[value].text.as_str()).collect();
        let states = app.model.states(&app.selections, field);
        let count = |state| states.iter().filter(|&&other| other == state).count();
        json!({
            "qField": app.model.fields[field].name,
            "qTotal": states.len(),
            "qSelectedCount": selected.len(),
            "qSelected": texts.join(", "),
            "qSelectedFieldSelectionInfo": texts.iter().map(|text| json!({ "qName": text })).collect::<Vec<_>>(),
            "qIsNum": app.model.fields[field].is_numeric(),
            "qStateCounts": {
                "qSelected": count(State::Selected),
                "qOption": count(State::Possible),
                "qAlternative": count(State::Alternative),
                "qExcluded": count(State::Excluded),
                "qSelectedExcluded": count(State::SelectedExcluded),
            },
        })
    });
    json!({ "qBackCount": 0, "qForwardCount": 0, "qSelections": selections.collect::<Vec<_>>() })
}
