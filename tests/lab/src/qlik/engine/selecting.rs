//! The calls by which an object selects, and its selection mode.

use serde::Deserialize;

use super::{
    app::OpenApp,
    hypercube::{Cube, Entry},
    model::State,
    rpc::{Call, Outcome, Params, RpcError},
};

/// Values of fields, to be selected together.
type Wanted = Vec<(usize, Vec<u32>)>;

/// The states whose values a call of that name selects: `SelectPossible`, `SelectListObjectAll`, …
pub(super) fn states_of(which: &str) -> Option<&'static [State]> {
    use State::{Alternative, Excluded, Locked, LockedExcluded, Possible, Selected, SelectedExcluded};
    Some(match which {
        "All" => &[Selected, Possible, Alternative, Excluded, SelectedExcluded, Locked, LockedExcluded],
        "Possible" => &[Selected, Possible, Locked],
        "Alternative" => &[Alternative],
        "Excluded" => &[Alternative, Excluded, SelectedExcluded],
        _ => return None,
    })
}

/// `NxHypercubeRangeSelectInfo`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RangeSelect {
    q_range: Range,
    q_measure_ix: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Range {
    q_min: f64,
    q_max: f64,
    q_min_incl_eq: bool,
    q_max_incl_eq: bool,
}

impl Default for Range {
    fn default() -> Self {
        Self { q_min: f64::NEG_INFINITY, q_max: f64::INFINITY, q_min_incl_eq: false, q_max_incl_eq: false }
    }
}

impl Range {
    fn holds(&self, number: f64) -> bool {
        (number > self.q_min || self.q_min_incl_eq && number == self.q_min)
            && (number < self.q_max || self.q_max_incl_eq && number == self.q_max)
    }
}

/// What the call does to the app; nothing for any other.
pub(super) fn call(app: &mut OpenApp, call: &Call, id: &str) -> Option<Result<Outcome, RpcError>> {
    let params = &call.params;
    Some(match call.method.as_str() {
        "EndSelections" => params.need(0, "qAccept").map(|accept| {
            if app.modal_of(id).is_some() {
                app.end_modal(accept);
            }
            Outcome::done()
        }),
        "ResetMadeSelections" => {
            app.reset_modal();
            Ok(Outcome::done())
        }
        "ClearSelections" => columns(app, params, id).map(|fields| {
            app.change(|selections| {
                for field in fields {
                    selections.clear(field);
                }
            });
            Outcome::done()
        }),
        "Lock" | "Unlock" => columns(app, params, id).map(|fields| {
            app.change(|selections| selections.lock(call.method == "Lock", |field| fields.contains(&field)));
            Outcome::done()
        }),
        method => {
            let wanted = match method {
                "SelectListObjectValues" => values(app, params, id, None),
                "SelectHyperCubeValues" => {
                    params.need(1, "qDimNo").and_then(|dimension| values(app, params, id, Some(dimension)))
                }
                "SelectHyperCubeCells" => cells(app, params, id),
                "RangeSelectHyperCubeValues" => range(app, params, id),
                "AcceptListObjectSearch" => searched(app, params, id),
                _ => states_of(method.strip_prefix("SelectListObject")?)
                    .ok_or_else(|| RpcError::UnknownMethod(method.into()))
                    .and_then(|states| {
                        let field = fields(app, params, id)?[0];
                        Ok(vec![(field, app.values(field, states))])
                    }),
            };
            let toggle = match method {
                "SelectListObjectValues" => params.get(2, "qToggleMode"),
                "SelectHyperCubeValues" => params.get(3, "qToggleMode"),
                _ => Ok(None),
            };
            match (wanted, toggle) {
                (Ok(wanted), Ok(toggle)) => Ok(select(app, id, wanted, toggle.unwrap_or(false))),
                (Err(error), _) | (_, Err(error)) => Err(error),
            }
        }
    })
}

fn select(app: &mut OpenApp, id: &str, wanted: Wanted, toggle: bool) -> Outcome {
    // Selecting in another object accepts what was selected in the modal one.
    if app.modal_of(id).is_none() {
        app.end_modal(true);
    }
    let done = app.change(|selections| {
        // All of them or none: a locked field is no half of a selection.
        let before = selections.clone();
        let done = wanted.into_iter().all(|(field, values)| selections.select(field, values, toggle));
        if !done {
            *selections = before;
        }
        done
    });
    Outcome::of("qSuccess", done)
}

