//! Methods of a field: selecting by value instead of by position.

use serde::Deserialize;

use super::{
    model::Field,
    rpc::{Call, Outcome, RpcError},
    session::Session,
};
use crate::table::Cell;

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
    match call.method.as_str() {
        "SelectValues" => {
            let asked: Vec<FieldValue> = call.params.need(0, "qFieldValues")?;
            let toggle = call.params.get(1, "qToggleMode")?.unwrap_or(false);
            let found = positions(&app.model.fields[field], |cell| asked.iter().any(|value| value.is(cell)));
            Ok(select(session, field, found, toggle))
        }
        "Select" => {
            let pattern: String = call.params.need(0, "qMatch")?;
            let found = positions(&app.model.fields[field], |cell| matches(&pattern, &cell.text));
            Ok(select(session, field, found, false))
        }
        "Clear" => {
            app.selections.clear(field);
            Ok(Outcome::of("qReturn", true).changing(session.dependants()))
        }
        method => Err(RpcError::UnknownMethod(method.into())),
    }
}

/// Selecting nothing that exists leaves the selections alone and says so.
fn select(session: &mut Session, field: usize, found: Vec<usize>, toggle: bool) -> Outcome {
    if found.is_empty() {
        return Outcome::of("qReturn", false);
    }
    if let Some(app) = &mut session.app {
        app.selections.select(field, found, toggle);
    }
    Outcome::of("qReturn", true).changing(session.dependants())
}

fn positions(field: &Field, wanted: impl Fn(&Cell) -> bool) -> Vec<usize> {
    field.values.iter().enumerate().filter(|(_, cell)| wanted(cell)).map(|(at, _)| at).collect()
}

impl FieldValue {
    fn is(&self, cell: &Cell) -> bool {
        if self.q_is_numeric { cell.number == Some(self.q_number) } else { cell.text == self.q_text }
    }
}

/// A search text: `*` stands for any letters, and letter case does not matter.
fn matches(pattern: &str, text: &str) -> bool {
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
