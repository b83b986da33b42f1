//! The console that the app was started from. Elsewhere than on Windows a
//! program has it anyway.

#[cfg(windows)]
mod windows;

/// Makes what commands say readable where they were typed.
pub(crate) fn attach() {
    #[cfg(windows)]
    windows::attach();
}