/// The fields that the object at `qPath` selects in.
fn fields(app: &OpenApp, params: &Params, id: &str) -> Result<Vec<usize>, RpcError> {
    let fields = app.source(id, &params.need::<String>(0, "qPath")?)?.fields(&app.model)?;
    if fields.is_empty() { Err(RpcError::Params("qPath")) } else { Ok(fields) }
}

/// Those of them that `qColIndices` names, or all.
fn columns(app: &OpenApp, params: &Params, id: &str) -> Result<Vec<usize>, RpcError> {
    let fields = fields(app, params, id)?;
    let asked: Vec<usize> = params.get(1, "qColIndices")?.unwrap_or_default();
    if asked.is_empty() {
        return Ok(fields);
    }
    asked.into_iter().map(|at| fields.get(at).copied().ok_or(RpcError::Params("qColIndices"))).collect()
}

fn values(app: &OpenApp, params: &Params, id: &str, dimension: Option<usize>) -> Result<Wanted, RpcError> {
    let fields = fields(app, params, id)?;
    let field = *fields.get(dimension.unwrap_or_default()).ok_or(RpcError::Params("qDimNo"))?;
    let at = if dimension.is_some() { 2 } else { 1 };
    let values: Vec<u32> = params.need(at, "qValues")?;
    let exist = values.iter().all(|&value| (value as usize) < app.model.fields[field].values.len());
    if exist { Ok(vec![(field, values)]) } else { Err(RpcError::Params("qValues")) }
}

/// The values in the dimensions `columns` of some rows.
fn values_of(cube: &Cube, rows: &[usize], columns: &[usize]) -> Wanted {
    let dimensions = columns.iter().filter_map(|&column| Some((column, cube.columns.get(column)?.field?)));
    dimensions
        .map(|(column, field)| {
            let values = rows.iter().filter_map(|&row| match cube.entry(row, column) {
                Entry::Value { value, .. } => Some(value),
                Entry::Measured(_) => None,
            });
            (field, values.collect())
        })
        .collect()
}

fn cells(app: &mut OpenApp, params: &Params, id: &str) -> Result<Wanted, RpcError> {
    let cube = app.cube(id, &params.need::<String>(0, "qPath")?)?;
    let rows: Vec<usize> = params.need(1, "qRowIndices")?;
    if rows.iter().any(|&row| row >= cube.rows()) {
        return Err(RpcError::Params("qRowIndices"));
    }
    let columns: Vec<usize> = params.need(2, "qColIndices")?;
    if columns.iter().any(|&column| column >= cube.dimensions) {
        return Err(RpcError::Params("qColIndices"));
    }
    Ok(values_of(&cube, &rows, &columns))
}

/// The rows whose measures lie in all of the ranges, or in one of them.
fn range(app: &mut OpenApp, params: &Params, id: &str) -> Result<Wanted, RpcError> {
    let cube = app.cube(id, &params.need::<String>(0, "qPath")?)?;
    let ranges: Vec<RangeSelect> = params.need(1, "qRanges")?;
    let columns: Vec<usize> = params.get(2, "qColumnsToSelect")?.unwrap_or_default();
    let columns = if columns.is_empty() { (0..cube.dimensions).collect() } else { columns };
    let either = params.get(3, "qOrMode")?.unwrap_or(false);
    let measures = cube.columns.len() - cube.dimensions;
    if ranges.iter().any(|range| range.q_measure_ix >= measures) {
        return Err(RpcError::Params("qMeasureIx"));
    }
    if columns.iter().any(|&column| column >= cube.dimensions) {
        return Err(RpcError::Params("qColumnsToSelect"));
    }
    let inside = |row: usize| {
        let mut tests =
            ranges.iter().map(|range| match cube.entry(row, cube.dimensions + range.q_measure_ix) {
                Entry::Measured(number) => range.q_range.holds(number),
                Entry::Value { .. } => false,
            });
        if either { tests.any(|inside| inside) } else { tests.all(|inside| inside) }
    };
    let rows: Vec<usize> = (0..cube.rows()).filter(|&row| inside(row)).collect();
    Ok(values_of(&cube, &rows, &columns))
}

/// What a list's search has found; the search is over with that.
fn searched(app: &mut OpenApp, params: &Params, id: &str) -> Result<Wanted, RpcError> {
    let cube = app.cube(id, &params.need::<String>(0, "qPath")?)?;
    let rows: Vec<usize> = (0..cube.rows()).collect();
    let found = values_of(&cube, &rows, &[0]);
    app.searches.remove(id);
    app.forget_cubes();
    Ok(found)
}
