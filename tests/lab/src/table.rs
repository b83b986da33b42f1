//! The data of an app: one table, in the dual values (a text, and a number where it is one) that
//! Qlik's engine works with. Each column holds a value once and refers to it by position, so
//! that many rows take little room.

/// One table: a column a field, all of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The fields, in their order.
    pub columns: Vec<Column>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The field's name.
    pub name: String,
    /// Its distinct values, ascending.
    pub values: Vec<Cell>,
    /// Which of them each row holds.
    pub rows: Vec<u32>,
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
        self.columns.first().map_or(0, |column| column.rows.len())
    }
}

impl Column {
    /// A column of which each row holds one of `values`, in any order; values that no row holds
    /// are left out.
    pub fn new(name: impl Into<String>, values: Vec<Cell>, rows: Vec<u32>) -> Self {
        let mut held = vec![false; values.len()];
        for &row in &rows {
            held[row as usize] = true;
        }
        let mut sorted: Vec<(u32, Cell)> = (0..).zip(values).filter(|&(at, _)| held[at as usize]).collect();
        sorted.sort_by(|(_, one), (_, other)| one.ascending(other));
        let mut place = vec![0; held.len()];
        for (to, &(from, _)) in (0..).zip(&sorted) {
            place[from as usize] = to;
        }
        Self {
            name: name.into(),
            values: sorted.into_iter().map(|(_, value)| value).collect(),
            rows: rows.into_iter().map(|row| place[row as usize]).collect(),
        }
    }

    /// The value that a row holds.
    pub fn cell(&self, row: usize) -> &Cell {
        &self.values[self.rows[row] as usize]
    }

    /// Whether every value is a number.
    pub fn is_numeric(&self) -> bool {
        self.values.iter().all(|value| value.number.is_some())
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

    /// Numbers first and by size, texts by letter.
    fn ascending(&self, other: &Self) -> std::cmp::Ordering {
        let number = |cell: &Self| cell.number.unwrap_or(f64::INFINITY);
        number(self).total_cmp(&number(other)).then_with(|| self.text.cmp(&other.text))
    }
}
