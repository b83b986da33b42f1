//! Qlik's own charts draw, a click on a bar selects, and their table is exported
//! as it is shown.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use calamine::Reader;
use mashdesk_lab::table::Table;
use serde_json::Value;

use super::{Charts, Story};
use crate::report::Report;

/// The table's columns: what is exported, and what is seen of it.
const COLUMNS: [&str; 5] = ["Order", "Region", "Product", "Month", "=Sum(Sales)"];
/// Where a chart's canvases are painted in a colour rather than in grey: how
/// many pixels, and the middle of a run of them.
const PAINTED: &str = "(chart) => {
    let pixels = 0, place = null;
    for (const canvas of document.querySelectorAll(chart + ' canvas')) {
        if (!canvas.width || !canvas.height) continue;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const box = canvas.getBoundingClientRect();
        let run = 0;
        for (let at = 0; at < data.length; at += 4) {
            const [red, green, blue, opacity] = data.slice(at, at + 4);
            const painted = opacity > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
            run = painted ? run + 1 : 0;
            pixels += painted;
            const pixel = at / 4, [x, y] = [pixel % canvas.width, Math.floor(pixel / canvas.width)];
            if (run === 8 && y > canvas.height / 2 && !place) {
                place = [box.x + (x - 4) * box.width / canvas.width, box.y + y * box.height / canvas.height];
            }
        }
    }
    return { pixels, place };
}";
/// The texts below an element, from those that have no other within.
const TEXTS: &str = "(within) => within && [...within.querySelectorAll('*')]
    .filter((element) => !element.children.length)
    .map((element) => element.textContent.trim())
    .filter((text) => text)";
const BODY: &str = "document.querySelector('.sn-table-body')";

pub(super) fn play(story: &Story, report: &mut Report, a1: &Charts<'_>, a2: &Charts<'_>) -> Result<()> {
    report.check("nebula.draws", || Ok(format!("{}; {}", a1.draws()?, a2.draws()?)));
    story.desktop.picture(&a1.page, "charts-a1.png")?;
    report.check("nebula.selects", || a1.selects());
    report.check("nebula.both_apps", || {
        let before = a1.total()?;
        ensure!(a2.total()? == sales(&a2.table, None), "{} follows {}", a2.app.title, a1.app.title);
        let told = a2.selects()?;
        ensure!(a1.total()? == before, "{} follows {}", a1.app.title, a2.app.title);
        Ok(told)
    });
    for (check, button) in [("nebula.export_xlsx", "#export-xlsx"), ("nebula.export_csv", "#export-csv")] {
        report.check(check, || story.exports(a1, button));
    }
    story.desktop.picture(&a1.page, "charts-a1-selected.png")?;
    story.desktop.picture(&a2.page, "charts-a2-selected.png")
}

impl Story {
    /// The file has the rows that the table shows, and all that it would show.
    fn exports(&self, charts: &Charts<'_>, button: &str) -> Result<String> {
        let file = self.desktop.export(&charts.page, button)?;
        let mut rows = rows_of(&file)?.into_iter();
        ensure!(rows.next().is_some_and(|heading| heading == COLUMNS), "other columns");
        let rows: Vec<Vec<String>> = rows.collect();
        let shown = charts.rows()?;
        ensure!(!shown.is_empty() && rows.starts_with(&shown), "shown: {shown:?}, in the file: {rows:?}");
        let sum: f64 = rows.iter().filter_map(|row| row.last()?.parse::<f64>().ok()).sum();
        ensure!(
            charts.total()? == sum.to_string(),
            "the file's sum is {sum}, the table's {}",
            charts.total()?
        );
        ensure!(charts.page.data("state")? == "ready", "the mashup was left");
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(format!("{name}: {} rows, the first {} as shown, {sum} in all", rows.len(), shown.len()))
    }
}

