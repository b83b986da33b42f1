//! Whether there is a screen to open windows on.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub(crate) use linux::check;

/// Windows and macOS have one wherever a program is started.
#[cfg(not(target_os = "linux"))]
pub(crate) fn check() -> Result<(), String> {
    Ok(())
}
