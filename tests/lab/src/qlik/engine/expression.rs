//! The expressions that objects may hold: a field, or one aggregation of a field.

use std::{collections::HashSet, str::FromStr};

use super::{model::Model, rpc::RpcError};

/// `Sum(Sales)`, `Count(distinct [Product])`, …
#[derive(Debug, PartialEq)]
pub(super) struct Aggregation {
    function: Function,
    distinct: bool,
    field: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    Sum,
    Count,
    Avg,
    Min,
    Max,
}

/// The name of a field, out of `Region`, `=Region` or `[Region]`.
pub(super) fn field_name(expression: &str) -> &str {
    let name = expression.trim().trim_start_matches('=').trim();
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}

impl FromStr for Aggregation {
    type Err = RpcError;

    fn from_str(expression: &str) -> Result<Self, RpcError> {
        let refused = || RpcError::Expression(expression.to_owned());
        let text = expression.trim().trim_start_matches('=').trim();
        let (function, argument) =
            text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(refused)?;
        let function = match function.trim().to_ascii_lowercase().as_str() {
            "sum" => Function::Sum,
            "count" => Function::Count,
            "avg" => Function::Avg,
            "min" => Function::Min,
            "max" => Function::Max,
            _ => return Err(refused()),
        };
        let argument = argument.trim();
        let (distinct, field) = match argument.split_once(char::is_whitespace) {
            Some((word, field)) if word.eq_ignore_ascii_case("distinct") => (true, field),
            _ => (false, argument),
        };
        let field = field_name(field);
        if field.is_empty() || field.contains(['(', ')']) {
            return Err(refused());
        }
        Ok(Self { function, distinct, field: field.into() })
    }
}

impl Aggregation {
    /// Its value for each of `groups` groups of rows, `group_of` telling which each row is in;
    /// NaN where there is none, as the average of no number.
    pub(super) fn by_group(
        &self,
        model: &Model,
        rows: &[u32],
        group_of: &[u32],
        groups: usize,
    ) -> Result<Vec<f64>, RpcError> {
        let field = model.field(&self.field).ok_or_else(|| RpcError::Expression(self.field.clone()))?;
        let field = &model.fields[field];
        let mut tallies = vec![Tally::default(); groups];
        let mut seen = HashSet::new();
        for (&row, &group) in rows.iter().zip(group_of) {
            let value = field.rows[row as usize];
            if !self.distinct || seen.insert((group, value)) {
                tallies[group as usize].count(field.values[value as usize].number);
            }
        }
        Ok(tallies.iter().map(|tally| tally.result(self.function)).collect())
    }

    /// Its value over these rows.
    pub(super) fn over(&self, model: &Model, rows: &[u32]) -> Result<f64, RpcError> {
        Ok(self.by_group(model, rows, &vec![0; rows.len()], 1)?[0])
    }
}

/// What is kept of the values of a group.
#[derive(Clone, Debug)]
struct Tally {
    values: usize,
    numbers: usize,
    sum: f64,
    least: f64,
    most: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { values: 0, numbers: 0, sum: 0.0, least: f64::NAN, most: f64::NAN }
    }
}

impl Tally {
    fn count(&mut self, number: Option<f64>) {
        self.values += 1;
        if let Some(number) = number {
            self.numbers += 1;
            self.sum += number;
            self.least = self.least.min(number);
            self.most = self.most.max(number);
        }
    }

    fn result(&self, function: Function) -> f64 {
        match function {
            Function::Sum => self.sum,
            Function::Count => self.values as f64,
            Function::Avg => self.sum / self.numbers as f64,
            Function::Min => self.least,
            Function::Max => self.most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::model::tests::fruit, *};

    #[test]
    fn aggregations_count_what_they_say() {
        let model = fruit();
        let north = [0, 1, 4];
        for (expression, expected) in [
            ("Sum(Sales)", Some(13.0)),
            ("Sum(Product)", Some(0.0)),
            ("=sum( [Sales] )", Some(13.0)),
            ("Count(Product)", Some(3.0)),
            ("Count(distinct Product)", Some(2.0)),
            ("Avg(Sales)", Some(13.0 / 3.0)),
            ("Min(Sales)", Some(1.0)),
            ("Max(Sales)", Some(10.0)),
            ("Avg(Product)", None),
        ] {
            let value = expression.parse::<Aggregation>().unwrap().over(&model, &north).unwrap();
            assert_eq!(Some(value).filter(|value| !value.is_nan()), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_no_aggregation_is_refused() {
        for expression in ["", "Sales", "Sum(Sales", "Rank(Sales)", "Sum()", "Sum(Sum(Sales))"] {
            assert!(expression.parse::<Aggregation>().is_err(), "{expression}");
        }
        assert!("Sum(Nowhere)".parse::<Aggregation>().unwrap().over(&fruit(), &[0]).is_err());
    }
}
