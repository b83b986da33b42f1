//! How a cube is written: its layout, its pages, and what is said about each column.

use serde_json::{Value, json};

use super::{
    hypercube::{Column, Cube, Entry, HyperCubeDef, ListObjectDef, Mode, Page},
    model::{Model, State},
    stacked,
};
use crate::table::Cell;

/// A cube, with the model that it is of and the states in it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) cube: &'a Cube,
    pub(super) model: &'a Model,
    pub(super) states: &'a [Vec<State>],
}

impl View<'_> {
    /// `qHyperCube`
    pub(super) fn hypercube(self, definition: &HyperCubeDef) -> Value {
        let Self { cube, .. } = self;
        let pages = &definition.q_initial_data_fetch;
        let stacked = definition.q_mode == Mode::Stacked;
        let (qcx, qcy) = if stacked { stacked::size(self) } else { (cube.columns.len(), cube.rows()) };
        let info = |column: &Column| self.column_info(column);
        json!({
            "qSize": { "qcx": qcx, "qcy": qcy },
            "qDimensionInfo": cube.columns[..cube.dimensions].iter().map(info).collect::<Vec<_>>(),
            "qMeasureInfo": (cube.dimensions..cube.columns.len())
                .map(|column| self.measure_info(column))
                .collect::<Vec<_>>(),
            "qEffectiveInterColumnSortOrder": cube.sort_order,
            "qColumnOrder": if definition.q_column_order.is_array() {
                definition.q_column_order.clone()
            } else {
                json!([])
            },
            "qGrandTotalRow": cube.totals.iter().map(|&total| total_cell(total)).collect::<Vec<_>>(),
            "qDataPages": if stacked { Vec::new() } else { self.pages(pages) },
            "qPivotDataPages": [],
            "qStackedDataPages": if stacked { stacked::pages(self, pages) } else { Vec::new() },
            "qTreeNodesOnDim": [],
            "qMode": if stacked { "K" } else { "S" },
            "qNoOfLeftDims": -1,
        })
    }

    /// `qListObject`
    pub(super) fn list_object(self, definition: &ListObjectDef) -> Value {
        json!({
            "qSize": { "qcx": 1, "qcy": self.cube.rows() },
            "qDimensionInfo": self.column_info(&self.cube.columns[0]),
            "qExpressions": [],
            "qDataPages": self.pages(&definition.q_initial_data_fetch),
        })
    }

    /// `qDataPages`
    pub(super) fn pages(self, pages: &[Page]) -> Vec<Value> {
        pages.iter().map(|page| self.page(page, 1)).collect()
    }

    /// Every so many rows, so that all of them span one page.
    pub(super) fn reduced(self, page: &Page) -> Value {
        self.page(page, self.cube.rows().div_ceil(page.q_height.max(1)).max(1))
    }

    fn page(self, page: &Page, step: usize) -> Value {
        let columns = self.cube.columns.len();
        let left = page.q_left.min(columns);
        let right = left.saturating_add(page.q_width).min(columns);
        let rows = (page.q_top..self.cube.rows()).step_by(step).take(page.q_height);
        let matrix: Vec<Vec<Value>> =
            rows.map(|row| (left..right).map(|column| self.cell(row, column)).collect()).collect();
        json!({
            "qArea": {
                "qLeft": page.q_left,
                "qTop": page.q_top,
                "qWidth": right - left,
                "qHeight": matrix.len(),
            },
            "qMatrix": matrix,
            "qTails": vec![json!({ "qUp": 0, "qDown": 0 }); self.cube.dimensions],
        })
    }

    fn cell(self, row: usize, column: usize) -> Value {
        match self.cube.entry(row, column) {
            Entry::Value { field, value } => json!({
                "qText": self.value(field, value).text,
                "qNum": number(self.value(field, value)),
                "qElemNumber": value,
                "qState": self.states[field][value as usize].letters(),
            }),
            Entry::Measured(measured) => {
                let cell = measured_cell(measured);
                json!({ "qText": cell.text, "qNum": number(&cell), "qElemNumber": 0, "qState": "L" })
            }
        }
    }

    fn value(&self, field: usize, value: u32) -> &Cell {
        &self.model.fields[field].values[value as usize]
    }

    /// What is shown in a cell.
    pub(super) fn shown(self, row: usize, column: usize) -> Cell {
        match self.cube.entry(row, column) {
            Entry::Value { field, value } => self.value(field, value).clone(),
            Entry::Measured(measured) => measured_cell(measured),
        }
    }

    /// `NxDimensionInfo`
    fn column_info(self, column: &Column) -> Value {
        let Some(field) = column.field else { return Value::Null };
        let (field, states) = (&self.model.fields[field], &self.states[field]);
        let numbers = || field.values.iter().filter_map(|value| value.number);
        let extreme = |number: Option<f64>| number.map_or_else(|| "NaN".into(), Value::from);
        let kinds = if field.is_numeric() { ["$numeric", "$integer"] } else { ["$ascii", "$text"] };
        let mut info = json!({
            "qFallbackTitle": column.title,
            "qApprMaxGlyphCount": field.values.iter().map(|value| value.text.chars().count()).max(),
            "qCardinal": field.values.len(),
            "qSortIndicator": if column.descending { "D" } else { "A" },
            "qGroupFallbackTitles": [column.title],
            "qGroupPos": 0,
            "qGroupFieldDefs": [field.name],
            "qStateCounts": state_counts(states),
            "qTags": kinds,
            "qDimensionType": if field.is_numeric() { "N" } else { "D" },
            "qGrouping": "N",
            "qNumFormat": { "qType": "U", "qnDec": 0, "qUseThou": 0 },
            "qIsAutoFormat": true,
            "qMin": extreme(numbers().reduce(f64::min)),
            "qMax": extreme(numbers().reduce(f64::max)),
            "qAttrExprInfo": [],
            "qAttrDimInfo": [],
            "qCardinalities": { "qCardinal": field.values.len(), "qHypercubeCardinal": field.values.len() },
        });
        for (key, value) in &column.rest {
            info[key] = value.clone();
        }
        info
    }

    /// `NxMeasureInfo` of the measure in this column.
    fn measure_info(self, column: usize) -> Value {
        let numbers = || {
            (0..self.cube.rows()).filter_map(move |row| match self.cube.entry(row, column) {
                Entry::Measured(number) => Some(number).filter(|number| !number.is_nan()),
                Entry::Value { .. } => None,
            })
        };
        let (least, most) = (numbers().reduce(f64::min), numbers().reduce(f64::max));
        let glyphs = [least, most].into_iter().flatten().map(|number| measured_cell(number).text.len()).max();
        let Column { title, descending, rest, .. } = &self.cube.columns[column];
        let mut info = json!({
            "qFallbackTitle": title,
            "qApprMaxGlyphCount": glyphs.unwrap_or_default(),
            "qCardinal": 0,
            "qSortIndicator": if *descending { "D" } else { "A" },
            "qNumFormat": { "qType": "U", "qnDec": 0, "qUseThou": 0 },
            "qIsAutoFormat": true,
            "qMin": least.unwrap_or_default(),
            "qMax": most.unwrap_or_default(),
            "qAttrExprInfo": [],
            "qAttrDimInfo": [],
            "qTrendLines": [],
        });
        for (key, value) in rest {
            info[key] = value.clone();
        }
        info
    }
}

