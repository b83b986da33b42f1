//! Printing, where the webview's own dialog would hold the app up.

mod linux;

pub(super) use linux::ask;
