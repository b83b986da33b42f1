//! Members of JSON objects, as strict as the contract's schemas.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use url::Url;

use super::{Trouble, broken};
use crate::navigation::Origin;

type Object = Map<String, Value>;

pub(super) fn member<'a>(object: &'a Object, name: &str) -> Result<&'a Value, Trouble> {
    object.get(name).map_or_else(|| broken(format!("`{name}` is missing")), Ok)
}

/// A text of so many characters.
pub(super) fn text<'a>(
    object: &'a Object,
    name: &str,
    length: RangeInclusive<usize>,
) -> Result<&'a str, Trouble> {
    let Value::String(text) = member(object, name)? else {
        return broken(format!("`{name}` is no text"));
    };
    match text.chars().count() {
        0 if !length.contains(&0) => broken(format!("`{name}` is empty")),
        count if !length.contains(&count) => {
            broken(format!("`{name}` has {count} characters, more than {}", length.end()))
        }
        _ => Ok(text),
    }
}

/// A number that is whole and not negative.
pub(super) fn whole(object: &Object, name: &str) -> Result<u64, Trouble> {
    member(object, name)?.as_u64().map_or_else(|| broken(format!("`{name}` is no whole number")), Ok)
}

pub(super) fn list<'a>(object: &'a Object, name: &str) -> Result<&'a [Value], Trouble> {
    match member(object, name)? {
        Value::Array(list) => Ok(list),
        _ => broken(format!("`{name}` is no list")),
    }
}

/// An absolute URL.
pub(super) fn url(object: &Object, name: &str) -> Result<Url, Trouble> {
    let text = text(object, name, 1..=usize::MAX)?;
    Url::parse(text).or_else(|_| broken(format!("`{name}` is no absolute URL")))
}

/// An absolute URL that a secret may travel to.
pub(super) fn safe_url(object: &Object, name: &str) -> Result<Url, Trouble> {
    let url = url(object, name)?;
    safe(&url, name)?;
    Ok(url)
}

/// HTTPS, or HTTP on this machine.
pub(super) fn safe(url: &Url, name: &str) -> Result<(), Trouble> {
    match Origin::of(url) {
        Some(_) => Ok(()),
        None => broken(format!("`{name}` is neither https nor http on loopback")),
    }
}

/// A value of the website's that is quoted: short, and on one line.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
