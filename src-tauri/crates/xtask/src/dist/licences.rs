//! The licences of everything that the app is made of, in one file that is
//! installed with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::components::Component;
use crate::command::top;

/// How files that hold a licence begin.
const NAMES: &[&str] = &["license", "licence", "copying", "notice", "copyright", "unlicense"];
const RULE: &str = "\n────────────────────────────────────────────────────────────────────────\n\n";

pub(crate) fn write(components: &BTreeSet<Component>, file: &Path) -> Result<()> {
    let mut text = String::from("Mashdesk\n\n");
    for own in ["LICENSE", "LICENSE-MIT", "LICENSE-APACHE"] {
        text += &fs::read_to_string(top().join(own)).context(own)?;
        text += RULE;
    }
    text += "Mashdesk is made with these, under their own licences:\n\n";
    // Many share one text to the letter.
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for component in components {
        let name = format!("{} {}", component.name, component.version);
        let licence = component.licence.as_deref().unwrap_or("see below");
        let found = texts_of(&component.folder)?;
        let without = if found.is_empty() { "; its package has no text of it" } else { "" };
        writeln!(text, "  {name} ({licence}{without})")?;
        for licence in found {
            texts.entry(licence).or_default().push(name.clone());
        }
    }
    for (licence, names) in texts {
        write!(text, "{RULE}{}:\n\n{licence}\n", names.join(", "))?;
    }
    fs::write(file, text).with_context(|| file.display().to_string())
}

/// The licences that lie at the top of a package.
fn texts_of(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut texts = BTreeSet::new();
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if NAMES.iter().any(|begin| name.starts_with(begin)) {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            texts.insert(String::from_utf8_lossy(&bytes).replace('\r', "").trim().to_owned());
        }
    }
    Ok(texts)
}
