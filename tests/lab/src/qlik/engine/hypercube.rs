//! Hypercubes and list objects: what a client defines, and the rows that come of it.

use std::{cmp::Ordering, collections::HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    expression::{Aggregation, field_name},
    field::matches,
    model::{Model, State},
    rpc::RpcError,
};

/// `qHyperCubeDef`, as far as the lab reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct HyperCubeDef {
    q_dimensions: Vec<DimensionDef>,
    q_measures: Vec<MeasureDef>,
    q_inter_column_sort_order: Vec<i64>,
    q_suppress_zero: bool,
    pub(super) q_mode: Mode,
    pub(super) q_initial_data_fetch: Vec<Page>,
    pub(super) q_column_order: Value,
}

/// How the rows are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub(super) enum Mode {
    /// One after the other.
    #[default]
    #[serde(rename = "S", alias = "DATA_MODE_STRAIGHT")]
    Straight,
    /// As a tree, a level a dimension.
    #[serde(rename = "K", alias = "DATA_MODE_PIVOT_STACK")]
    Stacked,
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
    q_reverse_sort: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
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
    q_reverse_sort: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
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

/// A hypercube or a list, calculated: dimensions first, measures after them.
#[derive(Debug)]
pub(super) struct Cube {
    pub(super) columns: Vec<Column>,
    /// How many of the columns are dimensions.
    pub(super) dimensions: usize,
    /// The values of the dimensions, row by row.
    keys: Vec<u32>,
    /// What is measured, column by column; NaN for nothing.
    measured: Vec<Vec<f64>>,
    /// The rows as they are sorted.
    order: Vec<u32>,
    /// What is measured over all rows.
    pub(super) totals: Vec<f64>,
    /// Which columns were sorted by, the first one first.
    pub(super) sort_order: Vec<usize>,
}

/// What a column shows.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) title: String,
    /// The field, for a dimension.
    pub(super) field: Option<usize>,
    pub(super) descending: bool,
    /// What the client keeps in the definition for itself.
    pub(super) rest: Map<String, Value>,
}

/// One cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// A value of a field, by its position.
    Value {
        field: usize,
        value: u32,
    },
    Measured(f64),
}

impl HyperCubeDef {
    /// Over these rows of the model.
    pub(super) fn calculate(&self, model: &Model, included: &[u32]) -> Result<Cube, RpcError> {
        let columns = self.columns(model)?;
        let fields: Vec<usize> = columns.iter().filter_map(|column| column.field).collect();
        let measures: Vec<Aggregation> =
            self.q_measures.iter().map(|measure| measure.q_def.q_def.parse()).collect::<Result<_, _>>()?;
        let (group_of, keys) = grouped(model, included, &fields);
        let groups = match fields.len() {
            0 => usize::from(!measures.is_empty()),
            dimensions => keys.len() / dimensions,
        };
        let measured: Vec<Vec<f64>> = measures
            .iter()
            .map(|measure| measure.by_group(model, included, &group_of, groups))
            .collect::<Result<_, _>>()?;
        let totals =
            measures.iter().map(|measure| measure.over(model, included)).collect::<Result<_, _>>()?;
        let order = (0..groups as u32)
            .filter(|&group| {
                !self.q_suppress_zero
                    || measured.is_empty()
                    || measured.iter().any(|measured| measured[group as usize] != 0.0)
            })
            .collect();
        let sort_order = self.sort_order(columns.len());
        let dimensions = fields.len();
        let mut cube = Cube { columns, dimensions, keys, measured, order, totals, sort_order };
        cube.sort();
        Ok(cube)
    }

    fn columns(&self, model: &Model) -> Result<Vec<Column>, RpcError> {
        let dimensions = self.q_dimensions.iter().map(|dimension| dimension.q_def.column(model));
        let measures = self.q_measures.iter().map(|MeasureDef { q_def, q_sort_by }| {
            Ok(Column {
                title: if q_def.q_label.is_empty() { q_def.q_def.clone() } else { q_def.q_label.clone() },
                field: None,
                descending: q_sort_by.descending(true, q_def.q_reverse_sort),
                rest: own(&q_def.rest),
            })
        });
        dimensions.chain(measures).collect()
    }

    fn sort_order(&self, columns: usize) -> Vec<usize> {
        let asked: Vec<usize> = self
            .q_inter_column_sort_order
            .iter()
            .filter_map(|&column| usize::try_from(column).ok().filter(|&column| column < columns))
            .collect();
        if asked.is_empty() { (0..columns).collect() } else { asked }
    }

    /// The fields of its dimensions.
    pub(super) fn fields(&self, model: &Model) -> Result<Vec<usize>, RpcError> {
        self.q_dimensions.iter().map(|dimension| dimension.q_def.field(model)).collect()
    }
}

