//! The objects that every app comes with, as an author would have left them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::properties::Properties;

/// Properties by object id.
pub(super) fn objects() -> BTreeMap<String, Properties> {
    [sales_by_product(), regions(), facts(), total_sales()]
        .into_iter()
        .map(|own| (own["qInfo"]["qId"].as_str().unwrap_or_default().to_owned(), Properties::published(own)))
        .collect()
}

fn dimension(field: &str) -> Value {
    json!({ "qDef": { "qFieldDefs": [field], "qFieldLabels": [field], "qSortCriterias": [{ "qSortByAscii": 1 }] } })
}

fn measure(field: &str) -> Value {
    json!({ "qDef": { "qDef": format!("Sum({field})"), "qLabel": field }, "qSortBy": { "qSortByNumeric": -1 } })
}

fn sales_by_product() -> Value {
    json!({
        "qInfo": { "qId": "sales-by-product", "qType": "barchart" },
        "visualization": "barchart",
        "title": "Sales by product",
        "qHyperCubeDef": {
            "qDimensions": [dimension("Product")],
            "qMeasures": [measure("Sales")],
            "qInterColumnSortOrder": [1, 0],
            "qInitialDataFetch": [{ "qTop": 0, "qLeft": 0, "qWidth": 2, "qHeight": 100 }],
        },
    })
}

fn regions() -> Value {
    json!({
        "qInfo": { "qId": "regions", "qType": "listbox" },
        "visualization": "listbox",
        "title": "Regions",
        "qListObjectDef": {
            "qDef": { "qFieldDefs": ["Region"], "qSortCriterias": [{ "qSortByState": 1, "qSortByAscii": 1 }] },
            "qInitialDataFetch": [{ "qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": 100 }],
        },
    })
}

fn facts() -> Value {
    json!({
        "qInfo": { "qId": "facts", "qType": "table" },
        "visualization": "table",
        "title": "Facts",
        "qHyperCubeDef": {
            "qDimensions": (["App", "Region", "Product", "Month", "Salesperson"].map(dimension)),
            "qMeasures": (["Sales", "Quantity"].map(measure)),
            "qInitialDataFetch": [{ "qTop": 0, "qLeft": 0, "qWidth": 7, "qHeight": 40 }],
        },
    })
}

fn total_sales() -> Value {
    json!({
        "qInfo": { "qId": "total-sales", "qType": "kpi" },
        "visualization": "kpi",
        "title": "Total sales",
        "subtitle": { "qStringExpression": { "qExpr": "=Count(distinct Region)" } },
        "total": { "qValueExpression": { "qExpr": "Sum(Sales)" } },
        "qHyperCubeDef": {
            "qMeasures": [measure("Sales")],
            "qInitialDataFetch": [{ "qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": 1 }],
        },
    })
}
