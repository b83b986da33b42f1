//! What a mashup's window is made with, and what tells it apart at a glance.

use crate::host::{Geometry, Host};
use crate::website::plain;
use crate::{Catalog, Connection, Desk, WindowId, Zoom};

/// Most of a page's own title that is shown, in characters.
const PAGE_TITLE_MAX: usize = 200;

/// What a window is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What the task switcher calls it.
    pub title: String,
    /// What the task switcher shows, where the mashup has a colour of its own.
    pub icon: Option<WindowIcon>,
    /// Where it was.
    pub geometry: Option<Geometry>,
    /// How large its page is drawn.
    pub zoom: Zoom,
}

/// A small picture to tell windows apart: a mashup's initials on its colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowIcon {
    /// One or two letters, or none.
    pub initials: String,
    /// Red, green, blue.
    pub colour: [u8; 3],
}

impl WindowIcon {
    fn of(title: &str, accent: &str) -> Option<Self> {
        let hex = u32::from_str_radix(accent.strip_prefix('#')?, 16).ok()?;
        let [_, red, green, blue] = hex.to_be_bytes();
        Some(Self { initials: initials(title), colour: [red, green, blue] })
    }

    /// Whether letters on it are better light than dark.
    pub fn is_dark(&self) -> bool {
        let [red, green, blue] = self.colour.map(u32::from);
        // ITU-R BT.601, in thousandths: how bright a colour looks.
        red * 299 + green * 587 + blue * 114 < 150_000
    }
}

impl<H: Host> Desk<H> {
    /// What a window is made with, and what those that its mashup opens get.
    pub fn frame(&self, window: WindowId) -> Option<Frame> {
        let session = self.window(window)?;
        let website = match &*self.connection.lock() {
            Connection::Ready(website) => website.name.clone(),
            _ => String::new(),
        };
        let accent = match &*self.catalog.lock() {
            Catalog::Ready(mashups, _) => mashups
                .iter()
                .find(|mashup| mashup.id == session.mashup)
                .and_then(|mashup| mashup.accent.clone()),
            _ => None,
        };
        Some(Frame {
            title: if website.is_empty() {
                session.title.clone()
            } else {
                format!("{} — {website}", session.title)
            },
            icon: accent.and_then(|accent| WindowIcon::of(&session.title, &accent)),
            geometry: session.geometry,
            zoom: self.zoom_of(&session.mashup),
        })
    }

    /// What a window that a mashup has opened is called: as its page is, and
    /// whose it is.
    pub fn title_of_opened(&self, window: WindowId, page: &str) -> String {
        let mashup = self.window(window).map(|session| session.title).unwrap_or_default();
        let page: String = plain(page).chars().take(PAGE_TITLE_MAX).collect();
        if page.trim().is_empty() { mashup } else { format!("{page} — {mashup}") }
    }
}

/// The first letters of its first two words.
fn initials(title: &str) -> String {
    title
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_initials_on_a_colour() {
        let icon = WindowIcon::of("Sales North", "#1a5fb4").expect("an icon");
        assert_eq!(icon, WindowIcon { initials: "SN".to_owned(), colour: [0x1a, 0x5f, 0xb4] });
        assert!(icon.is_dark());
        assert!(!WindowIcon::of("Sales", "#f6d32d").expect("an icon").is_dark());
        for (title, wanted) in [
            ("Sales", "S"),
            ("costes – años (2026)", "CA"),
            ("  <b>  élan", "BÉ"),
            ("??", ""),
            ("", ""),
            ("売上 北", "売北"),
        ] {
            assert_eq!(initials(title), wanted, "{title}");
        }
    }
}
