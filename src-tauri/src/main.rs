//! The desktop app. Everything is in the library, so that the end-to-end tests
//! run the very same.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    mashdesk::main()
}
