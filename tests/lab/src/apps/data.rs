//! One app's table: a few dimensions, two measures, and its title in every row.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::words;
use crate::table::{Cell, Column, Table};

const PIECES: u32 = 40;
const PRICES: std::ops::RangeInclusive<u32> = 8..=240;

/// Regions are parts of the app's place and products carry the mashup's number, so that one line
/// of an export is enough to tell whose it is.
pub(super) fn table(
    title: &str,
    number: usize,
    place: &str,
    rows: Option<u32>,
    rng: &mut ChaCha8Rng,
) -> Table {
    let mut some = |from: &[&'static str], least: usize, most: usize| -> Vec<&'static str> {
        let amount = rng.random_range(least..=most);
        from.choose_multiple(rng, amount).copied().collect()
    };
    let texts = |texts: Vec<String>| texts.into_iter().map(Cell::text).collect::<Vec<_>>();
    let regions = texts(some(words::AREAS, 4, 6).iter().map(|area| format!("{place} {area}")).collect());
    let products = some(words::PRODUCTS, 5, 9);
    let products = texts(products.iter().map(|product| format!("{product} {number:03}")).collect());
    let salespeople: Vec<Cell> = some(words::SALESPEOPLE, 4, 7).into_iter().map(Cell::text).collect();
    let months: Vec<Cell> =
        (1..).zip(words::MONTHS).map(|(month, name)| Cell::dual(*name, f64::from(month))).collect();
    let numbers = |most: u32| (0..=most).map(|number| Cell::number(f64::from(number))).collect::<Vec<_>>();

    let rows = rows.unwrap_or_else(|| rng.random_range(60..=400));
    let mut columns: [Vec<u32>; 8] = Default::default();
    for row in 0..rows {
        let mut any = |values: &[Cell]| rng.random_range(0..values.len() as u32);
        let cells = [any(&regions), any(&products), any(&months), any(&salespeople)];
        let [region, product, month, salesperson] = cells;
        // The first rows walk through the products, so that each occurs at least once.
        let product = if (row as usize) < products.len() { row } else { product };
        let quantity = rng.random_range(1..=PIECES);
        let sales = quantity * rng.random_range(PRICES);
        let cells = [0, region, product, month, salesperson, row + 1, sales, quantity];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }
    let [app, region, product, month, salesperson, order, sales, quantity] = columns;
    Table {
        columns: vec![
            Column::new("App", vec![Cell::text(title)], app),
            Column::new("Region", regions, region),
            Column::new("Product", products, product),
            Column::new("Month", months, month),
            Column::new("Salesperson", salespeople, salesperson),
            Column::new("Order", numbers(rows), order),
            Column::new("Sales", numbers(PIECES * PRICES.end()), sales),
            Column::new("Quantity", numbers(PIECES), quantity),
        ],
    }
}
