//! A desktop entry in the person's autostart folder (freedesktop.org).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager};

use super::NAME;

/// The desktop entry.
pub(super) struct Entry {
    file: PathBuf,
    program: PathBuf,
}

impl Entry {
    pub(super) const PLACE: &str = "autostart/mashdesk.desktop";

    pub(super) fn of(app: &AppHandle, program: &Path) -> Result<Self, String> {
        let folder = app.path().config_dir().map_err(|error| error.to_string())?;
        Ok(Self { file: folder.join(Self::PLACE), program: program.to_owned() })
    }

    /// A desktop's own settings mark an entry instead of removing it.
    pub(super) fn is_there(&self) -> bool {
        let off = |line: &str| matches!(line, "Hidden=true" | "X-GNOME-Autostart-enabled=false");
        fs::read_to_string(&self.file).is_ok_and(|entry| !entry.lines().any(off))
    }

    pub(super) fn make(&self) -> Result<(), String> {
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName={NAME}\nIcon=mashdesk\nExec={}\n",
            quoted(&self.program)?,
        );
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.file, entry))
            .map_err(|error| error.to_string())
    }

    pub(super) fn remove(&self) -> Result<(), String> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        }
    }
}

/// As the specification has it: quoted, with two backslashes before what a
/// shell would read, since one is read already in any value.
fn quoted(program: &Path) -> Result<String, String> {
    let program = program.to_str().ok_or("the program's path is not Unicode")?;
    let mut quoted = String::from("\"");
    for c in program.chars() {
        match c {
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(c);
    }
    quoted.push('"');
    Ok(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_until_it_is_turned_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let entry = Entry {
            file: folder.path().join(Entry::PLACE),
            program: PathBuf::from("/opt/Our Tools/mashdesk"),
        };
        assert!(!entry.is_there());
        entry.remove().expect("there is none to remove");
        entry.make().expect("written");
        assert!(entry.is_there());
        let text = fs::read_to_string(&entry.file).expect("a file");
        assert!(text.contains("\nExec=\"/opt/Our Tools/mashdesk\"\n"), "{text}");

        fs::write(&entry.file, format!("{text}Hidden=true\n")).expect("written");
        assert!(!entry.is_there(), "the desktop's own settings count");
        entry.make().expect("written");
        assert!(entry.is_there());
        entry.remove().expect("removed");
        assert!(!entry.is_there());
    }

    #[test]
    fn nothing_in_a_path_is_read_as_a_command() {
        let table =
            [("/a/50%", r#""/a/50%%""#), ("/a/$b`\"", r#""/a/\\$b\\`\\"""#), ("/a\\b", r#""/a\\\\b""#)];
        for (path, wanted) in table {
            assert_eq!(quoted(Path::new(path)).as_deref(), Ok(wanted), "{path}");
        }
    }
}
