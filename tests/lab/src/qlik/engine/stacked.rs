//! `qStackedDataPages`: the rows of a cube as a tree, a level a dimension and the measures last.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    cells::{View, number},
    hypercube::{Entry, Page},
};

/// A value in one dimension, and the rows that have it.
struct Branch {
    value: u32,
    rows: Vec<usize>,
}

/// How many branches the first dimension has, and how many the second at most.
pub(super) fn size(view: View<'_>) -> (usize, usize) {
    let rows: Vec<usize> = (0..view.cube.rows()).collect();
    let first = branches(view, &rows, 0);
    let second = if view.cube.dimensions > 1 { branches(view, &rows, 1).len() } else { 1 };
    (second, first.len())
}

/// `qTop` and `qHeight` count the branches of the first dimension; the others come whole.
pub(super) fn pages(view: View<'_>, pages: &[Page]) -> Vec<Value> {
    let rows: Vec<usize> = (0..view.cube.rows()).collect();
    let first = branches(view, &rows, 0);
    pages
        .iter()
        .map(|page| {
            let from = page.q_top.min(first.len());
            let to = from.saturating_add(page.q_height).min(first.len());
            let shown = &first[from..to];
            let height = shown.len();
            let nodes = nodes(view, shown, 0);
            let (most, least) = extremes(&nodes);
            json!({
                "qArea": {
                    "qLeft": page.q_left,
                    "qTop": page.q_top,
                    "qWidth": page.q_width,
                    "qHeight": height,
                },
                "qData": [{
                    "qElemNo": 0, "qValue": 0, "qType": "R", "qMaxPos": most, "qMinNeg": least,
                    "qUp": 0, "qDown": 0, "qRow": 0, "qSubNodes": nodes,
                }],
            })
        })
        .collect()
}

/// In the order of their first rows.
fn branches(view: View<'_>, rows: &[usize], depth: usize) -> Vec<Branch> {
    let mut branches: Vec<Branch> = Vec::new();
    let mut places = HashMap::new();
    for &row in rows {
        let Entry::Value { value, .. } = view.cube.entry(row, depth) else { continue };
        let place = *places.entry(value).or_insert_with(|| {
            branches.push(Branch { value, rows: Vec::new() });
            branches.len() - 1
        });
        branches[place].rows.push(row);
    }
    branches
}

fn nodes(view: View<'_>, branches: &[Branch], depth: usize) -> Vec<Value> {
    let numbered = branches.iter().enumerate();
    numbered
        .map(|(at, Branch { value, rows })| {
            let below = match depth + 1 < view.cube.dimensions {
                true => nodes(view, &self::branches(view, rows, depth + 1), depth + 1),
                false => leaves(view, rows),
            };
            let (most, least) = extremes(&below);
            let cell = view.shown(rows[0], depth);
            json!({
                "qText": cell.text, "qElemNo": value, "qValue": number(&cell), "qType": "N",
                "qMaxPos": most, "qMinNeg": least, "qUp": 0, "qDown": 0, "qRow": at,
                "qSubNodes": below,
            })
        })
        .collect()
}

fn leaves(view: View<'_>, rows: &[usize]) -> Vec<Value> {
    let measures = view.cube.dimensions..view.cube.columns.len();
    let cells = rows.iter().flat_map(|&row| measures.clone().map(move |column| view.shown(row, column)));
    cells
        .enumerate()
        .map(|(at, cell)| {
            let amount = cell.number.unwrap_or_default();
            json!({
                "qText": cell.text, "qElemNo": at, "qValue": number(&cell),
                "qType": if cell.number.is_some() { "V" } else { "U" },
                "qMaxPos": amount.max(0.0), "qMinNeg": amount.min(0.0),
                "qUp": 0, "qDown": 0, "qRow": at, "qSubNodes": [],
            })
        })
        .collect()
}

/// The positive values below, stacked, and the negative ones.
fn extremes(nodes: &[Value]) -> (f64, f64) {
    let sum = |key: &str| nodes.iter().filter_map(|node| node[key].as_f64()).sum::<f64>();
    (sum("qMaxPos"), sum("qMinNeg"))
}
