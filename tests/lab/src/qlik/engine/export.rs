//! `ExportData`: a cube as a file.

use rust_xlsxwriter::{DocProperties, Format, Image, Workbook, XlsxError};
use serde::Deserialize;

use super::{cells::View, padding};
use crate::{qlik::exports::Content, table::Cell};

/// Bytes of a text that are kept as they are; what comes after is made as it is sent.
const KEPT_WHOLE: usize = 16 << 20;
/// Bytes that are sent at once.
const PIECE: usize = 256 << 10;

/// `qFileType`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(super) enum FileType {
    #[serde(rename = "CSV_C")]
    Commas,
    #[serde(rename = "CSV_T")]
    Tabs,
    #[serde(rename = "OOXML")]
    Workbook,
}

impl FileType {
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Commas => "csv",
            Self::Tabs => "tsv",
            Self::Workbook => "xlsx",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Commas => "text/csv; charset=utf-8",
            Self::Tabs => "text/tab-separated-values; charset=utf-8",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The file, padded to `at_least` bytes without a change to what it holds first.
    pub(super) fn write(self, view: View<'_>, title: &str, at_least: usize) -> Result<Content, XlsxError> {
        match self {
            Self::Commas => Ok(text(view, ',', at_least)),
            Self::Tabs => Ok(text(view, '\t', at_least)),
            Self::Workbook => Ok(workbook(view, title, at_least)?.into()),
        }
    }
}

/// The rows repeat until the text is long enough; the longest texts are not kept whole.
fn text(view: View<'_>, separator: char, at_least: usize) -> Content {
    let line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells.into_iter().map(|text| quoted(text, separator)).collect();
        cells.join(&separator.to_string()) + "\r\n"
    };
    let cube = view.cube;
    let mut text = line(cube.columns.iter().map(|column| column.title.as_str()).collect());
    let rows: String = (0..cube.rows())
        .map(|row| {
            let cells: Vec<Cell> = (0..cube.columns.len()).map(|column| view.shown(row, column)).collect();
            line(cells.iter().map(|cell| cell.text.as_str()).collect())
        })
        .collect();
    text.push_str(&rows);
    while text.len() < at_least.min(KEPT_WHOLE) && !rows.is_empty() {
        text.push_str(&rows);
    }
    if text.len() >= at_least || rows.is_empty() {
        return text.into();
    }
    let repeated = rows.repeat(PIECE.div_ceil(rows.len()));
    let times = (at_least - text.len()).div_ceil(repeated.len());
    Content { bytes: text.into(), repeated: repeated.into(), times }
}

fn quoted(text: &str, separator: char) -> String {
    if text.contains([separator, '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn workbook(view: View<'_>, title: &str, at_least: usize) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(title));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0..).zip(&view.cube.columns) {
        sheet.write_with_format(0, column, &heading.title, &bold)?;
    }
    for (line, row) in (1..).zip(0..view.cube.rows()) {
        for (place, column) in (0..).zip(0..view.cube.columns.len()) {
            let cell = view.shown(row, column);
            match cell.number {
                // A month is a number as well, but what was shown is its name.
                Some(number) if cell.text.parse::<f64>().is_ok() => sheet.write(line, place, number)?,
                _ => sheet.write(line, place, &cell.text)?,
            };
        }
    }
    sheet.autofit();
    if at_least > 0 {
        let image = padding::image(at_least).map_err(|error| XlsxError::ParameterError(error.to_string()))?;
        let sheet = workbook.add_worksheet().set_name("Padding")?;
        sheet.insert_image(0, 0, &Image::new_from_buffer(&image)?)?;
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_the_separator_is_quoted() {
        assert_eq!(quoted("a,b", ','), "\"a,b\"");
        assert_eq!(quoted("a,b", '\t'), "a,b");
        assert_eq!(quoted("say \"x\"", ','), "\"say \"\"x\"\"\"");
    }
}
