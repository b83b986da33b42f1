//! The expressions that objects may hold: a field, or one aggregation of a field.

use std::{collections::BTreeSet, str::FromStr};

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
    /// Its value over these rows; nothing when there is none, as the average of no number.
    pub(super) fn over(&self, model: &Model, rows: &[usize]) -> Result<Option<f64>, RpcError> {
        let field = model.field(&self.field).ok_or_else(|| RpcError::Expression(self.field.clone()))?;
        let field = &model.fields[field];
        let mut cells: Vec<usize> = rows.iter().map(|&row| field.by_row[row]).collect();
        if self.distinct {
            cells = BTreeSet::from_iter(cells).into_iter().collect();
        }
        let numbers: Vec<f64> = cells.iter().filter_map(|&cell| field.values[cell].number).collect();
        let sum: f64 = numbers.iter().sum();
        Ok(match self.function {
            Function::Sum => Some(sum),
            Function::Count => Some(cells.len() as f64),
            Function::Avg => (!numbers.is_empty()).then(|| sum / numbers.len() as f64),
            Function::Min => numbers.into_iter().reduce(f64::min),
            Function::Max => numbers.into_iter().reduce(f64::max),
        })
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
            ("=sum( [Sales] )", Some(13.0)),
            ("Count(Product)", Some(3.0)),
            ("Count(distinct Product)", Some(2.0)),
            ("Avg(Sales)", Some(13.0 / 3.0)),
            ("Min(Sales)", Some(1.0)),
            ("Max(Sales)", Some(10.0)),
            ("Avg(Product)", None),
        ] {
            let value = expression.parse::<Aggregation>().unwrap().over(&model, &north).unwrap();
            assert_eq!(value, expected, "{expression}");
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
