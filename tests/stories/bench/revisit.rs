//! The second time that a mashup is opened, over a link as people have it at home:
//! what its pages load is there already, the session and its cookie are not.

use anyhow::{Context, Result};

use super::figures::{Figures, Rounds};
use super::link::{Link, NEAR};
use super::peers::{Browsers, Peer, Profiles};
use super::running::{Click, click};
use super::tickets::Counter;
use super::{Bench, now, order, peers};
use crate::desktop::Desktop;
use crate::far_lab::FarLab;
use crate::kept_pages::KeptPages;

pub(super) fn measure(bench: &Bench, desktop: &Desktop, figures: &mut Figures) -> Result<()> {
    let Bench { rounds, even_if_busy, .. } = *bench;
    let link = Link::new()?;
    let near = NEAR.to_string();
    let lab =
        FarLab::start_with(&["--front-page", "bench.html", "--session-limit", "1000", "--known-at", &near])?;
    link.carry(lab.website.port().context("a website without a port")?)?;
    let counter = Counter::of(&lab)?;
    let titles = counter.titles()?;
    let mut far = Bench { counter, titles, door: peers::door(NEAR)?, rounds, given: 0, even_if_busy, lab };
    let qlik = far.counter.entry("m001")?.redeem_url;
    link.carry(qlik.port().context("a Qlik without a port")?)?;
    tauri::async_runtime::block_on(async {
        desktop.desk.set_website(far.lab.website.as_str()).await?;
        desktop.desk.sign_in(&far.lab.token).await
    })?;

    let (mut first, mut again) = (Rounds::default(), Rounds::default());
    let (mut chromium, mut chromium_first) = (Rounds::default(), Rounds::default());
    for round in 0..rounds {
        let mashup = far.unopened(1)?.remove(0);
        for place in order::<2>(round) {
            if place == 0 {
                first.add(visit(&mut far, desktop, &mashup)?.took);
                let second = visit(&mut far, desktop, &mashup)?;
                again.add(second.took);
                if round + 1 == rounds {
                    second.note(figures, "a second open over the link");
                }
            } else {
                let profiles = Profiles::new(1)?;
                chromium_first.add(browse(&mut far, &mashup, &profiles)?);
                chromium.add(browse(&mut far, &mashup, &profiles)?);
            }
        }
    }
    figures.ratio("revisit.first", &again, &first, 0.40, "ms");
    figures.ratio("revisit.chromium", &again, &chromium, 1.10, "ms");
    figures.draw("revisit", "ms", "first open", &[("Mashdesk", &first), ("Chromium", &chromium_first)]);
    figures.draw("revisit", "ms", "second open", &[("Mashdesk", &again), ("Chromium", &chromium)]);
    Ok(())
}

/// Opens a mashup until it is painted, and closes it when what it keeps is written
/// down.
fn visit(far: &mut Bench, desktop: &Desktop, mashup: &str) -> Result<Click> {
    let click = click(far, desktop, mashup)?;
    KeptPages::of(desktop)?.close(desktop, click.window)?;
    Ok(click)
}

/// Milliseconds until a Chromium with that profile has painted.
fn browse(far: &mut Bench, mashup: &str, profiles: &Profiles) -> Result<f64> {
    let mashups = [mashup.to_owned()];
    far.settle()?;
    let entries = far.counter.entries(&mashups)?;
    let began = now();
    let browsers = Browsers::open_in(Peer::Chromium, &far.door, &entries, profiles)?;
    let took = far.painted(&mashups)? - began;
    browsers.quit()?;
    Ok(took)
}
