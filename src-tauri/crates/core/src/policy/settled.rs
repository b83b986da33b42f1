//! Which policy holds: the machine's over the person's, and each value with
//! where it came from.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::{Policy, certificates};

/// Whom a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Everyone at this machine.
    Machine,
    /// The person who is signed in to it.
    User,
}

/// What one place says: a file, a key of the registry, managed preferences.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    place: String,
    values: Map<String, Json>,
    /// The text of a file, to name a line of it.
    text: Option<String>,
}

/// A policy is there and cannot be used. The app stops: without it, it might
/// allow more than IT wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct PolicyError {
    /// The file, with its line where that is known.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The policy that holds.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// Its values.
    pub policy: Policy,
    sources: Vec<(Level, Source)>,
}

/// One value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Null is open: there is a default.
    pub value: Json,
    /// Where it came from.
    pub from: Whence,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whence {
    /// A policy, and its place.
    Policy(Level, String),
    /// The person's own settings.
    Settings,
    /// Nobody has said.
    Default,
}

impl Source {
    /// Reads a policy's file; a missing one is none.
    ///
    /// # Errors
    /// The file, the line, and what is wrong.
    pub fn file(path: &Path) -> Result<Option<Self>, PolicyError> {
        let place = path.display().to_string();
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8(bytes)
                .map_err(|_| PolicyError { place: place.clone(), reason: "it is not UTF-8".to_owned() })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PolicyError { place, reason: error.to_string() }),
        };
        Self::text(&place, &text).map(Some)
    }

    /// Reads a policy's text.
    pub(crate) fn text(place: &str, text: &str) -> Result<Self, PolicyError> {
        // Windows' own editor begins a file with it.
        let json = text.trim_start_matches('\u{feff}');
        let wrong = |error: &serde_json::Error| PolicyError {
            place: format!("{place}, line {}", error.line()),
            reason: without_place(error),
        };
        let values = serde_json::from_str(json).map_err(|error| wrong(&error))?;
        // Once more by the type: it names the line of what the type refuses.
        serde_json::from_str::<Policy>(json).map_err(|error| wrong(&error))?;
        Ok(Self { place: place.to_owned(), values, text: Some(json.to_owned()) })
    }

    /// What a place other than a file says, by name.
    ///
    /// # Errors
    /// The name, and what is wrong with its value.
    pub fn of(place: &str, values: Map<String, Json>) -> Result<Self, PolicyError> {
        for (name, value) in &values {
            let alone: Map<String, Json> = [(name.clone(), value.clone())].into_iter().collect();
            serde_json::from_value::<Policy>(Json::Object(alone)).map_err(|error| PolicyError {
                place: format!("{place}, value {name}"),
                reason: without_place(&error),
            })?;
        }
        Ok(Self { place: place.to_owned(), values, text: None })
    }

    fn place_of(&self, name: &str) -> String {
        let line = self.text.as_ref().and_then(|text| {
            text.lines().position(|line| line.contains(&format!("\"{name}\""))).map(|line| line + 1)
        });
        match line {
            Some(line) => format!("{}, line {line}", self.place),
            None => format!("{}, value {name}", self.place),
        }
    }
}

impl Settled {
    /// What holds of a machine's and a person's policy.
    ///
    /// # Errors
    /// Where a value is of no use here: a file that it names is missing.
    pub fn of(machine: Option<Source>, user: Option<Source>) -> Result<Self, PolicyError> {
        let found = [(Level::Machine, machine), (Level::User, user)];
        let sources: Vec<_> =
            found.into_iter().filter_map(|(level, source)| Some((level, source?))).collect();
        let mut values = Map::new();
        for (_, source) in sources.iter().rev() {
            values.extend(source.values.clone().into_iter().filter(|(_, value)| !value.is_null()));
        }
        let policy = serde_json::from_value(Json::Object(values)).map_err(|error| PolicyError {
            place: sources.first().map_or_else(String::new, |(_, source)| source.place.clone()),
            reason: error.to_string(),
        })?;
        let settled = Self { policy, sources };
        if let Err(reason) = certificates(&settled.policy) {
            let (_, source) = settled.source_of("ca_files").unwrap_or(&settled.sources[0]);
            return Err(PolicyError { place: source.place_of("ca_files"), reason });
        }
        Ok(settled)
    }

    /// Each value and where it came from; below the policy are the person's own
    /// settings, by the same names.
    pub fn values(&self, settings: &Map<String, Json>) -> Vec<Value> {
        let whence = |name: String, value: Json| match (self.source_of(&name), settings.get(&name)) {
            (Some((level, source)), _) => {
                Value { from: Whence::Policy(*level, source.place.clone()), name, value }
            }
            (None, Some(own)) if !own.is_null() => Value { name, value: own.clone(), from: Whence::Settings },
            _ => Value { name, value, from: Whence::Default },
        };
        self.policy.values().into_iter().map(|(name, value)| whence(name, value)).collect()
    }

