// Every command that the launcher may call. The build script makes a
// permission of each, so a command that is not here is refused.
pub(crate) const COMMANDS: &[&str] = &[
    "snapshot",
    "dismiss_notice",
    "set_website",
    "open_support",
    "sign_in",
    "sign_out",
    "open_token_help",
    "refresh_catalog",
    "open_mashup",
    "focus_window",
    "retry_window",
    "close_window",
    "close_all_windows",
    "show_export",
    "open_export",
    "cancel_export",
    "retry_export",
    "set_favourite",
    "set_theme",
    "set_language",
];
