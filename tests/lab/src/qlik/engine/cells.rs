//! How the cells of a cube are written: pages, and what a layout says about each column.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::{
    hypercube::{Column, Cube, Entry, Page},
    model::State,
};
use crate::table::Cell;

impl Cube<'_> {
    /// `qDataPages`
    pub(super) fn pages(&self, pages: &[Page]) -> Vec<Value> {
        pages.iter().map(|page| self.page(page)).collect()
    }

    fn page(&self, page: &Page) -> Value {
        let rows = self.rows.iter().skip(page.q_top).take(page.q_height);
        let matrix: Vec<Vec<Value>> = rows
            .map(|row| row.iter().skip(page.q_left).take(page.q_width).map(Entry::to_json).collect())
            .collect();
        let width = self.columns.len().saturating_sub(page.q_left).min(page.q_width);
        json!({
            "qArea": { "qLeft": page.q_left, "qTop": page.q_top, "qWidth": width, "qHeight": matrix.len() },
            "qMatrix": matrix,
            "qTails": [{ "qUp": 0, "qDown": 0 }],
        })
    }
}

impl Column<'_> {
    pub(super) fn entry(&self, value: usize) -> Entry {
        let (cell, state) = match &self.dimension {
            Some((field, states)) => (field.values[value].clone(), states[value]),
            None => (Cell::text(""), State::Possible),
        };
        Entry { cell, value: Some((value, state)) }
    }

    /// `NxDimensionInfo`
    pub(super) fn dimension_info(&self) -> Value {
        let Some((field, states)) = &self.dimension else { return Value::Null };
        let count = |state: State| states.iter().filter(|&&other| other == state).count();
        let numbers = || field.values.iter().filter_map(|value| value.number);
        let kinds = if field.is_numeric() { ["$numeric", "$integer"] } else { ["$ascii", "$text"] };
        json!({
            "qFallbackTitle": self.title,
            "qApprMaxGlyphCount": field.values.iter().map(|value| value.text.chars().count()).max(),
            "qCardinal": field.values.len(),
            "qSortIndicator": "A",
            "qGroupFallbackTitles": [self.title],
            "qGroupPos": 0,
            "qGroupFieldDefs": [field.name],
            "qStateCounts": {
                "qLocked": 0,
                "qSelected": count(State::Selected),
                "qOption": count(State::Possible),
                "qDeselected": 0,
                "qAlternative": count(State::Alternative),
                "qExcluded": count(State::Excluded),
                "qSelectedExcluded": count(State::SelectedExcluded),
                "qLockedExcluded": 0,
            },
            "qTags": kinds,
            "qDimensionType": if field.is_numeric() { "N" } else { "D" },
            "qGrouping": "N",
            "qNumFormat": { "qType": "U", "qnDec": 0, "qUseThou": 0 },
            "qMin": numbers().reduce(f64::min).map_or_else(|| "NaN".into(), Value::from),
            "qMax": numbers().reduce(f64::max).map_or_else(|| "NaN".into(), Value::from),
            "qAttrExprInfo": [],
            "qAttrDimInfo": [],
            "qCardinalities": { "qCardinal": field.values.len(), "qHypercubeCardinal": field.values.len() },
        })
    }

    /// `NxMeasureInfo` of the measure in this column.
    pub(super) fn measure_info(&self, rows: &[Vec<Entry>], column: usize) -> Value {
        let numbers = || rows.iter().filter_map(|row| row[column].cell.number);
        let glyphs = rows.iter().map(|row| row[column].cell.text.chars().count()).max();
        json!({
            "qFallbackTitle": self.title,
            "qApprMaxGlyphCount": glyphs.unwrap_or_default(),
            "qCardinal": 0,
            "qSortIndicator": "N",
            "qNumFormat": { "qType": "U", "qnDec": 0, "qUseThou": 0 },
            "qMin": numbers().reduce(f64::min).unwrap_or_default(),
            "qMax": numbers().reduce(f64::max).unwrap_or_default(),
            "qAttrExprInfo": [],
            "qAttrDimInfo": [],
            "qTrendLines": [],
        })
    }
}

impl Entry {
    pub(super) fn measured(number: Option<f64>) -> Self {
        let cell = match number {
            // Fourteen digits would show how floats are added; six are enough for money.
            Some(number) => Cell { text: ((number * 1e6).round() / 1e6).to_string(), number: Some(number) },
            None => Cell::text("-"),
        };
        Self { cell, value: None }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.cell.number == Some(0.0)
    }

