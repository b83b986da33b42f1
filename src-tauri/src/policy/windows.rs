//! Group policy: a key of the machine's registry, and one of the person's.

use mashdesk_core::policy::{PolicyError, Source};
use serde_json::{Map, Value as Json};
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type, Value};

const KEY: &str = r"Software\Policies\Mashdesk";
/// `ERROR_FILE_NOT_FOUND`, as an HRESULT.
const NO_SUCH_KEY: i32 = 0x8007_0002_u32 as i32;

pub(super) fn machine() -> Result<Option<Source>, PolicyError> {
    read(LOCAL_MACHINE, "HKEY_LOCAL_MACHINE")
}

pub(super) fn user() -> Result<Option<Source>, PolicyError> {
    read(CURRENT_USER, "HKEY_CURRENT_USER")
}

fn read(root: &Key, name: &str) -> Result<Option<Source>, PolicyError> {
    let place = format!(r"{name}\{KEY}");
    let broken = |place: String, reason: String| PolicyError { place, reason };
    let key = match root.open(KEY) {
        Ok(key) => key,
        Err(error) if error.code().0 == NO_SUCH_KEY => return Ok(None),
        Err(error) => return Err(broken(place, error.to_string())),
    };
    let mut values = Map::new();
    for (name, value) in key.values().map_err(|error| broken(place.clone(), error.to_string()))? {
        // The unnamed value of a key says nothing.
        if name.is_empty() {
            continue;
        }
        let json = json(value).map_err(|reason| broken(format!("{place}, value {name}"), reason))?;
        values.insert(name, json);
    }
    Source::of(&place, values).map(Some)
}

/// A value as the policy's files would have it: a number is a switch.
fn json(value: Value) -> Result<Json, String> {
    fn unreadable(error: impl ToString) -> String {
        error.to_string()
    }
    match value.ty() {
        Type::U32 => match u32::try_from(value).map_err(unreadable)? {
            0 => Ok(Json::Bool(false)),
            1 => Ok(Json::Bool(true)),
            other => Err(format!("{other} is neither 0 nor 1")),
        },
        Type::String | Type::ExpandString => String::try_from(value).map(Json::String).map_err(unreadable),
        Type::MultiString => {
            let lines = Vec::<String>::try_from(value).map_err(unreadable)?;
            Ok(lines.into_iter().filter(|line| !line.is_empty()).collect())
        }
        _ => Err("is neither a text (REG_SZ), texts (REG_MULTI_SZ) nor a number (REG_DWORD)".to_owned()),
    }
}