    fn source_of(&self, name: &str) -> Option<&(Level, Source)> {
        self.sources.iter().find(|(_, source)| source.values.get(name).is_some_and(|value| !value.is_null()))
    }
}

/// What the reader says, without its own counting of lines, and without
/// repeating a text that might hold a password.
fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    match said.strip_prefix("invalid type: string \"") {
        Some(rest) => format!("a text where {}", rest.rsplit_once("\", ").map_or("", |(_, wanted)| wanted)),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(folder: &Path, name: &str, text: &str) -> Result<Option<Source>, PolicyError> {
        let file = folder.join(name);
        fs::write(&file, text).expect("written");
        Source::file(&file)
    }

    #[test]
    fn the_machine_counts_before_the_person_and_both_before_the_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = source(folder.path(), "m.json", r#"{"website": "https://a.example", "proxy": null}"#);
        let user = source(folder.path(), "u.json", r#"{"website": "https://b.example", "proxy": "none"}"#);
        let settled = Settled::of(machine.expect("read"), user.expect("read")).expect("settled");
        assert_eq!(settled.policy.website.as_ref().map(url::Url::as_str), Some("https://a.example/"));
        assert_eq!(settled.policy.proxy, Some(super::super::Proxy::None));
        assert_eq!(settled.policy.managed(), ["proxy", "website"]);
        let settings = json!({"website": "https://c.example", "ask_where_to_save": true, "theme": "dark"});
        let values = settled.values(settings.as_object().expect("a map"));
        let from = |name: &str| {
            values.iter().find(|value| value.name == name).map(|value| value.from.clone()).expect(name)
        };
        let place = |name: &str| folder.path().join(name).display().to_string();
        assert_eq!(from("website"), Whence::Policy(Level::Machine, place("m.json")));
        assert_eq!(from("proxy"), Whence::Policy(Level::User, place("u.json")));
        assert_eq!(from("ask_where_to_save"), Whence::Settings);
        assert_eq!(from("log_level"), Whence::Default);
        assert!(values.iter().all(|value| value.name != "theme"), "{values:?}");
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let table = [
            ("{\n\"website\": 7}", "line 2", "expected a string"),
            ("{\n\n\"webside\": \"https://a.example\"}", "line 3", "unknown field `webside`"),
            ("{\n\"website\": \"http://portal.example\"}", "line 2", "without encryption"),
            (
                "{\"website\": \"https://a.example\",\n\"website\": \"https://b.example\"}",
                "line 2",
                "duplicate",
            ),
            ("{\n\"sign_in\": [\"oidc\",\n\"password\"]}", "line 3", "unknown variant `password`"),
            ("{\n\"proxy\": \"proxy:3128\"}", "line 2", "neither `system` nor `none`"),
            ("{\n\"updates\": \"http://it.example/latest.json\"}", "line 2", "is no address as https://"),
            ("{\n\"updates\": \"https://ana:hunter2@it.example/\"}", "line 2", "holds a name or a password"),
            ("{\n\"shared_sessions\": \"hunter2\"}", "line 2", "a text where expected a boolean"),
            ("{\n\"download_folder\": \"exports\"}", "line 2", "does not begin at the root"),
            ("{\n\"website\"", "line 2", "EOF"),
            ("", "line 1", "EOF"),
            ("[]", "line 1", "expected a map"),
        ];
        for (text, line, reason) in table {
            let error = source(folder.path(), "policy.json", text).expect_err(text);
            assert!(error.place.ends_with(line), "{text}: {error}");
            assert!(error.reason.contains(reason) && !error.reason.contains("hunter2"), "{text}: {error}");
        }
        assert_eq!(Source::file(&folder.path().join("none.json")), Ok(None));
        assert!(Source::file(folder.path()).is_err(), "a folder is no policy");
    }

    #[test]
    fn a_certificate_file_that_is_of_no_use_breaks_the_policy() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ca.pem");
        for text in
            [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")]
        {
            if let Some(text) = text {
                fs::write(&file, text).expect("written");
            }
            let policy = json!({"log_level": "debug", "ca_files": [file]});
            let policy = serde_json::to_string_pretty(&policy).expect("JSON");
            let machine = source(folder.path(), "policy.json", &policy).expect("read");
            let error = Settled::of(machine, None).expect_err("a broken policy");
            assert!(error.place.ends_with("line 2") && error.reason.contains("ca.pem"), "{error}");
        }
    }

    #[test]
    fn a_value_that_is_in_no_file_is_named() {
        let values = |value: Json| [("shared_sessions".to_owned(), value)].into_iter().collect();
        assert!(Source::of("HKLM", values(json!(true))).is_ok());
        let error = Source::of("HKLM", values(json!("yes"))).expect_err("no boolean");
        assert_eq!(error.place, "HKLM, value shared_sessions");
    }
}
