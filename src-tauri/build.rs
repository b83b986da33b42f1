//! Bakes the launcher's page, the capability and the commands' permissions in.

use tauri_build::{Attributes, DefaultPermissionRule, InlinedPlugin, try_build};

#[path = "src/commands/names.rs"]
mod names;

fn main() {
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    let commands = InlinedPlugin::new()
        .commands(names::COMMANDS)
        .default_permission(DefaultPermissionRule::AllowAllCommands);
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .plugin("mashdesk", commands);
    if let Err(error) = try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
