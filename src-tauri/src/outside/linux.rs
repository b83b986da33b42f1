//! By `xdg-open` and what stands in for it.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::environment;

/// How long such a program may take to find that it cannot, as `open` has it; one that
/// still runs has opened what it was to open.
const FAILS_WITHIN: Duration = Duration::from_millis(250);

/// Not by `open::that_detached`: that program would have the variables that are for
/// WebKit's processes only.
pub(super) async fn open(what: &OsStr) -> io::Result<()> {
    let (mut ended_badly, mut missing) = (None, None);
    for mut command in open::commands(what) {
        environment::give_back(&mut command);
        let mut command = Command::from(command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        match command.spawn() {
            Ok(mut program) => match timeout(FAILS_WITHIN, program.wait()).await {
                // The first is the person's own choice of programs; others stand in for it.
                Ok(Ok(ended)) if !ended.success() => _ = ended_badly.get_or_insert(said(&command, ended)),
                Ok(Err(error)) => return Err(error),
                _ => return Ok(()),
            },
            Err(error) => missing = Some(error),
        }
    }
    Err(ended_badly.or(missing).unwrap_or_else(|| ErrorKind::NotFound.into()))
}

/// Without what it was to open, which is in its arguments.
fn said(command: &Command, ended: ExitStatus) -> io::Error {
    io::Error::other(format!("{}: {ended}", command.as_std().get_program().display()))
}
