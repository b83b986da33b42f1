//! Hypercubes and list objects: dimensions and measures over what the selections leave, in the
//! shapes that layouts and pages have.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    expression::{Aggregation, field_name},
    model::{Field, Model, Selections, State},
    rpc::RpcError,
};
use crate::table::Cell;

/// `qHyperCubeDef`, as far as the lab reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct HyperCubeDef {
    q_dimensions: Vec<DimensionDef>,
    q_measures: Vec<MeasureDef>,
    q_inter_column_sort_order: Vec<i64>,
    q_suppress_zero: bool,
    pub(super) q_initial_data_fetch: Vec<Page>,
}

/// `qListObjectDef`: the one dimension is all there is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ListObjectDef {
    q_def: DimensionInner,
    pub(super) q_initial_data_fetch: Vec<Page>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DimensionDef {
    q_def: DimensionInner,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DimensionInner {
    q_field_defs: Vec<String>,
    q_field_labels: Vec<String>,
    q_sort_criterias: Vec<SortBy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MeasureDef {
    q_def: MeasureInner,
    q_sort_by: SortBy,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MeasureInner {
    q_def: String,
    q_label: String,
}

/// Each is 1 for ascending, -1 for descending, 0 for not at all.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SortBy {
    q_sort_by_state: i8,
    q_sort_by_numeric: i8,
    q_sort_by_ascii: i8,
    q_sort_by_load_order: i8,
}

/// `NxPage`: a rectangle of cells.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Page {
    pub(super) q_left: usize,
    pub(super) q_top: usize,
    pub(super) q_width: usize,
    pub(super) q_height: usize,
}

/// A hypercube or a list, calculated.
#[derive(Debug)]
pub(super) struct Cube<'m> {
    pub(super) columns: Vec<Column<'m>>,
    pub(super) rows: Vec<Vec<Entry>>,
    totals: Vec<Entry>,
}

/// What a column shows.
#[derive(Debug)]
pub(super) struct Column<'m> {
    pub(super) title: String,
    pub(super) dimension: Option<(&'m Field, Vec<State>)>,
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) cell: Cell,
    /// Position among its field's values, for a dimension.
    pub(super) value: Option<(usize, State)>,
}

impl HyperCubeDef {
    /// The field of one dimension.
    pub(super) fn field(&self, model: &Model, dimension: usize) -> Result<usize, RpcError> {
        self.q_dimensions.get(dimension).ok_or(RpcError::Params("qDimNo"))?.q_def.field(model)
    }

    /// How many dimensions it has.
    pub(super) fn dimensions(&self) -> usize {
        self.q_dimensions.len()
    }

