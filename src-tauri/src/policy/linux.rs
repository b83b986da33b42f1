//! A file for the machine, and one for the person.

use std::path::Path;

use mashdesk_core::policy::{PolicyError, Source};

pub(super) fn machine() -> Result<Option<Source>, PolicyError> {
    Source::file(Path::new("/etc/mashdesk/policy.json"))
}

pub(super) fn user() -> Result<Option<Source>, PolicyError> {
    match dirs::config_dir() {
        Some(folder) => Source::file(&folder.join("mashdesk/policy.json")),
        None => Ok(None),
    }
}
