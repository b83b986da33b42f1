//! `mashdesk policy`: each value that IT can settle, and where it came from.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use mashdesk_core::policy::{Level, Settled, Value, Whence};
use serde::Serialize;

use crate::sign_in_command;

#[derive(Args)]
pub(crate) struct Arguments {
    /// One JSON object a line, a value each
    #[arg(long)]
    json: bool,
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    value: &'a serde_json::Value,
    /// `machine`, `user`, `settings` or `default`.
    from: &'static str,
    place: Option<&'a str>,
}

/// Prints what holds.
pub(crate) fn print(arguments: &Arguments, settled: &Settled) -> ExitCode {
    let told: io::Result<()> = lines(settled).iter().try_for_each(|value| {
        let line = if arguments.json { as_json(value)? } else { in_words(value) };
        writeln!(io::stdout(), "{line}")
    });
    // A reader that has gone wants no more.
    if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every value, the person's own below IT's.
pub(crate) fn lines(settled: &Settled) -> Vec<Value> {
    // Broken settings are the app's to tell; IT asks about the policy.
    let settings = sign_in_command::settings().unwrap_or_default();
    match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(settings)) => settled.values(&settings),
        _ => settled.values(&serde_json::Map::new()),
    }
}

fn as_json(Value { name, value, from }: &Value) -> serde_json::Result<String> {
    let (from, place) = match from {
        Whence::Policy(Level::Machine, place) => ("machine", Some(place.as_str())),
        Whence::Policy(Level::User, place) => ("user", Some(place.as_str())),
        Whence::Settings => ("settings", None),
        Whence::Default => ("default", None),
    };
    serde_json::to_string(&Line { name, value, from, place })
}

pub(crate) fn in_words(Value { name, value, from }: &Value) -> String {
    let value = match value {
        serde_json::Value::Null => "—".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let from = match from {
        Whence::Policy(Level::Machine, place) => format!("machine policy, {place}"),
        Whence::Policy(Level::User, place) => format!("user policy, {place}"),
        Whence::Settings => "the person's settings".to_owned(),
        Whence::Default => "default".to_owned(),
    };
    format!("{name:<20} {value:<40} {from}")
}
