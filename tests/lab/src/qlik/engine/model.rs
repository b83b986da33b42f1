//! An app's data as the engine sees it: fields of distinct values, rows that associate them, and
//! the selections that colour every value.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{Cell, Table};

/// The associative model of one table.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) fields: Vec<Field>,
    rows: usize,
}

/// A field: its distinct values in ascending order, and which of them each row holds.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) values: Vec<Cell>,
    pub(super) by_row: Vec<usize>,
}

/// What the selections make of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Selected,
    Possible,
    /// Possible, if only the selection in its own field were another.
    Alternative,
    Excluded,
    /// Selected, and excluded by the selection in another field.
    SelectedExcluded,
}

/// The selected values of each field that has any, by their positions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selections {
    by_field: BTreeMap<usize, BTreeSet<usize>>,
}

impl Model {
    pub(super) fn of(table: &Table) -> Self {
        let fields = table.columns.iter().map(|column| Field::of(&column.name, &column.cells)).collect();
        Self { fields, rows: table.rows() }
    }

    pub(super) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The rows that the selections leave.
    pub(super) fn included(&self, selections: &Selections) -> Vec<usize> {
        self.rows_where(selections, None).collect()
    }

    /// The state of every value of a field.
    pub(super) fn states(&self, selections: &Selections, field: usize) -> Vec<State> {
        // What the other fields leave decides whether a value could be had at all.
        let reachable: BTreeSet<usize> =
            self.rows_where(selections, Some(field)).map(|row| self.fields[field].by_row[row]).collect();
        let selected = selections.by_field.get(&field);
        (0..self.fields[field].values.len())
            .map(|value| {
                match (selected.map(|selected| selected.contains(&value)), reachable.contains(&value)) {
                    (Some(true), true) => State::Selected,
                    (Some(true), false) => State::SelectedExcluded,
                    (Some(false), true) => State::Alternative,
                    (None, true) => State::Possible,
                    (Some(false) | None, false) => State::Excluded,
                }
            })
            .collect()
    }

    fn rows_where(&self, selections: &Selections, but: Option<usize>) -> impl Iterator<Item = usize> {
        (0..self.rows).filter(move |&row| {
            selections
                .by_field
                .iter()
                .filter(|&(&field, _)| Some(field) != but)
                .all(|(&field, selected)| selected.contains(&self.fields[field].by_row[row]))
        })
    }
}

impl Field {
    fn of(name: &str, cells: &[Cell]) -> Self {
        let mut values = cells.to_vec();
        values.sort_by(ascending);
        values.dedup();
        let position =
            |cell: &Cell| values.binary_search_by(|value| ascending(value, cell)).unwrap_or_default();
        Self { name: name.into(), by_row: cells.iter().map(position).collect(), values }
    }

    pub(super) fn is_numeric(&self) -> bool {
        self.values.iter().all(|value| value.number.is_some())
    }
}

/// Numbers first and by size, texts by letter.
fn ascending(one: &Cell, other: &Cell) -> std::cmp::Ordering {
    let number = |cell: &Cell| cell.number.unwrap_or(f64::INFINITY);
    number(one).total_cmp(&number(other)).then_with(|| one.text.cmp(&other.text))
}

impl Selections {
    /// Selects `values` instead of what was, or turns each of them over.
    pub(super) fn select(&mut self, field: usize, values: impl IntoIterator<Item = usize>, toggle: bool) {
        let selected = self.by_field.entry(field).or_default();
        if toggle {
            for value in values {
                if !selected.remove(&value) {
                    selected.insert(value);
                }
            }
        } else {
            *selected = values.into_iter().collect();
        }
        if selected.is_empty() {
            self.by_field.remove(&field);
        }
    }

    pub(super) fn clear(&mut self, field: usize) {
        self.by_field.remove(&field);
    }

    pub(super) fn clear_all(&mut self) {
        self.by_field.clear();
    }

    /// The fields with selections, and how many values are selected in each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &BTreeSet<usize>)> {
        self.by_field.iter().map(|(&field, selected)| (field, selected))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{State::*, *};
    use crate::table::Column;

    /// Two regions, three products; pears are sold in the north only, figs in the south only.
    pub(in crate::qlik::engine) fn fruit() -> Model {
        let column = |name: &str, cells: Vec<Cell>| Column { name: name.into(), cells };
        let texts = |texts: [&str; 5]| texts.map(Cell::text).to_vec();
        Model::of(&Table {
            columns: vec![
                column("Region", texts(["North", "North", "South", "South", "North"])),
                column("Product", texts(["Apple", "Pear", "Apple", "Fig", "Apple"])),
                column("Sales", [10.0, 2.0, 5.0, 20.0, 1.0].map(Cell::number).to_vec()),
            ],
        })
    }

    const REGION: usize = 0;
    const PRODUCT: usize = 1;
    const NORTH: usize = 0;
    const SOUTH: usize = 1;
    const APPLE: usize = 0;
    const FIG: usize = 1;
    const PEAR: usize = 2;

    #[test]
    fn values_are_distinct_and_ascending() {
        let model = fruit();
        let texts =
            |field: usize| model.fields[field].values.iter().map(|value| &*value.text).collect::<Vec<_>>();
        assert_eq!(texts(PRODUCT), ["Apple", "Fig", "Pear"]);
        assert_eq!(texts(2), ["1", "2", "5", "10", "20"], "numbers by size, not by letter");
    }

    #[test]
    fn selections_colour_their_own_field_and_the_others() {
        let model = fruit();
        let states = |selected: &[(usize, usize)], field| {
            let mut selections = Selections::default();
            for &(field, value) in selected {
                selections.select(field, [value], true);
            }
            model.states(&selections, field)
        };
        for (selected, field, expected) in [
            (&[][..], PRODUCT, vec![Possible, Possible, Possible]),
            (&[(REGION, NORTH)], PRODUCT, vec![Possible, Excluded, Possible]),
            (&[(REGION, NORTH)], REGION, vec![Selected, Alternative]),
            (&[(REGION, NORTH), (REGION, SOUTH)], REGION, vec![Selected, Selected]),
            (&[(REGION, NORTH), (PRODUCT, PEAR)], PRODUCT, vec![Alternative, Excluded, Selected]),
            (&[(REGION, NORTH), (PRODUCT, PEAR)], REGION, vec![Selected, Excluded]),
            (&[(REGION, NORTH), (PRODUCT, FIG)], PRODUCT, vec![Alternative, SelectedExcluded, Alternative]),
            (&[(PRODUCT, APPLE)], REGION, vec![Possible, Possible]),
        ] {
            assert_eq!(states(selected, field), expected, "{selected:?} seen in field {field}");
        }
    }

    #[test]
    fn a_selection_replaces_or_turns_over() {
        let mut selections = Selections::default();
        selections.select(PRODUCT, [APPLE, FIG], false);
        selections.select(PRODUCT, [FIG, PEAR], true);
        let now: Vec<_> = selections.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        assert_eq!(now, [APPLE, PEAR]);
        selections.select(PRODUCT, [APPLE, PEAR], true);
        assert_eq!(selections, Selections::default(), "nothing selected is no selection");
    }

    #[test]
    fn included_rows_satisfy_every_field() {
        let model = fruit();
        let mut selections = Selections::default();
        selections.select(REGION, [NORTH], false);
        selections.select(PRODUCT, [APPLE], false);
        assert_eq!(model.included(&selections), [0, 4]);
    }
}
