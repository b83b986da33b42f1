//! The data of an app: one table, in the dual values (a text, and a number where it is one) that
//! Qlik's engine works with.

/// One table: a column a field, all of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The fields, in their order.
    pub columns: Vec<Column>,
}

/// One field's values, a cell a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The field's name.
    pub name: String,
    /// One cell a row.
    pub cells: Vec<Cell>,
}

/// A dual value.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What is shown.
    pub text: String,
    /// What is calculated and sorted with, when it is a number.
    pub number: Option<f64>,
}

impl Table {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}

impl Cell {
    /// A value that is only text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None }
    }

    /// A text that stands for a number, as the name of a month.
    pub fn dual(text: impl Into<String>, number: f64) -> Self {
        Self { text: text.into(), number: Some(number) }
    }

    /// A number, shown as such.
    pub fn number(number: f64) -> Self {
        Self { text: number.to_string(), number: Some(number) }
    }
}
