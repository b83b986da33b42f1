//! What an exported file is called: `<mashup> - <local date and time>.<ext>`,
//! legal on Windows, macOS and Linux.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use url::Url;

use crate::website::plain;

/// Longest mashup title in a file name, in characters; with the date it stays
/// under every file system's limit of 255 bytes even at four bytes each.
const TITLE_MAX: usize = 50;
/// Longest ending that is believed.
const ENDING_MAX: usize = 8;

pub(super) fn for_export(title: &str, url: &Url, now: &Zoned) -> String {
    let file = url.path().rsplit('/').next().unwrap_or_default();
    for_download(title, Some(file), now)
}

/// The same for a download of the webview's own; only the ending of the name
/// that the page suggests is believed.
pub(crate) fn for_download(title: &str, suggested: Option<&str>, now: &Zoned) -> String {
    let ending = ending(suggested.unwrap_or_default());
    format!("{} - {}{ending}", legal(title), now.strftime("%Y-%m-%d %H-%M-%S"))
}

/// `name.ext`, or `name (2).ext` from the second try on.
pub(super) fn numbered(folder: &Path, file_name: &str, attempt: u32) -> PathBuf {
    if attempt < 2 {
        return folder.join(file_name);
    }
    match file_name.rsplit_once('.') {
        Some((stem, ending)) => folder.join(format!("{stem} ({attempt}).{ending}")),
        None => folder.join(format!("{file_name} ({attempt})")),
    }
}

fn ending(file: &str) -> String {
    match file.rsplit_once('.') {
        Some((_, ending))
            if (1..=ENDING_MAX).contains(&ending.len())
                && ending.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            format!(".{}", ending.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

fn legal(title: &str) -> String {
    let legal: String = plain(title)
        .chars()
        .map(|c| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { ' ' } else { c })
        .take(TITLE_MAX)
        .collect();
    let legal = legal.split_whitespace().collect::<Vec<_>>().join(" ");
    // A leading dot would hide the file.
    let legal = legal.trim_matches(|c| c == '.' || c == ' ');
    if legal.is_empty() { "export".to_owned() } else { legal.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_legal_everywhere() {
        let now: Zoned = "2026-11-24T15:04:05+01:00[Europe/Madrid]".parse().expect("a time");
        let table = [
            ("Sales North", "https://q/tempcontent/1/2.xlsx?a=b", "Sales North - 2026-11-24 15-04-05.xlsx"),
            ("../../etc: <a>|\"b\"", "https://q/t/2.CSV", "etc a b - 2026-11-24 15-04-05.csv"),
            ("...", "https://q/t/noending", "export - 2026-11-24 15-04-05"),
            ("CON", "https://q/t/2.tar%2Fgz", "CON - 2026-11-24 15-04-05"),
        ];
        for (title, url, wanted) in table {
            assert_eq!(for_export(title, &Url::parse(url).expect("a URL"), &now), wanted);
        }
    }

    #[test]
    fn collisions_are_numbered() {
        let folder = Path::new("d");
        assert_eq!(numbered(folder, "a b.csv", 1), folder.join("a b.csv"));
        assert_eq!(numbered(folder, "a b.csv", 2), folder.join("a b (2).csv"));
        assert_eq!(numbered(folder, "a", 3), folder.join("a (3)"));
    }

    proptest! {
        #[test]
        fn whatever_a_page_suggests_is_legal_everywhere(title in ".{0,120}", suggested in ".{0,60}") {
            let now: Zoned = "2026-11-24T15:04:05+01:00[Europe/Madrid]".parse().expect("a time");
            let name = for_download(&title, Some(&suggested), &now);
            let parts: Vec<Component<'_>> = Path::new(&name).components().collect();
            prop_assert!(matches!(parts[..], [Component::Normal(_)]), "{name:?} is no name of a file");
            prop_assert!(name.len() <= 240, "{name:?} is {} bytes long", name.len());
            let illegal = |c: char| c.is_control() || r#"<>:"/\|?*"#.contains(c);
            prop_assert!(!name.contains(illegal), "{name:?}");
            prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?}");
            prop_assert_eq!(&plain(&name), &name);
        }
    }
}
