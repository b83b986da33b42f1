//! A program with windows gets no console from Windows, unless it asks.

use windows::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};

pub(super) fn attach() {
    // SAFETY: it takes no memory of ours. It fails where the parent has no
    // console, as the desktop, and then there is nobody to read.
    let _ = unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}
