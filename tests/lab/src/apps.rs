//! The apps of the lab, generated from a seed: the same seed and count give the same ids, titles,
//! colours and data on every machine, and every piece of data tells which app it came from.

use std::collections::{HashMap, HashSet};

use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::table::Table;

mod data;
mod words;

/// How many images the library of each app holds.
pub const IMAGES: usize = 6;

/// One Qlik app, and the mashup of the website's catalog that opens it.
#[derive(Clone, Debug)]
pub struct App {
    /// Qlik's id, a UUID.
    pub id: String,
    /// The catalog's id: `m001`, `m002`, …
    pub mashup: String,
    /// Unique among the apps.
    pub title: String,
    /// The department it belongs to.
    pub group: String,
    /// One sentence.
    pub description: String,
    /// `#rrggbb`, no two apps the same.
    pub accent: String,
    /// Name of its content library, a slug of the title.
    pub library: String,
    /// When it last changed, RFC 3339.
    pub updated: String,
    /// Whether the mashup's pages are an extension on Qlik instead of pages of the website.
    pub hosted_on_qlik: bool,
    place: &'static str,
    number: usize,
    rows: Option<u32>,
    data_seed: u64,
}

impl App {
    /// Its data, the same every time; the field `App` holds the title in every row.
    pub fn table(&self) -> Table {
        let mut rng = ChaCha8Rng::seed_from_u64(self.data_seed);
        data::table(&self.title, self.number, self.place, self.rows, &mut rng)
    }

    /// File names of the images in its content library.
    pub fn images(&self) -> impl Iterator<Item = String> + use<> {
        (1..=IMAGES).map(|number| format!("photo-{number}.png"))
    }
}

/// All apps of a run.
#[derive(Debug)]
pub struct Apps {
    apps: Vec<App>,
    by_id: HashMap<String, usize>,
    by_mashup: HashMap<String, usize>,
}

impl Apps {
    /// The apps that belong to `seed`, of so many rows each; without a number, of a few.
    pub fn generate(seed: u64, count: usize, rows: Option<u32>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let themes = themes(&mut rng, count);
        let apps: Vec<App> =
            (1..).zip(themes).map(|(number, theme)| app(number, theme, rows, &mut rng)).collect();
        let index =
            |key: fn(&App) -> String| apps.iter().enumerate().map(|(at, app)| (key(app), at)).collect();
        Self { by_id: index(|app| app.id.clone()), by_mashup: index(|app| app.mashup.clone()), apps }
    }

    /// The app with this Qlik id.
    pub fn by_id(&self, id: &str) -> Option<&App> {
        self.by_id.get(id).map(|&at| &self.apps[at])
    }

    /// The app that this mashup opens.
    pub fn by_mashup(&self, mashup: &str) -> Option<&App> {
        self.by_mashup.get(mashup).map(|&at| &self.apps[at])
    }

    /// The app whose content library has this name.
    pub fn by_library(&self, library: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.library == library)
    }

    /// All of them, in the order of their mashups.
    pub fn iter(&self) -> impl Iterator<Item = &App> {
        self.apps.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.apps.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty()
    }
}

struct Theme {
    title: String,
    subject: &'static words::Subject,
    place: &'static str,
}

/// Subject by place, shuffled so that neighbours in the catalog differ; «Sales North» stays first
/// because the documentation talks about it.
fn themes(rng: &mut ChaCha8Rng, count: usize) -> Vec<Theme> {
    let mut pairs: Vec<_> = words::SUBJECTS
        .iter()
        .flat_map(|subject| words::PLACES.iter().map(move |&place| (subject, place)))
        .collect();
    pairs[1..].shuffle(rng);
    let mut taken = HashSet::new();
    pairs
        .iter()
        .cycle()
        .take(count)
        .map(|&(subject, place)| {
            let plain = format!("{} {place}", subject.name);
            let mut title = plain.clone();
            let mut edition = 2;
            while !taken.insert(title.clone()) {
                title = format!("{plain} {edition}");
                edition += 1;
            }
            Theme { title, subject, place }
        })
        .collect()
}

fn app(number: usize, theme: Theme, rows: Option<u32>, rng: &mut ChaCha8Rng) -> App {
    let Theme { title, subject, place } = theme;
    App {
        id: uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string(),
        mashup: format!("m{number:03}"),
        group: subject.department.into(),
        description: format!(
            "{} for {place}, refreshed {}.",
            subject.about,
            words::pick(words::RHYTHMS, rng)
        ),
        accent: accent(number),
        library: title.to_lowercase().replace(' ', "-"),
        updated: format!("2026-{:02}-{:02}T06:00:00Z", rng.random_range(1..=6), rng.random_range(1..=28)),
        hosted_on_qlik: number.is_multiple_of(7),
        title,
        place,
        number,
        rows,
        data_seed: rng.random(),
    }
}

/// Hues a golden angle apart, so that neighbours never look alike; the lightness keeps white text
/// readable and tells apart hues that meet again.
fn accent(number: usize) -> String {
    let hue = (number as f64 * 137.507_764).rem_euclid(360.0);
    let lightness = 0.36 + 0.03 * (number % 4) as f64;
    let saturation = 0.62;
    let channel = |offset: f64| {
        let k = (offset + hue / 30.0).rem_euclid(12.0);
        let value = lightness - saturation * lightness * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(0.0), channel(8.0), channel(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cell;

    #[test]
    fn the_same_seed_gives_the_same_apps_and_another_seed_others() {
        let ids = |seed| Apps::generate(seed, 20, None).iter().map(|app| app.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }

    #[test]
    fn nothing_that_tells_apps_apart_occurs_twice() {
        let apps = Apps::generate(1, 900, None);
        for key in
            [|app: &App| app.id.clone(), |app: &App| app.title.clone(), |app: &App| app.library.clone()]
        {
            assert_eq!(apps.iter().map(key).collect::<HashSet<_>>().len(), 900);
        }
        let apps = Apps::generate(1, 300, None);
        assert_eq!(apps.iter().map(|app| &app.accent).collect::<HashSet<_>>().len(), 300);
        assert_eq!(apps.by_mashup("m001").unwrap().title, "Sales North");
        assert_eq!(apps.iter().map(|app| &app.group).collect::<HashSet<_>>().len(), 12);
    }

    #[test]
    fn every_row_names_its_app() {
        for app in Apps::generate(3, 40, None).iter() {
            let table = app.table();
            assert!((60..=400).contains(&table.rows()), "{} rows", table.rows());
            let names = table.columns.iter().find(|column| column.name == "App").unwrap();
            assert_eq!(names.values, [Cell::text(&app.title)]);
            assert_eq!(table, app.table(), "the same every time");
        }
    }
}