impl Charts<'_> {
    /// Clicks a bar, confirms, and sees the other charts follow to that bar's
    /// region.
    fn selects(&self) -> Result<String> {
        let Self { page, table, .. } = self;
        let (kpi, line) = (self.kpi()?, self.line()?);
        page.click_at(&page.until("a bar", &format!("({PAINTED})('#bar').place"))?)?;
        page.click("[data-testid=actions-toolbar-confirm]")?;
        page.until(
            "the end of the selection",
            "!document.querySelector('[data-testid=actions-toolbar-confirm]')",
        )?;

        let selected = page.text("#selections")?;
        let region = table.columns.iter().find(|column| column.name == "Region").context("no regions")?;
        let region = region.values.iter().map(|value| value.text.as_str());
        let region = region.filter(|region| selected.contains(region)).collect::<Vec<_>>();
        let &[region] = &region[..] else { anyhow::bail!("selected: {selected}") };
        let expected = sales(table, Some(region));
        page.until("the table to follow", &format!("{} === '{expected}'", total()))?;
        ensure!(self.rows()?.iter().all(|row| row[1] == region), "the table shows other regions");
        page.until("the figure to follow", &format!("document.querySelector('#kpi').innerText !== {kpi}"))?;
        page.until("the line to follow", &format!("({PAINTED})('#line').pixels !== {line}"))?;
        Ok(format!("{}: {expected} in {region}", self.app.title))
    }

    fn draws(&self) -> Result<String> {
        let page = &self.page;
        let count = |chart: &str| page.until(chart, &format!("({PAINTED})('{chart}').pixels"));
        let (bar, line) = (count("#bar")?, count("#line")?);
        let expected = sales(&self.table, None);
        page.until("the table", &format!("{} === '{expected}'", total()))?;
        let orders: Vec<String> = self.rows()?.into_iter().map(|row| row[0].clone()).collect();
        ensure!(orders.iter().zip(1..).all(|(order, number)| *order == number.to_string()), "{orders:?}");
        let kpi = self.kpi()?;
        Ok(format!(
            "{}: {bar} pixels of bars, {line} of lines, {kpi}, {} orders",
            self.app.title,
            orders.len()
        ))
    }

    fn kpi(&self) -> Result<Value> {
        self.page.until("the figure", "/\\d/.test(document.querySelector('#kpi').innerText) && document.querySelector('#kpi').innerText")
    }

    fn line(&self) -> Result<Value> {
        self.page.until("the line", &format!("({PAINTED})('#line').pixels"))
    }

    /// What the table's row of totals says of the sales.
    fn total(&self) -> Result<String> {
        let total = self.page.until("the total", &total())?;
        Ok(total.as_str().unwrap_or_default().to_owned())
    }

    /// The rows of the table that are on the screen, cell by cell.
    fn rows(&self) -> Result<Vec<Vec<String>>> {
        let cells = self.page.until("the table's rows", &format!("({TEXTS})({BODY})"))?;
        let cells: Vec<String> = serde_json::from_value(cells)?;
        ensure!(cells.len().is_multiple_of(COLUMNS.len()), "{cells:?}");
        Ok(cells.chunks(COLUMNS.len()).map(<[_]>::to_vec).collect())
    }
}

/// The last text of the row of totals, above the table's body.
fn total() -> String {
    format!("({TEXTS})({BODY}?.previousElementSibling)?.pop()")
}

/// The sum of the sales, in one region or in all.
fn sales(table: &Table, region: Option<&str>) -> String {
    let column = |name: &str| table.columns.iter().find(|column| column.name == name);
    let (Some(regions), Some(sales)) = (column("Region"), column("Sales")) else { return String::new() };
    let rows = (0..table.rows()).filter(|&row| region.is_none_or(|region| regions.cell(row).text == region));
    rows.filter_map(|row| sales.cell(row).number).sum::<f64>().to_string()
}

/// The rows of an exported file, whatever its kind.
fn rows_of(file: &Path) -> Result<Vec<Vec<String>>> {
    if file.extension().is_some_and(|ending| ending == "xlsx") {
        let mut book = calamine::open_workbook_auto(file)?;
        let sheet = book.worksheet_range_at(0).context("no sheet")??;
        return Ok(sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect());
    }
    let text = fs::read_to_string(file)?;
    Ok(text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect())
}
