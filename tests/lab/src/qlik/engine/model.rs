//! An app's data as the engine sees it: rows that associate the values of their fields, and the
//! selections that colour every value.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{Column, Table};

/// The associative model of one table.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) fields: Vec<Column>,
    rows: usize,
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
    /// Selected, and no call may change that.
    Locked,
    LockedExcluded,
}

/// What the selections make of the whole model.
#[derive(Clone, Debug)]
pub(super) struct Association {
    /// The rows that the selections leave.
    pub(super) included: Vec<u32>,
    /// The state of every value of every field.
    pub(super) states: Vec<Vec<State>>,
}

/// The selected values of each field that has any, by their positions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selections {
    by_field: BTreeMap<usize, Chosen>,
}

/// What is selected in one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chosen {
    pub(super) values: BTreeSet<u32>,
    pub(super) locked: bool,
}

impl Model {
    pub(super) fn of(table: Table) -> Self {
        Self { rows: table.rows(), fields: table.columns }
    }

    pub(super) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// One pass over the rows: a row that only one field's selection excludes still makes its
    /// value in that field an alternative.
    pub(super) fn associate(&self, selections: &Selections) -> Association {
        let chosen: Vec<(usize, Vec<bool>)> = selections
            .iter()
            .map(|(field, chosen)| {
                let mut wanted = vec![false; self.fields[field].values.len()];
                for &value in &chosen.values {
                    wanted[value as usize] = true;
                }
                (field, wanted)
            })
            .collect();
        let mut reachable: Vec<Vec<bool>> =
            self.fields.iter().map(|field| vec![false; field.values.len()]).collect();
        let mut included = Vec::new();
        for row in 0..self.rows {
            let value = |field: usize| self.fields[field].rows[row] as usize;
            let mut excluding = chosen.iter().filter(|(field, wanted)| !wanted[value(*field)]);
            match (excluding.next(), excluding.next()) {
                (None, _) => {
                    included.push(row as u32);
                    for (field, reachable) in reachable.iter_mut().enumerate() {
                        reachable[value(field)] = true;
                    }
                }
                (Some(&(field, _)), None) => reachable[field][value(field)] = true,
                (Some(_), Some(_)) => {}
            }
        }
        let states = reachable.iter().enumerate().map(|(field, reachable)| {
            let chosen = selections.by_field.get(&field);
            (0..).zip(reachable).map(|(value, &reachable)| State::of(value, reachable, chosen)).collect()
        });
        Association { states: states.collect(), included }
    }
}

impl State {
    fn of(value: u32, reachable: bool, chosen: Option<&Chosen>) -> Self {
        let Some(Chosen { values, locked }) = chosen else {
            return if reachable { Self::Possible } else { Self::Excluded };
        };
        match (values.contains(&value), locked, reachable) {
            (true, false, true) => Self::Selected,
            (true, false, false) => Self::SelectedExcluded,
            (true, true, true) => Self::Locked,
            (true, true, false) => Self::LockedExcluded,
            (false, false, true) => Self::Alternative,
            (false, ..) => Self::Excluded,
        }
    }
}

impl Selections {
    /// Selects `values` instead of what was, or turns each of them over; not in a locked field.
    pub(super) fn select(
        &mut self,
        field: usize,
        values: impl IntoIterator<Item = u32>,
        toggle: bool,
    ) -> bool {
        let chosen = self.by_field.entry(field).or_default();
        if chosen.locked {
            return false;
        }
        let selected = &mut chosen.values;
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
        true
    }

    pub(super) fn clear(&mut self, field: usize) {
        self.retain(|other, chosen| other != field || chosen.locked);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(usize, &Chosen) -> bool) {
        self.by_field.retain(|&field, chosen| keep(field, chosen));
    }

    /// Locks or unlocks the selections in the fields that `which` names.
    pub(super) fn lock(&mut self, locked: bool, which: impl Fn(usize) -> bool) {
        for (_, chosen) in self.by_field.iter_mut().filter(|&(&field, _)| which(field)) {
            chosen.locked = locked;
        }
    }

    /// The fields with selections, and what is selected in each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Chosen)> {
        self.by_field.iter().map(|(&field, chosen)| (field, chosen))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{State::*, *};
    use crate::table::Cell;

    /// Two regions, three products; pears are sold in the north only, figs in the south only.
    pub(in crate::qlik::engine) fn fruit() -> Model {
        let texts = |texts: &[&str]| texts.iter().map(|&text| Cell::text(text)).collect();
        let sales = [10.0, 2.0, 5.0, 20.0, 1.0].map(Cell::number).to_vec();
        Model::of(Table {
            columns: vec![
                Column::new("Region", texts(&["South", "North", "Nowhere"]), vec![1, 1, 0, 0, 1]),
                Column::new("Product", texts(&["Apple", "Pear", "Fig"]), vec![0, 1, 0, 2, 0]),
                Column::new("Sales", sales, vec![0, 1, 2, 3, 4]),
            ],
        })
    }

    const REGION: usize = 0;
    const PRODUCT: usize = 1;
    const NORTH: u32 = 0;
    const SOUTH: u32 = 1;
    const APPLE: u32 = 0;
    const FIG: u32 = 1;
    const PEAR: u32 = 2;

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
        let states = |selected: &[(usize, u32)], field: usize| {
            let mut selections = Selections::default();
            for &(field, value) in selected {
                selections.select(field, [value], true);
            }
            model.associate(&selections).states[field].clone()
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
        let now: Vec<_> = selections.iter().flat_map(|(_, chosen)| chosen.values.iter().copied()).collect();
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
        assert_eq!(model.associate(&selections).included, [0, 4]);
    }

    #[test]
    fn a_locked_selection_stays_until_it_is_unlocked() {
        let model = fruit();
        let mut selections = Selections::default();
        selections.select(PRODUCT, [PEAR], false);
        selections.lock(true, |field| field == PRODUCT);
        assert!(!selections.select(PRODUCT, [FIG], true));
        selections.clear(PRODUCT);
        selections.select(REGION, [SOUTH], false);
        let states = |selections: &Selections| model.associate(selections).states;
        assert_eq!(states(&selections)[PRODUCT], [Excluded, Excluded, LockedExcluded]);
        selections.lock(false, |_| true);
        assert_eq!(states(&selections)[PRODUCT], [Alternative, Alternative, SelectedExcluded]);
    }
}
