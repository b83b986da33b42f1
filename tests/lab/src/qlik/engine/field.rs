//! Methods of a field: selecting by value, by search or by state.

use serde::Deserialize;

use super::{
    rpc::{Call, Outcome, RpcError},
    selecting::states_of,
    session::Session,
};
use crate::table::{Cell, Column};

/// `FieldValue`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FieldValue {
    q_text: String,
    q_is_numeric: bool,
    q_number: f64,
}

pub(super) fn call(session: &mut Session, call: &Call, field: usize) -> Result<Outcome, RpcError> {
    let app = session.opened()?;
    let params = &call.params;
    let values = &app.model.fields[field];
    let (found, toggle) = match call.method.as_str() {
        "SelectValues" => {
            let asked: Vec<FieldValue> = params.need(0, "qFieldValues")?;
            let found = positions(values, |cell| asked.iter().any(|value| value.is(cell)));
            (found, params.get(1, "qToggleMode")?.unwrap_or(false))
        }
        "LowLevelSelect" => {
            let found: Vec<u32> = params.need(0, "qValues")?;
            if found.iter().any(|&value| value as usize >= values.values.len()) {
                return Err(RpcError::Params("qValues"));
            }
            (found, params.get(1, "qToggleMode")?.unwrap_or(false))
        }
        method @ ("Select" | "ToggleSelect") => {
            let pattern: String = params.need(0, "qMatch")?;
            (positions(values, |cell| matches(&pattern, &cell.text)), method == "ToggleSelect")
        }
        "Clear" => {
            app.change(|selections| selections.clear(field));
            return Ok(Outcome::of("qReturn", true).changing(session.dependants()));
        }
        "ClearAllButThis" => {
            app.change(|selections| selections.retain(|other, chosen| other == field || chosen.locked));
            return Ok(Outcome::of("qReturn", true).changing(session.dependants()));
        }
        method @ ("Lock" | "Unlock") => {
            app.change(|selections| selections.lock(method == "Lock", |other| other == field));
            return Ok(Outcome::of("qReturn", true).changing(session.dependants()));
        }
        "GetCardinal" => return Ok(Outcome::of("qReturn", values.values.len())),
        method => match method.strip_prefix("Select").and_then(states_of) {
            Some(states) => (app.values(field, states), false),
            None => return Err(RpcError::UnknownMethod(method.into())),
        },
    };
    // Selecting nothing that exists leaves the selections alone and says so.
    if found.is_empty() {
        return Ok(Outcome::of("qReturn", false));
    }
    app.end_modal(true);
    let done = app.change(|selections| selections.select(field, found, toggle));
    Ok(Outcome::of("qReturn", done).changing(session.dependants()))
}

fn positions(field: &Column, wanted: impl Fn(&Cell) -> bool) -> Vec<u32> {
    (0..).zip(&field.values).filter(|(_, cell)| wanted(cell)).map(|(at, _)| at).collect()
}

impl FieldValue {
    fn is(&self, cell: &Cell) -> bool {
        if self.q_is_numeric { cell.number == Some(self.q_number) } else { cell.text == self.q_text }
    }
}

/// A search text: `*` stands for any letters, and letter case does not matter.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, text, expected) in [
            ("north", "North", true),
            ("nor", "North", false),
            ("nor*", "North", true),
            ("*th", "North", true),
            ("n*r*h", "North", true),
            ("n*x*h", "North", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
