//! The installer for Windows, made on a Debian: the app by mingw, the MSI by
//! wixl and finished by msibuild, for what wixl has no words for.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::hand_out;
use crate::check::{RUST_PACKAGES, debian};
use crate::command::{cargo, output, program, run, top};
use crate::system;

const TRIPLE: &str = "x86_64-pc-windows-gnu";
const PACKAGES: &[&str] = &["gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64", "wixl", "msitools"];
const SOURCE: &str = "src-tauri/packaging/windows/mashdesk.wxs";
/// Said only where IT has asked for it: the app itself says it when it starts.
const WITHOUT_WEBVIEW2: &str = "Mashdesk needs the Microsoft Edge WebView2 Runtime, and this computer has none. \
     Install its Evergreen Standalone Installer, then Mashdesk again.";
/// How the updater knows what it runs from: Tauri's CLI writes it into what it
/// bundles itself.
const BUNDLE_UNKNOWN: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_UNK";
const BUNDLE_MSI: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_MSI";

pub(crate) fn installer(folder: &Path) -> Result<()> {
    system::packages(&[RUST_PACKAGES, PACKAGES].concat())?;
    let mut build = debian("build", TRIPLE, "target/windows");
    run(build.args(["--release", "--features", "tauri/custom-protocol"]))?;
    hand_out(&msi(super::version(), &top().join("target/windows"))?, folder)
}

/// An MSI of a version, of the app as it was built last.
pub(crate) fn msi(version: &str, folder: &Path) -> Result<PathBuf> {
    ensure!(
        version.split('.').count() == 3 && version.split('.').all(|part| part.parse::<u16>().is_ok()),
        "Windows Installer takes versions of three numbers, not {version}"
    );
    let room = tempfile::tempdir().context("a folder for the MSI's files")?;
    let copy = |from: &Path, name: &str| {
        fs::copy(from, room.path().join(name)).with_context(|| from.display().to_string())
    };
    fs::write(room.path().join("mashdesk.exe"), program_of_an_msi()?)?;
    copy(&loader()?, "WebView2Loader.dll")?;
    copy(&super::folder().join("licences.txt"), "licences.txt")?;
    copy(&top().join("src-tauri/icons/icon.ico"), "icon.ico")?;
    copy(&top().join(SOURCE), "mashdesk.wxs")?;

    let file = folder.join(format!("Mashdesk_{version}_x64.msi"));
    // It would be added to.
    if file.exists() {
        fs::remove_file(&file).with_context(|| file.display().to_string())?;
    }
    let mut wixl = program("wixl", &["--arch", "x64", "--define", &format!("Version={version}"), "--output"]);
    run(wixl.arg(&file).arg("mashdesk.wxs").current_dir(room.path()))?;
    for query in queries(version, &upgrade_code()?) {
        run(program("msibuild", &[]).arg(&file).args(["-q", &query]))?;
    }
    Ok(file)
}

/// The app, told that it is installed by an MSI.
fn program_of_an_msi() -> Result<Vec<u8>> {
    let program = top().join("target/windows").join(TRIPLE).join("release/mashdesk.exe");
    let mut bytes = fs::read(&program).with_context(|| program.display().to_string())?;
    let at = bytes.windows(BUNDLE_UNKNOWN.len()).position(|part| part == BUNDLE_UNKNOWN);
    let at = at.context("the app does not say what it is bundled as")?;
    bytes[at..at + BUNDLE_MSI.len()].copy_from_slice(BUNDLE_MSI);
    Ok(bytes)
}

/// What lies beside the app to find WebView2, in the version that it links.
fn loader() -> Result<PathBuf> {
    let metadata = output(&mut cargo(&["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    let package = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "webview2-com-sys"))
        .and_then(|package| package["manifest_path"].as_str())
        .context("no crate webview2-com-sys")?;
    Ok(Path::new(package).with_file_name("x64").join("WebView2Loader.dll"))
}

fn upgrade_code() -> Result<String> {
    let source = fs::read_to_string(top().join(SOURCE)).context(SOURCE)?;
    let code = source.split("UpgradeCode=\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(code.context("no UpgradeCode")?.to_owned())
}

fn queries(version: &str, upgrade_code: &str) -> [String; 5] {
    let older = "`Upgrade` WHERE `ActionProperty` = 'WIX_UPGRADE_DETECTED'";
    [
        // The same version takes its own place as well: IT may build one again.
        format!("DELETE FROM {older}"),
        format!(
            "INSERT INTO `Upgrade` (`UpgradeCode`, `VersionMax`, `Attributes`, `ActionProperty`) \
             VALUES ('{{{upgrade_code}}}', '{version}', 513, 'WIX_UPGRADE_DETECTED')"
        ),
        // The older one goes first, so that the app is started again when all is done.
        "UPDATE `InstallExecuteSequence` SET `Sequence` = 1401 WHERE `Action` = 'RemoveExistingProducts'"
            .to_owned(),
        format!(
            "INSERT INTO `LaunchCondition` (`Condition`, `Description`) \
             VALUES ('Installed OR WEBVIEW2 OR NOT REQUIREWEBVIEW2', '{WITHOUT_WEBVIEW2}')"
        ),
        // It reaches the part of the installation that runs with more rights.
        "UPDATE `Property` SET `Value` = 'WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;REQUIREWEBVIEW2;AUTOLAUNCHAPP' \
         WHERE `Property` = 'SecureCustomProperties'"
            .to_owned(),
    ]
}
