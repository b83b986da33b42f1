//! Bars beside each other, as a drawing for a page: medians, with a line from the
//! least to the most.

use std::fmt::Write;

use anyhow::Result;

use super::figures::Plot;

const WIDTH: f64 = 720.0;
/// Where bars begin: their names are to the left.
const LEFT: f64 = 150.0;
/// Kept free for the numbers.
const RIGHT: f64 = 110.0;
const BAR: f64 = 18.0;
const GAP: f64 = 6.0;
/// Above a group, for its name.
const HEAD: f64 = 30.0;

/// In light and in dark, after the page's own.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.group{font-weight:600}\
.ours{fill:#0a7d4f}.theirs{fill:#9aa4af}.spread{stroke:#1f2328;stroke-width:1.5}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb27f}.theirs{fill:#6e7781}.spread{stroke:#e6edf3}}";

/// The drawing.
pub(super) fn svg(plot: &Plot) -> Result<String> {
    let most = plot.bars.iter().map(|bar| bar.rounds.spread().1).fold(0.0, f64::max);
    let scale = |value: f64| value / most * (WIDTH - LEFT - RIGHT);
    let (mut drawn, mut y, mut group) = (String::new(), 0.0, "");
    for bar in &plot.bars {
        if bar.group != group {
            group = &bar.group;
            y += HEAD;
            writeln!(drawn, r#"<text class="group" x="0" y="{:.0}">{group}</text>"#, y - GAP)?;
        }
        let (median, (least, most)) = (bar.rounds.median()?, bar.rounds.spread());
        let (kind, middle) = (if bar.label == "Mashdesk" { "ours" } else { "theirs" }, y + BAR / 2.0);
        writeln!(drawn, r#"<text x="0" y="{:.0}">{}</text>"#, y + BAR - 4.0, bar.label)?;
        writeln!(
            drawn,
            r#"<rect class="{kind}" x="{LEFT}" y="{y:.0}" width="{:.1}" height="{BAR}" rx="2"/>"#,
            scale(median)
        )?;
        writeln!(
            drawn,
            r#"<line class="spread" x1="{:.1}" x2="{:.1}" y1="{middle}" y2="{middle}"/>"#,
            LEFT + scale(least),
            LEFT + scale(most)
        )?;
        let right = LEFT + scale(most) + GAP;
        writeln!(drawn, r#"<text x="{right:.1}" y="{:.0}">{median:.0} {}</text>"#, y + BAR - 4.0, plot.unit)?;
        y += BAR + GAP;
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y:.0}\" role=\"img\">\n\
         <style>{STYLE}</style>\n{drawn}</svg>\n"
    ))
}