    pub(super) fn calculate<'m>(
        &self,
        model: &'m Model,
        selections: &Selections,
    ) -> Result<Cube<'m>, RpcError> {
        let fields: Vec<usize> = self
            .q_dimensions
            .iter()
            .map(|dimension| dimension.q_def.field(model))
            .collect::<Result<_, _>>()?;
        let measures: Vec<Aggregation> =
            self.q_measures.iter().map(|measure| measure.q_def.q_def.parse()).collect::<Result<_, _>>()?;
        let measured = |rows: &[usize]| -> Result<Vec<Entry>, RpcError> {
            measures.iter().map(|measure| Ok(Entry::measured(measure.over(model, rows)?))).collect()
        };

        let included = model.included(selections);
        let totals = measured(&included)?;
        let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for &row in &included {
            let key = fields.iter().map(|&field| model.fields[field].by_row[row]).collect();
            groups.entry(key).or_default().push(row);
        }
        let columns = self.columns(model, selections, &fields);
        let mut rows = Vec::new();
        for (key, members) in &groups {
            let measured = measured(members)?;
            if self.q_suppress_zero && !measured.is_empty() && measured.iter().all(Entry::is_zero) {
                continue;
            }
            let dimensions = columns.iter().zip(key).map(|(column, &value)| column.entry(value));
            rows.push(dimensions.chain(measured).collect());
        }
        self.sort(&mut rows);
        Ok(Cube { columns, rows, totals })
    }

    fn columns<'m>(&self, model: &'m Model, selections: &Selections, fields: &[usize]) -> Vec<Column<'m>> {
        let dimensions = self.q_dimensions.iter().zip(fields).map(|(dimension, &field)| Column {
            title: dimension.q_def.title(),
            dimension: Some((&model.fields[field], model.states(selections, field))),
        });
        let measures = self.q_measures.iter().map(|MeasureDef { q_def, .. }| Column {
            title: if q_def.q_label.is_empty() { q_def.q_def.clone() } else { q_def.q_label.clone() },
            dimension: None,
        });
        dimensions.chain(measures).collect()
    }

    fn sort(&self, rows: &mut [Vec<Entry>]) {
        let columns = self.q_dimensions.len() + self.q_measures.len();
        let order = self.sort_order(columns);
        rows.sort_by(|one, other| {
            order
                .iter()
                .map(|&column| {
                    let ordering = one[column].ascending(&other[column]);
                    if self.direction(column) < 0 { ordering.reverse() } else { ordering }
                })
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }

    fn sort_order(&self, columns: usize) -> Vec<usize> {
        let asked: Vec<usize> = self
            .q_inter_column_sort_order
            .iter()
            .filter_map(|&column| usize::try_from(column).ok().filter(|&column| column < columns))
            .collect();
        if asked.is_empty() { (0..columns).collect() } else { asked }
    }

    fn direction(&self, column: usize) -> i8 {
        match self.q_dimensions.get(column) {
            Some(dimension) => dimension.q_def.q_sort_criterias.first().map_or(1, SortBy::direction),
            None => self.q_measures[column - self.q_dimensions.len()].q_sort_by.direction(),
        }
    }

    /// `qHyperCube`
    pub(super) fn layout(&self, model: &Model, selections: &Selections) -> Result<Value, RpcError> {
        let cube = self.calculate(model, selections)?;
        let (dimensions, measures): (Vec<_>, Vec<_>) =
            cube.columns.iter().partition(|column| column.dimension.is_some());
        let measure_info = |(position, column): (usize, &&Column<'_>)| {
            column.measure_info(&cube.rows, dimensions.len() + position)
        };
        Ok(json!({
            "qSize": { "qcx": cube.columns.len(), "qcy": cube.rows.len() },
            "qDimensionInfo": dimensions.iter().map(|column| column.dimension_info()).collect::<Vec<_>>(),
            "qMeasureInfo": measures.iter().enumerate().map(measure_info).collect::<Vec<_>>(),
            "qEffectiveInterColumnSortOrder": self.sort_order(cube.columns.len()),
            "qColumnOrder": [],
            "qGrandTotalRow": cube.totals.iter().map(Entry::total).collect::<Vec<_>>(),
            "qDataPages": cube.pages(&self.q_initial_data_fetch),
            "qPivotDataPages": [],
            "qStackedDataPages": [],
            "qMode": "S",
            "qNoOfLeftDims": -1,
        }))
    }
}

impl ListObjectDef {
    pub(super) fn field(&self, model: &Model) -> Result<usize, RpcError> {
        self.q_def.field(model)
    }

    /// All values of the field, whatever their states: that is what tells a list from a cube.
    pub(super) fn calculate<'m>(
        &self,
        model: &'m Model,
        selections: &Selections,
    ) -> Result<Cube<'m>, RpcError> {
        let field = self.field(model)?;
        let states = model.states(selections, field);
        let column = Column { title: self.q_def.title(), dimension: Some((&model.fields[field], states)) };
        let mut rows: Vec<Vec<Entry>> =
            (0..model.fields[field].values.len()).map(|value| vec![column.entry(value)]).collect();
        if let Some(sort) = self.q_def.q_sort_criterias.first() {
            if sort.direction() < 0 {
                rows.reverse();
            }
            if sort.q_sort_by_state != 0 {
                rows.sort_by_key(|row| row[0].rank() * i16::from(sort.q_sort_by_state));
            }
        }
        Ok(Cube { columns: vec![column], rows, totals: Vec::new() })
    }

    /// `qListObject`
    pub(super) fn layout(&self, model: &Model, selections: &Selections) -> Result<Value, RpcError> {
        let cube = self.calculate(model, selections)?;
        Ok(json!({
            "qSize": { "qcx": 1, "qcy": cube.rows.len() },
            "qDimensionInfo": cube.columns[0].dimension_info(),
            "qExpressions": [],
            "qDataPages": cube.pages(&self.q_initial_data_fetch),
        }))
    }
}

impl DimensionInner {
    fn field(&self, model: &Model) -> Result<usize, RpcError> {
        let definition = self.q_field_defs.first().ok_or(RpcError::Params("qFieldDefs"))?;
        model.field(field_name(definition)).ok_or_else(|| RpcError::Expression(definition.clone()))
    }

    fn title(&self) -> String {
        match self.q_field_labels.first().filter(|label| !label.is_empty()) {
            Some(label) => label.clone(),
            None => self.q_field_defs.first().map_or("", |definition| field_name(definition)).to_owned(),
        }
    }
}

impl SortBy {
    fn direction(&self) -> i8 {
        [self.q_sort_by_numeric, self.q_sort_by_ascii, self.q_sort_by_load_order]
            .into_iter()
            .find(|&direction| direction != 0)
            .unwrap_or(1)
    }
}
