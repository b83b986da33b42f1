//! Where the app writes what it does: standard error, and a file a day where
//! the platform expects it.

use std::fs;
use std::io;
use std::path::PathBuf;

use mashdesk_core::{LogLevel, Policy};
use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// How many days are kept.
const DAYS: usize = 14;
const PREFIX: &str = "mashdesk";
const SUFFIX: &str = "log";

/// The folder with the log files: `~/.local/state/mashdesk/logs`,
/// `%LOCALAPPDATA%\mashdesk\logs`, `~/Library/Logs/mashdesk`.
pub(crate) fn folder() -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        return Some(dirs::home_dir()?.join("Library/Logs/mashdesk"));
    }
    Some(dirs::state_dir().or_else(dirs::data_local_dir)?.join("mashdesk/logs"))
}

/// From now on, what is logged is kept. `MASHDESK_LOG` says how much, for whoever
/// looks for a fault; otherwise the policy does.
pub(crate) fn keep(policy: &Policy) {
    let level = EnvFilter::try_from_env("MASHDESK_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,mashdesk={}", name(policy.log_level))));
    let file = open();
    // A log without a file is better than none.
    let (file, failed) = match file {
        Ok(file) => (Some(fmt::layer().with_ansi(false).with_writer(file)), None),
        Err(error) => (None, Some(error)),
    };
    let screen = fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry().with(level).with(screen).with(file).init();
    match failed {
        None => tracing::info!(version = env!("CARGO_PKG_VERSION"), "starts"),
        Some(error) => tracing::warn!(error, "the log is not kept in a file"),
    }
}

fn open() -> Result<RollingFileAppender, String> {
    let folder = folder().ok_or("the person has no folder for it")?;
    // Old files are looked for before the first one is made.
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        .max_log_files(DAYS)
        .build(folder)
        .map_err(|error: InitError| error.to_string())
}

fn name(level: Option<LogLevel>) -> &'static str {
    match level.unwrap_or(LogLevel::Info) {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}
