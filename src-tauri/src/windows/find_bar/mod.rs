//! Finding in a page, where the webview has no bar of its own for it.

mod linux;

pub(super) use linux::FindBar;
