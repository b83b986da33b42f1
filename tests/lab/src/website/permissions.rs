//! Who may open which mashup: rules by user name, department, e-mail and group, kept in a small
//! file and changed while the website runs.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::people::Person;
use crate::apps::Apps;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// The name that the person signs in with.
    User,
    /// The person's department.
    Department,
    /// The person's e-mail address.
    Email,
    /// One of the person's groups.
    Group,
}

/// Opens one mashup to everybody whom it names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rule {
    /// The mashup's id.
    pub mashup: String,
    /// What the rule looks at.
    pub kind: SubjectKind,
    /// The name, department, address or group itself, in any letter case.
    pub subject: String,
}

/// Why the rules' file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PermissionsError {
    /// It cannot be read.
    #[error("cannot read the permissions in {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It does not hold rules.
    #[error("{path} holds no permissions")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where it went wrong.
        source: serde_json::Error,
    },
    /// It cannot be replaced; the rules stay as they were.
    #[error("cannot write the permissions to {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// All rules at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rules {
    rules: BTreeSet<Rule>,
}

/// The rules, their file and everybody who waits for a change.
#[derive(Debug)]
pub struct Permissions {
    file: PathBuf,
    current: watch::Sender<Arc<Rules>>,
    writing: Mutex<()>,
}

impl Rule {
    /// A rule that opens `mashup` to `subject`.
    pub fn new(kind: SubjectKind, subject: &str, mashup: &str) -> Self {
        Self { mashup: mashup.into(), kind, subject: subject.trim().to_lowercase() }
    }

    fn names(&self, person: &Person) -> bool {
        let same = |text: &str| text.to_lowercase() == self.subject;
        match self.kind {
            SubjectKind::User => same(&person.name),
            SubjectKind::Department => same(&person.department),
            SubjectKind::Email => same(&person.email),
            SubjectKind::Group => person.groups.iter().any(|group| same(group)),
        }
    }
}

impl SubjectKind {
    /// The word for it, as in the file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Department => "department",
            Self::Email => "email",
            Self::Group => "group",
        }
    }
}

impl Rules {
    /// The rules a fresh website starts with.
    pub(super) fn standard(apps: &Apps) -> Self {
        let rules = (1..).zip(apps.iter()).flat_map(|(number, app)| {
            let rule = |kind, subject| Rule::new(kind, subject, &app.mashup);
            let shared = match number % 4 {
                1 => rule(SubjectKind::Department, "Finance"),
                2 => rule(SubjectKind::Group, "regional-leads"),
                3 if number > 10 => rule(SubjectKind::Department, "Operations"),
                3 => rule(SubjectKind::Department, "Board"),
                _ if number % 20 == 0 => rule(SubjectKind::Email, "eve@acme.example"),
                _ => rule(SubjectKind::Group, "auditors"),
            };
            [rule(SubjectKind::User, "ana"), shared]
        });
        Self { rules: rules.collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    pub(super) fn allow(&self, person: &Person, mashup: &str) -> bool {
        self.for_mashup(mashup).any(|rule| rule.names(person))
    }

    /// The ids of all mashups that the person may open.
    pub(super) fn open_to(&self, person: &Person) -> BTreeSet<String> {
        self.rules.iter().filter(|rule| rule.names(person)).map(|rule| rule.mashup.clone()).collect()
    }

    /// Whom a mashup is for, in words; single people stay unnamed.
    pub(super) fn audience(&self, mashup: &str) -> Option<String> {
        let shared = self
            .for_mashup(mashup)
            .filter(|rule| matches!(rule.kind, SubjectKind::Department | SubjectKind::Group))
            .map(|rule| format!("{} {}", rule.kind.word(), capitalised(&rule.subject)))
            .collect::<Vec<_>>();
        (!shared.is_empty()).then(|| shared.join(" or "))
    }

    fn for_mashup(&self, mashup: &str) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.mashup == mashup)
    }
}

