//! The names of things: parsed once, then trusted.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Error;

/// Longest catalog id that is accepted, in characters.
const MASHUP_ID_MAX: usize = 128;

/// The catalog id of a mashup: 1 to 128 of `[A-Za-z0-9._~-]`, so that it can
/// stand in a path of the website's API as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MashupId(String);

impl MashupId {
    /// Reads an id that a person, a link or the website gave.
    ///
    /// # Errors
    /// [`Error::UnknownMashup`] where no mashup can have that id.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        let dots = text.chars().all(|c| c == '.'); // `.` and `..` are steps in a path
        if text.len() > MASHUP_ID_MAX || dots || !text.chars().all(legal) {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(Error::UnknownMashup { mashup: shown });
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as the website wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MashupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(Uuid);

        impl $name {
            /// A new, random id.
            #[expect(clippy::new_without_default, reason = "two defaults would differ")]
            pub fn new() -> Self {
                Self(Uuid::new_v4())
            }

            /// Reads an id that `Display` wrote.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

random_id! {
    /// One mashup's window. The website knows it by this id too; it is not a
    /// credential.
    WindowId
}
random_id! {
    /// One run of Mashdesk on one machine, so that the website can end what a
    /// crashed run left behind. Not a credential.
    Instance
}
random_id! {
    /// One export, from its click to its file.
    ExportId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mashup_id_is_what_can_stand_in_a_path() {
        for good in ["m1", "Sales-North_2", "a~b.c"] {
            assert!(MashupId::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(10_000);
        for bad in ["", ".", "..", "a/b", "a?b", "a b", "é", "a\u{202e}b", "a\nb", &long] {
            assert!(MashupId::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_id_is_what_it_was_read_from(text in ".{0,200}|[.~]{0,3}|[a-z0-9._~-]{1,140}") {
            if let Ok(id) = MashupId::parse(&text) {
                prop_assert_eq!(id.as_str(), &text);
                prop_assert!((1..=MASHUP_ID_MAX).contains(&text.len()));
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte)));
            }
        }
    }
}
