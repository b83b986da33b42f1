//! The bill of materials, as CycloneDX has it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::components::Component;

pub(crate) fn write(components: &BTreeSet<Component>, file: &Path) -> Result<()> {
    let listed: Vec<_> = components
        .iter()
        .map(|component| {
            let licences: Vec<_> =
                component.licence.iter().map(|licence| json!({"expression": licence})).collect();
            json!({
                "type": "library",
                "bom-ref": component.purl(),
                "purl": component.purl(),
                "name": component.name,
                "version": component.version,
                "licenses": licences,
            })
        })
        .collect();
    let app = json!({
        "type": "application",
        "bom-ref": "mashdesk",
        "name": "mashdesk",
        "version": super::version(),
        "licenses": [{"expression": env!("CARGO_PKG_LICENSE")}],
    });
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": app},
        "components": listed,
    });
    let text = serde_json::to_string_pretty(&bill)?;
    fs::write(file, text + "\n").with_context(|| file.display().to_string())
}