impl Permissions {
    /// The rules in `file`, or the standard ones when there is no such file yet.
    pub(super) fn load(file: PathBuf, apps: &Apps) -> Result<Self, PermissionsError> {
        let rules = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| PermissionsError::Malformed { path: file.clone(), source })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let rules = Rules::standard(apps);
                write(&file, &rules)?;
                rules
            }
            Err(source) => return Err(PermissionsError::Read { path: file, source }),
        };
        Ok(Self { file, current: watch::Sender::new(Arc::new(rules)), writing: Mutex::new(()) })
    }

    /// Adds a rule, at once; `false` when it was there already.
    pub fn grant(&self, rule: Rule) -> Result<bool, PermissionsError> {
        self.change(|rules| rules.insert(rule))
    }

    /// Takes a rule away, at once; `false` when there was none.
    pub fn revoke(&self, rule: &Rule) -> Result<bool, PermissionsError> {
        self.change(|rules| rules.remove(rule))
    }

    pub(super) fn now(&self) -> Arc<Rules> {
        self.current.borrow().clone()
    }

    /// Follows the rules from here on.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<Rules>> {
        self.current.subscribe()
    }

    fn change(&self, edit: impl FnOnce(&mut BTreeSet<Rule>) -> bool) -> Result<bool, PermissionsError> {
        let _one_at_a_time = self.writing.lock();
        let mut rules = Rules::clone(&self.now());
        let changed = edit(&mut rules.rules);
        if changed {
            // The file first: what cannot be kept must not take effect either.
            write(&self.file, &rules)?;
            self.current.send_replace(Arc::new(rules));
        }
        Ok(changed)
    }
}

/// Replaces the file in one step, so that a crash leaves the old rules or the new ones.
fn write(path: &Path, rules: &Rules) -> Result<(), PermissionsError> {
    let write = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, rules)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| PermissionsError::Write { path: path.into(), source })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::people::everybody, *};

    fn somebody() -> Person {
        Person {
            name: "mia".into(),
            display_name: "Mia Chen".into(),
            department: "Finance".into(),
            email: "Mia.Chen@acme.example".into(),
            groups: vec!["Leads".into(), "Auditors".into()],
            password: String::new(),
        }
    }

    #[test]
    fn a_rule_names_people_by_what_it_looks_at_and_nothing_else() {
        use SubjectKind::{Department, Email, Group, User};
        let table = [
            (User, "mia", true),
            (User, "MIA", true),
            (User, "mi", false),
            (User, "finance", false),
            (Department, "finance", true),
            (Department, "Finance ", true),
            (Department, "mia", false),
            (Email, "mia.chen@ACME.example", true),
            (Email, "acme.example", false),
            (Group, "leads", true),
            (Group, "auditors", true),
            (Group, "lead", false),
            (Group, "", false),
        ];
        for (kind, subject, expected) in table {
            let rules = Rules { rules: [Rule::new(kind, subject, "m001")].into() };
            assert_eq!(rules.allow(&somebody(), "m001"), expected, "{kind:?} {subject:?}");
            assert!(!rules.allow(&somebody(), "m002"), "{kind:?} {subject:?} opens another mashup");
            assert_eq!(rules.open_to(&somebody()).contains("m001"), expected, "{kind:?} {subject:?}");
        }
    }

    #[test]
    fn the_standard_rules_give_each_person_what_the_documentation_says() {
        let rules = Rules::standard(&Apps::generate(1, 300, None));
        let open = |name: &str| {
            let person = everybody().into_iter().find(|person| person.name == name).unwrap();
            rules.open_to(&person)
        };
        assert_eq!(open("ana").len(), 300);
        assert_eq!(open("ben").len(), 150);
        assert!(open("eve").len() > 50);
        assert!(open("eve").iter().all(|mashup| mashup.as_str() > "m010"));
        assert!(open("admin").is_empty());
    }

    #[test]
    fn rules_survive_a_restart_and_a_broken_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("permissions.json");
        let apps = Apps::generate(1, 3, None);
        let rule = Rule::new(SubjectKind::Group, "auditors", "m001");

        let permissions = Permissions::load(file.clone(), &apps).unwrap();
        assert!(permissions.grant(rule.clone()).unwrap());
        assert!(!permissions.grant(rule.clone()).unwrap());
        let again = Permissions::load(file.clone(), &apps).unwrap();
        assert_eq!(again.now(), permissions.now());
        assert!(again.revoke(&rule).unwrap());
        assert!(!again.revoke(&rule).unwrap());

        fs::write(&file, "{").unwrap();
        assert!(matches!(Permissions::load(file.clone(), &apps), Err(PermissionsError::Malformed { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), "{");
    }

    #[test]
    fn an_audience_names_departments_and_groups_but_no_single_person() {
        let rules = Rules::standard(&Apps::generate(1, 4, None));
        assert_eq!(rules.audience("m001").as_deref(), Some("department Finance"));
        assert_eq!(rules.audience("m999"), None);
    }
}
