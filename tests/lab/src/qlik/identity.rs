//! Who a session acts for, and what the website wrote into its ticket.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::options::{IdentityModel, Options};

/// A user directory and a user id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// `UserDirectory`.
    pub directory: String,
    /// `UserId`.
    pub user: String,
}

impl Identity {
    /// This user of this directory.
    pub fn new(directory: impl Into<String>, user: impl Into<String>) -> Self {
        Self { directory: directory.into(), user: user.into() }
    }

    /// The identity that opens an app for a person, by the model that `options` choose.
    pub fn opening(app_id: &str, person: &str, options: &Options) -> Self {
        match options.identity {
            IdentityModel::UserPerApp => Self::new(&options.user_directory, app_id),
            IdentityModel::DirectoryPerApp => Self::new(app_id, person),
        }
    }

    /// The security rule: one line on the server, whatever the number of apps.
    pub(crate) fn may_read(&self, app_id: &str, model: IdentityModel) -> bool {
        match model {
            IdentityModel::UserPerApp => self.user == app_id,
            IdentityModel::DirectoryPerApp => self.directory == app_id,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\\{}", self.directory, self.user)
    }
}

/// A ticket's attributes: names may repeat, so it is a list of pairs and not a map. In JSON each
/// is an object of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<BTreeMap<String, String>>", into = "Vec<BTreeMap<String, String>>")]
pub struct Attributes(pub Vec<(String, String)>);

impl Attributes {
    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl From<Vec<BTreeMap<String, String>>> for Attributes {
    fn from(list: Vec<BTreeMap<String, String>>) -> Self {
        Self(list.into_iter().flatten().collect())
    }
}

impl From<Attributes> for Vec<BTreeMap<String, String>> {
    fn from(attributes: Attributes) -> Self {
        attributes.0.into_iter().map(|pair| BTreeMap::from([pair])).collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Attributes {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
