//! `ExportData`: a cube as a file.

use bytes::Bytes;
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};
use serde::Deserialize;

use super::hypercube::Cube;

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

    pub(super) fn write(self, cube: &Cube<'_>, title: &str) -> Result<Bytes, XlsxError> {
        match self {
            Self::Commas => Ok(text(cube, ',').into()),
            Self::Tabs => Ok(text(cube, '\t').into()),
            Self::Workbook => Ok(workbook(cube, title)?.into()),
        }
    }
}

fn text(cube: &Cube<'_>, separator: char) -> String {
    let titles = cube.columns.iter().map(|column| column.title.as_str()).collect();
    let rows = cube.rows.iter().map(|row| row.iter().map(|entry| entry.cell.text.as_str()).collect());
    std::iter::once(titles)
        .chain(rows)
        .map(|row: Vec<&str>| {
            let row: Vec<String> = row.into_iter().map(|text| quoted(text, separator)).collect();
            row.join(&separator.to_string()) + "\r\n"
        })
        .collect()
}

fn quoted(text: &str, separator: char) -> String {
    if text.contains([separator, '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn workbook(cube: &Cube<'_>, title: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(title));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0..).zip(&cube.columns) {
        sheet.write_with_format(0, column, &heading.title, &bold)?;
    }
    for (row, entries) in (1..).zip(&cube.rows) {
        for (column, entry) in (0..).zip(entries) {
            match entry.cell.number {
                // A month is a number as well, but what was shown is its name.
                Some(number) if entry.cell.text.parse::<f64>().is_ok() => sheet.write(row, column, number)?,
                _ => sheet.write(row, column, &entry.cell.text)?,
            };
        }
    }
    sheet.autofit();
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