    pub(super) fn ascending(&self, other: &Self) -> Ordering {
        match (self.value, other.value) {
            (Some((one, _)), Some((other, _))) => one.cmp(&other),
            _ => self.number().total_cmp(&other.number()),
        }
    }

    /// Selected values first, excluded ones last.
    pub(super) fn rank(&self) -> i16 {
        match self.value.map(|(_, state)| state) {
            Some(State::Selected) => 0,
            Some(State::Possible) => 1,
            Some(State::Alternative) => 2,
            Some(State::SelectedExcluded) => 3,
            Some(State::Excluded) | None => 4,
        }
    }

    /// `NxCell`
    fn to_json(&self) -> Value {
        let (number, state) = match self.value {
            Some((position, state)) => (position, state.letters()),
            None => (0, "L"),
        };
        json!({ "qText": self.cell.text, "qNum": self.json_number(), "qElemNumber": number, "qState": state })
    }

    /// The cell of a grand total.
    pub(super) fn total(&self) -> Value {
        json!({
            "qText": self.cell.text,
            "qNum": self.json_number(),
            "qElemNumber": -1,
            "qState": "X",
            "qIsTotalCell": true,
        })
    }

    fn number(&self) -> f64 {
        self.cell.number.unwrap_or(f64::INFINITY)
    }

    /// JSON knows no NaN, so the engine says it in letters.
    fn json_number(&self) -> Value {
        self.cell.number.map_or_else(|| "NaN".into(), Value::from)
    }
}

impl State {
    fn letters(self) -> &'static str {
        match self {
            Self::Selected => "S",
            Self::Possible => "O",
            Self::Alternative => "A",
            Self::Excluded => "X",
            Self::SelectedExcluded => "XS",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::from_value;

    use super::{
        super::{
            hypercube::{HyperCubeDef, ListObjectDef},
            model::{Selections, tests::fruit},
        },
        *,
    };

    fn texts(layout: &Value) -> Vec<Vec<String>> {
        let rows = layout["qDataPages"][0]["qMatrix"].as_array().unwrap();
        let text = |cell: &Value| cell["qText"].as_str().unwrap().to_owned();
        rows.iter().map(|row| row.as_array().unwrap().iter().map(text).collect()).collect()
    }

    fn sales_by_product(selections: &Selections) -> Value {
        let definition: HyperCubeDef = from_value(json!({
            "qDimensions": [{ "qDef": { "qFieldDefs": ["[Product]"] } }],
            "qMeasures": [{ "qDef": { "qDef": "Sum(Sales)" }, "qSortBy": { "qSortByNumeric": -1 } }],
            "qInterColumnSortOrder": [1, 0],
            "qInitialDataFetch": [{ "qWidth": 2, "qHeight": 2 }],
        }))
        .unwrap();
        definition.layout(&fruit(), selections).unwrap()
    }

    #[test]
    fn a_cube_groups_sorts_and_pages() {
        let layout = sales_by_product(&Selections::default());
        assert_eq!(texts(&layout), [["Fig", "20"], ["Apple", "16"]]);
        assert_eq!(layout["qSize"], json!({ "qcx": 2, "qcy": 3 }));
        assert_eq!(layout["qGrandTotalRow"][0]["qNum"], 38.0);
        assert_eq!(
            layout["qDataPages"][0]["qArea"],
            json!({ "qLeft": 0, "qTop": 0, "qWidth": 2, "qHeight": 2 })
        );
    }

    #[test]
    fn a_cube_holds_only_what_the_selections_leave() {
        let mut selections = Selections::default();
        selections.select(0, [0], false);
        assert_eq!(texts(&sales_by_product(&selections)), [["Apple", "11"], ["Pear", "2"]]);
    }

    #[test]
    fn a_list_shows_every_value_with_its_state() {
        let mut selections = Selections::default();
        selections.select(0, [0], false);
        let definition: ListObjectDef = from_value(json!({
            "qDef": { "qFieldDefs": ["Product"], "qSortCriterias": [{ "qSortByState": 1 }] },
            "qInitialDataFetch": [{ "qWidth": 1, "qHeight": 10 }],
        }))
        .unwrap();
        let layout = definition.layout(&fruit(), &selections).unwrap();
        let rows = layout["qDataPages"][0]["qMatrix"].as_array().unwrap();
        let states: Vec<_> = rows.iter().map(|row| (&row[0]["qText"], &row[0]["qState"])).collect();
        assert_eq!(
            states,
            [(&json!("Apple"), &json!("O")), (&json!("Pear"), &json!("O")), (&json!("Fig"), &json!("X"))]
        );
    }
}
