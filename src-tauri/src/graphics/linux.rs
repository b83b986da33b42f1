//! WebKitGTK draws by OpenGL, also where only the processor is there to do that: on
//! a terminal server or a virtual machine each page then takes twice the memory, and
//! several times the processor time, of one that is drawn without OpenGL
//! (docs/decisions/0019).

use std::env;
use std::fs::{self, File};
use std::path::Path;

/// Where the kernel shows the cards that can draw, as `renderD128` and so on.
const CARDS: &str = "/dev/dri";
/// What says so, and its value. The first settles it for WebKit, in this process and in
/// those of its pages. The others keep Mesa and its compiler out of this process, which
/// would load them to find the card that is not there: WebKit is told its file, and GTK
/// that there is none.
pub const WITHOUT_OPENGL: [(&str, &str); 3] = [
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"),
    ("GDK_GL", "disable"),
];

/// Has pages drawn without OpenGL where this person has no graphics card, unless
/// they have settled some of it themselves. The first thing in `main`: no other thread
/// may be there yet.
pub fn settle() {
    let settled = WITHOUT_OPENGL.iter().any(|(name, _)| env::var_os(name).is_some());
    if !settled && !has_card(Path::new(CARDS)) {
        for (name, value) in WITHOUT_OPENGL {
            // SAFETY: called first of all, when no other thread is there to read it.
            unsafe { env::set_var(name, value) };
        }
    }
}

/// A card that belongs to another person's session is there and cannot be opened.
fn has_card(cards: &Path) -> bool {
    let Ok(files) = fs::read_dir(cards) else { return false };
    files.flatten().any(|file| {
        file.file_name().to_string_lossy().starts_with("renderD")
            && File::options().read(true).write(true).open(file.path()).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_draws_and_can_be_opened() {
        let cards = tempfile::tempdir().expect("a folder");
        let cards = cards.path();
        assert!(!has_card(&cards.join("missing")));
        assert!(!has_card(cards));
        // It shows a picture and draws none, as a virtual machine's does.
        File::create(cards.join("card0")).expect("a file");
        // It cannot be opened, not even by the system's administrator.
        fs::create_dir(cards.join("renderD128")).expect("a folder");
        assert!(!has_card(cards));
        File::create(cards.join("renderD129")).expect("a file");
        assert!(has_card(cards));
    }
}
