//! The catalog: the mashups of one person.

use reqwest::{StatusCode, header};
use serde::Deserialize;

use super::answer::Answer;
use super::plain;
use crate::icons::Icon;
use crate::{MashupId, Result};

/// One entry of the catalog.
#[derive(Clone, Debug)]
pub struct Mashup {
    /// Its id in the catalog.
    pub id: MashupId,
    /// What people call it.
    pub title: String,
    /// A sentence or two about it.
    pub description: String,
    /// The heading it stands under.
    pub group: String,
    /// Its picture, where the website gives it one.
    pub icon: Option<Icon>,
    /// `#rrggbb`, where the website gives it a colour.
    pub accent: Option<String>,
    /// When it last changed, as the website wrote it (RFC 3339).
    pub updated: Option<String>,
}

/// What the website answers when asked for the catalog.
#[derive(Clone, Debug)]
pub enum CatalogAnswer {
    /// It is still the one with that `ETag`.
    Unchanged,
    /// A catalog.
    Changed {
        /// What it lists.
        mashups: Vec<Mashup>,
        /// What it lists in a way that cannot be read: not withdrawn, for all
        /// that is known.
        unread: Vec<MashupId>,
        /// Its `ETag`, where the website gives one.
        etag: Option<String>,
    },
}

#[derive(Deserialize)]
struct Document {
    mashups: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    group: String,
    accent: Option<String>,
    #[serde(default)]
    icon: serde_json::Value,
    updated: Option<String>,
}

pub(super) fn read(answer: &Answer) -> Result<CatalogAnswer> {
    if answer.status == StatusCode::NOT_MODIFIED {
        return Ok(CatalogAnswer::Unchanged);
    }
    let document: Document = answer.json()?;
    let etag = answer.header(header::ETAG).map(str::to_owned);
    let (mut mashups, mut unread) = (Vec::new(), Vec::new());
    for entry in document.mashups {
        let id = entry.get("id").and_then(|id| MashupId::parse(id.as_str()?).ok());
        match mashup(entry) {
            Some(mashup) => mashups.push(mashup),
            None => {
                // One bad entry must not hide three hundred good ones.
                tracing::warn!(?id, "left an entry out of the catalog");
                unread.extend(id);
            }
        }
    }
    Ok(CatalogAnswer::Changed { mashups, unread, etag })
}

fn mashup(entry: serde_json::Value) -> Option<Mashup> {
    let entry: Entry = serde_json::from_value(entry).ok()?;
    Some(Mashup {
        id: MashupId::parse(&entry.id).ok()?,
        title: plain(&entry.title),
        description: plain(&entry.description),
        group: plain(&entry.group),
        icon: entry.icon.as_str().and_then(Icon::parse),
        accent: entry.accent.filter(|accent| is_colour(accent)),
        updated: entry.updated,
    })
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_cannot_play_tricks() {
        assert_eq!(plain("Sales\u{202e} htroN\n"), "Sales htroN");
        assert!(is_colour("#a1B2c3"));
        for bad in ["a1b2c3", "#a1b2c", "#a1b2cg", "url(x)"] {
            assert!(!is_colour(bad), "{bad}");
        }
    }
}