/// `NxStateCounts`
pub(super) fn state_counts(states: &[State]) -> Value {
    let count = |state: State| states.iter().filter(|&&other| other == state).count();
    json!({
        "qLocked": count(State::Locked),
        "qSelected": count(State::Selected),
        "qOption": count(State::Possible),
        "qDeselected": 0,
        "qAlternative": count(State::Alternative),
        "qExcluded": count(State::Excluded),
        "qSelectedExcluded": count(State::SelectedExcluded),
        "qLockedExcluded": count(State::LockedExcluded),
    })
}

/// What a measure shows.
pub(super) fn measured_cell(number: f64) -> Cell {
    if number.is_nan() {
        return Cell::text("-");
    }
    // Fourteen digits would show how floats are added; six are enough for money.
    Cell { text: ((number * 1e6).round() / 1e6).to_string(), number: Some(number) }
}

fn total_cell(total: f64) -> Value {
    let cell = measured_cell(total);
    json!({
        "qText": cell.text,
        "qNum": number(&cell),
        "qElemNumber": -1,
        "qState": "X",
        "qIsTotalCell": true,
    })
}

/// JSON knows no NaN, so the engine says it in letters.
pub(super) fn number(cell: &Cell) -> Value {
    cell.number.map_or_else(|| "NaN".into(), Value::from)
}

impl State {
    pub(super) fn letters(self) -> &'static str {
        match self {
            Self::Selected => "S",
            Self::Possible => "O",
            Self::Alternative => "A",
            Self::Excluded => "X",
            Self::SelectedExcluded => "XS",
            Self::Locked => "L",
            Self::LockedExcluded => "XL",
        }
    }

    /// Selected values first, excluded ones last.
    pub(super) fn rank(self) -> i16 {
        match self {
            Self::Locked | Self::Selected => 0,
            Self::Possible => 1,
            Self::Alternative => 2,
            Self::SelectedExcluded | Self::LockedExcluded | Self::Excluded => 3,
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
        let model = fruit();
        let association = model.associate(selections);
        let cube = definition.calculate(&model, &association.included).unwrap();
        View { cube: &cube, model: &model, states: &association.states }.hypercube(&definition)
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
        let model = fruit();
        let states = model.associate(&selections).states;
        let cube = definition.calculate(&model, &states, None).unwrap();
        let layout = View { cube: &cube, model: &model, states: &states }.list_object(&definition);
        let rows = layout["qDataPages"][0]["qMatrix"].as_array().unwrap();
        let states: Vec<_> = rows.iter().map(|row| (&row[0]["qText"], &row[0]["qState"])).collect();
        assert_eq!(
            states,
            [(&json!("Apple"), &json!("O")), (&json!("Pear"), &json!("O")), (&json!("Fig"), &json!("X"))]
        );
    }
}
