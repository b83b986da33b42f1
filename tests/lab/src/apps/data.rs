//! One app's table: a few dimensions, two measures, and its title in every row.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::words;
use crate::table::{Cell, Column, Table};

/// Regions are parts of the app's place and products carry the mashup's number, so that one line
/// of an export is enough to tell whose it is.
pub(super) fn table(title: &str, number: usize, place: &str, rng: &mut ChaCha8Rng) -> Table {
    let mut some = |from: &[&'static str], least: usize, most: usize| -> Vec<&'static str> {
        let amount = rng.random_range(least..=most);
        from.choose_multiple(rng, amount).copied().collect()
    };
    let regions: Vec<String> =
        some(words::AREAS, 4, 6).iter().map(|area| format!("{place} {area}")).collect();
    let products: Vec<String> =
        some(words::PRODUCTS, 5, 9).iter().map(|product| format!("{product} {number:03}")).collect();
    let salespeople = some(words::SALESPEOPLE, 4, 7);

    let mut columns = ["App", "Region", "Product", "Month", "Salesperson", "Sales", "Quantity"]
        .map(|name| Column { name: name.into(), cells: Vec::new() });
    for row in 0..rng.random_range(60..=400) {
        // The first rows walk through the products, so that each occurs at least once.
        let product =
            products.get(row).unwrap_or_else(|| &products[rng.random_range(0..products.len())]).clone();
        let month = rng.random_range(0..words::MONTHS.len());
        let quantity = rng.random_range(1..=40);
        let price = rng.random_range(8..=240);
        let cells = [
            Cell::text(title),
            Cell::text(regions[rng.random_range(0..regions.len())].clone()),
            Cell::text(product),
            Cell::dual(words::MONTHS[month], (month + 1) as f64),
            Cell::text(words::pick(&salespeople, rng)),
            Cell::number(f64::from(quantity * price)),
            Cell::number(f64::from(quantity)),
        ];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.cells.push(cell);
        }
    }
    Table { columns: columns.into() }
}