/// Which group of equal values each row is in, and the values of each group.
fn grouped(model: &Model, rows: &[u32], fields: &[usize]) -> (Vec<u32>, Vec<u32>) {
    let mut group_of = vec![0; rows.len()];
    let mut keys = Vec::new();
    for (depth, &field) in fields.iter().enumerate() {
        let value = |row: u32| model.fields[field].rows[row as usize];
        let mut longer: Vec<u32> = Vec::new();
        if depth > 0 && keys.len() == rows.len() * depth {
            // Each row is a group of its own already, and they are in the order of the rows.
            for (&row, key) in rows.iter().zip(keys.chunks(depth)) {
                longer.extend_from_slice(key);
                longer.push(value(row));
            }
        } else {
            let mut groups: HashMap<(u32, u32), u32> = HashMap::new();
            for (&row, group) in rows.iter().zip(&mut group_of) {
                let next = groups.len() as u32;
                let outer = *group;
                *group = *groups.entry((outer, value(row))).or_insert_with(|| {
                    let start = outer as usize * depth;
                    longer.extend_from_slice(&keys[start..start + depth]);
                    longer.push(value(row));
                    next
                });
            }
        }
        keys = longer;
    }
    (group_of, keys)
}

impl ListObjectDef {
    pub(super) fn field(&self, model: &Model) -> Result<usize, RpcError> {
        self.q_def.field(model)
    }

    /// All values of the field, whatever their states: that is what tells a list from a cube.
    pub(super) fn calculate(
        &self,
        model: &Model,
        states: &[Vec<State>],
        search: Option<&str>,
    ) -> Result<Cube, RpcError> {
        let field = self.field(model)?;
        let values = &model.fields[field].values;
        let column = self.q_def.column(model)?;
        let mut order: Vec<u32> = (0..values.len() as u32)
            .filter(|&value| search.is_none_or(|pattern| matches(pattern, &values[value as usize].text)))
            .collect();
        if column.descending {
            order.reverse();
        }
        let by_state = self.q_def.q_sort_criterias.first().map_or(0, |sort| sort.q_sort_by_state);
        if by_state != 0 {
            order.sort_by_key(|&value| states[field][value as usize].rank() * i16::from(by_state));
        }
        Ok(Cube {
            columns: vec![column],
            dimensions: 1,
            keys: (0..values.len() as u32).collect(),
            measured: Vec::new(),
            order,
            totals: Vec::new(),
            sort_order: vec![0],
        })
    }
}

impl DimensionInner {
    fn field(&self, model: &Model) -> Result<usize, RpcError> {
        let definition = self.q_field_defs.first().ok_or(RpcError::Params("qFieldDefs"))?;
        model.field(field_name(definition)).ok_or_else(|| RpcError::Expression(definition.clone()))
    }

    fn column(&self, model: &Model) -> Result<Column, RpcError> {
        let field = self.field(model)?;
        let numeric = model.fields[field].is_numeric();
        let sort = self.q_sort_criterias.first();
        Ok(Column {
            title: self.title(),
            field: Some(field),
            descending: sort
                .map_or(self.q_reverse_sort, |sort| sort.descending(numeric, self.q_reverse_sort)),
            rest: own(&self.rest),
        })
    }

    fn title(&self) -> String {
        match self.q_field_labels.first().filter(|label| !label.is_empty()) {
            Some(label) => label.clone(),
            None => self.q_field_defs.first().map_or("", |definition| field_name(definition)).to_owned(),
        }
    }
}

impl SortBy {
    /// Numbers are sorted by size where that is asked for, texts by letter.
    fn descending(&self, numeric: bool, reverse: bool) -> bool {
        let criteria = if numeric {
            [self.q_sort_by_numeric, self.q_sort_by_ascii, self.q_sort_by_load_order]
        } else {
            [self.q_sort_by_ascii, self.q_sort_by_load_order, self.q_sort_by_numeric]
        };
        let asked = criteria.into_iter().find(|&direction| direction != 0);
        asked.is_some_and(|direction| direction < 0) != reverse
    }
}

/// What a definition holds that is not the engine's: clients find it again in the layout.
fn own(rest: &Map<String, Value>) -> Map<String, Value> {
    rest.iter()
        .filter(|(key, _)| !key.starts_with('q'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

impl Cube {
    pub(super) fn rows(&self) -> usize {
        self.order.len()
    }

    /// The cell in a row, as they are sorted, and a column.
    pub(super) fn entry(&self, row: usize, column: usize) -> Entry {
        self.unsorted(self.order[row], column)
    }

    fn unsorted(&self, row: u32, column: usize) -> Entry {
        let row = row as usize;
        match self.columns[column].field {
            Some(field) => Entry::Value { field, value: self.keys[row * self.dimensions + column] },
            None => Entry::Measured(self.measured[column - self.dimensions][row]),
        }
    }

    fn sort(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        order.sort_by(|&one, &other| {
            self.sort_order
                .iter()
                .map(|&column| {
                    let ordering = self.unsorted(one, column).ascending(self.unsorted(other, column));
                    if self.columns[column].descending { ordering.reverse() } else { ordering }
                })
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        self.order = order;
    }
}

impl Entry {
    fn ascending(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Value { value: one, .. }, Self::Value { value: other, .. }) => one.cmp(&other),
            (Self::Measured(one), Self::Measured(other)) => one.total_cmp(&other),
            _ => Ordering::Equal,
        }
    }
}
