//! What the system lets this process do, and all that it starts.

use nix::sys::resource::{Resource, setrlimit};

/// Settles it; the first thing that is done.
pub(crate) fn settle() {
    // What a process that dies had in memory, sessions among it, is written nowhere.
    // (Windows writes dumps only where an administrator has asked for them.)
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        tracing::warn!(%error, "a crash may be written to the disk");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = real_time::bound() {
        tracing::warn!(%error, "windows may come a second later");
    }
}

/// WebKitGTK's threads for messages have real-time priority (where the system grants
/// it), and spin for a lock of its allocator. Whoever holds it has no such priority, and
/// gets no processor from two that spin: for a second, until the kernel steps in. Told
/// that they have computed long enough, WebKit takes the priority from all of them. With
/// <https://bugs.webkit.org/show_bug.cgi?id=312730> it sets such a limit itself; 2.50
/// does not.
#[cfg(target_os = "linux")]
mod real_time {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    use nix::sys::signal::{SigHandler, Signal, signal};

    /// Longest that such a thread computes without a pause, in microseconds: as late as
    /// windows then are. WebKit takes 200,000.
    const COMPUTES_MAX: u64 = 20_000;

    pub(super) fn bound() -> nix::Result<()> {
        let (soft, hard) = getrlimit(Resource::RLIMIT_RTTIME)?;
        // Whoever gives the whole app such a priority would see it end before WebKit is there.
        // SAFETY: nothing is handled, and nobody has set a handler before.
        unsafe { signal(Signal::SIGXCPU, SigHandler::SigIgn) }?;
        setrlimit(Resource::RLIMIT_RTTIME, soft.min(hard).min(COMPUTES_MAX), hard)
    }
}
