//! What an exported file is called: `<mashup> - <object> - <local date and
//! time>.<ext>`, legal on Windows, macOS and Linux.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use url::Url;

use crate::website::plain;

/// Longest part of a file name, in bytes: two of them with the date stay under
/// every file system's limit of 255.
const PART_MAX: usize = 100;
/// Longest ending that is believed.
const ENDING_MAX: usize = 8;
/// What is at least as long and has only the digits of a GUID says nothing to
/// a person.
const GUID_MIN: usize = 16;
/// Endings of what a system runs when it is opened. No mashup exports that, so
/// the file is saved without.
const PROGRAMS: &[&str] = &[
    "app", "appimage", "appref", "bat", "cmd", "com", "command", "cpl", "desktop", "dll", "dmg", "exe",
    "hta", "img", "inf", "iso", "jar", "js", "jse", "lnk", "msc", "msi", "msix", "msp", "pif", "pkg", "ps1",
    "psm1", "py", "reg", "run", "scf", "scr", "sh", "url", "vbe", "vbs", "vhd", "vhdx", "webloc", "wsf",
    "wsh", "xla", "xlam", "xll",
];

/// The name of a mashup's file. `suggested` is what the page, the address or the
/// server calls it: the object's name is taken from there, where it is one, and
/// the ending.
pub(crate) fn of(title: &str, suggested: Option<&str>, now: &Zoned) -> String {
    let (stem, ending) = split(suggested.unwrap_or_default());
    let (title, object) = (legal(title), object(stem));
    let title = if title.is_empty() { "export".to_owned() } else { title };
    let date = now.strftime("%Y-%m-%d %H-%M-%S");
    match object.filter(|object| !object.eq_ignore_ascii_case(&title)) {
        Some(object) => format!("{title} - {object} - {date}{ending}"),
        None => format!("{title} - {date}{ending}"),
    }
}

/// What an address calls its file.
pub(super) fn in_address(url: &Url) -> Option<String> {
    let file = url.path_segments()?.next_back()?;
    Some(percent_encoding::percent_decode_str(file).decode_utf8_lossy().into_owned())
}

/// The ending of a name, with its dot, in small letters; nothing where there is
/// none to believe.
pub(super) fn ending(file: &str) -> String {
    split(file).1
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

fn split(file: &str) -> (&str, String) {
    match file.rsplit_once('.') {
        Some((stem, ending)) if PROGRAMS.contains(&&*ending.to_ascii_lowercase()) => (stem, String::new()),
        Some((stem, ending))
            if (1..=ENDING_MAX).contains(&ending.len())
                && ending.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            (stem, format!(".{}", ending.to_ascii_lowercase()))
        }
        _ => (file, String::new()),
    }
}

/// The name of an object, where it says something to a person.
fn object(stem: &str) -> Option<String> {
    let of_guid = |c: char| c.is_ascii_hexdigit() || c == '-';
    let guid = stem.len() >= GUID_MIN && stem.chars().all(of_guid);
    let object = legal(stem);
    (!guid && object.chars().any(char::is_alphabetic)).then_some(object)
}

fn legal(name: &str) -> String {
    let legal: String = plain(name)
        .chars()
        .map(|c| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { ' ' } else { c })
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= PART_MAX).then_some(c)
        })
        .collect();
    let legal = legal.split_whitespace().collect::<Vec<_>>().join(" ");
    // A leading dot would hide the file.
    legal.trim_matches(|c| c == '.' || c == ' ').to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    fn now() -> Zoned {
        "2026-11-24T15:04:05+01:00[Europe/Madrid]".parse().expect("a time")
    }

    #[test]
    fn names_are_legal_everywhere() {
        let table = [
            ("Sales North", "1.xlsx", "Sales North - 2026-11-24 15-04-05.xlsx"),
            ("../../etc: <a>|\"b\"", "2.CSV", "etc a b - 2026-11-24 15-04-05.csv"),
            ("...", "", "export - 2026-11-24 15-04-05"),
            ("Sales", "setup.EXE", "Sales - setup - 2026-11-24 15-04-05"),
            ("CON", "2.tar/gz", "CON - 2.tar gz - 2026-11-24 15-04-05"),
            ("Ventas", "Año: 2026?.pdf", "Ventas - Año 2026 - 2026-11-24 15-04-05.pdf"),
        ];
        for (title, suggested, wanted) in table {
            assert_eq!(of(title, Some(suggested), &now()), wanted);
        }
    }

    #[test]
    fn an_object_is_named_where_its_name_says_something() {
        for (suggested, wanted) in [
            ("Orders.xlsx", "Sales - Orders - 2026-11-24 15-04-05.xlsx"),
            ("sales.xlsx", "Sales - 2026-11-24 15-04-05.xlsx"),
            ("0f8fad5b-d9cb-469f-a165-70867728950e.xlsx", "Sales - 2026-11-24 15-04-05.xlsx"),
            ("Facade.xlsx", "Sales - Facade - 2026-11-24 15-04-05.xlsx"),
        ] {
            assert_eq!(of("Sales", Some(suggested), &now()), wanted);
        }
        assert_eq!(of("Sales", None, &now()), "Sales - 2026-11-24 15-04-05");
        let url = Url::parse("https://q/ticket/tempcontent/1/My%20orders%2Fall.csv?a=b.c").expect("a URL");
        assert_eq!(in_address(&url).as_deref(), Some("My orders/all.csv"));
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
        fn whatever_a_page_suggests_is_legal_everywhere(title in ".{0,120}", suggested in ".{0,120}") {
            let name = of(&title, Some(&suggested), &now());
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
