//! The people who can sign in to the reference website.

/// Somebody with an account on the website.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name to sign in with.
    pub name: String,
    /// The name to be greeted with.
    pub display_name: String,
    /// Whose permissions the person shares.
    pub department: String,
    /// Unique, compared without regard to case.
    pub email: String,
    /// Whose permissions the person shares as well.
    pub groups: Vec<String>,
    /// In the clear: these people exist on loopback only.
    pub password: String,
}

impl Person {
    /// Whether the person may change permissions.
    pub(super) fn is_admin(&self) -> bool {
        self.groups.iter().any(|group| group == "admins")
    }
}

/// Ana may open every mashup, Ben about half, Eve none of the first ten; Admin keeps the rules.
pub(super) fn everybody() -> Vec<Person> {
    let person = |name: &str, display_name: &str, department: &str, groups: &[&str]| Person {
        name: name.into(),
        display_name: display_name.into(),
        department: department.into(),
        email: format!("{name}@acme.example"),
        groups: groups.iter().map(ToString::to_string).collect(),
        password: format!("{name}-password"),
    };
    vec![
        person("ana", "Ana Ruiz", "Analytics", &[]),
        person("ben", "Ben Okafor", "Finance", &["regional-leads"]),
        person("eve", "Eve Larsen", "Operations", &[]),
        person("admin", "Site Admin", "IT", &["admins"]),
    ]
}
