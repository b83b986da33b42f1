//! What WebKitGTK leaves to be settled: how pages are drawn where there is no graphics
//! card (docs/decisions/0019), and how little is computed until a page is there (0021).

use std::env;
use std::ffi::CString;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use nix::libc;

/// Where the kernel shows the cards that can draw, as `renderD128` and so on.
const CARDS: &str = "/dev/dri";
/// Has pages drawn without OpenGL. WebKitGTK draws by it, also where only the processor is
/// there to do that: on a terminal server or a virtual machine each page then takes twice
/// the memory, and several times the processor time. The first settles it for WebKit, in
/// this process and in those of its pages. The others keep Mesa and its compiler out of
/// this process, which would load them to find the card that is not there: WebKit is told
/// its file, and GTK that there is none.
pub const WITHOUT_OPENGL: [(&str, &str); 3] = [
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"),
    ("GDK_GL", "disable"),
];

/// A voice that speaks pages aloud: WebKitGTK is linked with it.
const VOICE: &str = "libflite_cmu_time_awb.so.1";
/// Has the linker look into that library first. Each time that a process of WebKit's starts,
/// the library has 31,000 of its own names looked up, half of all, and each is looked for in
/// a hundred other libraries before.
const VOICE_FIRST: [(&str, &str); 1] = [("LD_PRELOAD", VOICE)];

/// Has scripts compiled when they have run twelve times as long as WebKit waits for (500 of
/// its points, of which a call is 15 and a round of a loop is one): most of what a page
/// loads runs some dozens of times and never again.
const COMPILED_LATER: [(&str, &str); 1] = [("JSC_thresholdForJITAfterWarmUp", "6000")];
/// Has the clock collect later what a page no longer uses. WebKit collects the sooner, the
/// quicker the last time was, and lets it take 5 % of a processor's time; this is the share now.
/// A window that is built ahead has so little to collect that it would do so twice in the middle
/// of the mashup's scripts. What is collected because there is much of it stays as it was.
const COLLECTED_LATER: [(&str, &str); 1] = [("JSC_collectionTimerMaxPercentCPU", "0.002")];

/// Names what was set, so that the app knows it again when it has started itself anew, as
/// for an update.
const MARK: &str = "MASHDESK_SETTLED";

static SET: OnceLock<Vec<&'static str>> = OnceLock::new();

/// Sets what is of use on this computer, unless this person has settled some of it
/// themselves. The first thing in `main`: no other thread may be there yet.
pub fn settle() {
    let before = env::var(MARK).unwrap_or_default();
    // SAFETY: called first of all, when no other thread is there to read it.
    names(&before).for_each(|name| unsafe { env::remove_var(name) });
    let mut wanted = vec![&COMPILED_LATER[..], &COLLECTED_LATER];
    if !has_card(Path::new(CARDS)) {
        wanted.push(&WITHOUT_OPENGL);
    }
    if is_loaded(VOICE) {
        wanted.push(&VOICE_FIRST);
    }
    wanted.retain(|group| group.iter().all(|(name, _)| env::var_os(name).is_none()));
    let wanted = wanted.concat();
    let set: Vec<_> = wanted.iter().map(|(name, _)| *name).collect();
    for (name, value) in wanted.into_iter().chain([(MARK, set.join(",").as_str())]) {
        // SAFETY: as above.
        unsafe { env::set_var(name, value) };
    }
    SET.get_or_init(|| set);
}

/// The names of what this process has settled.
pub fn settled() -> &'static [&'static str] {
    SET.get().map_or(&[], Vec::as_slice)
}

/// Has a program start with the person's own variables.
pub fn give_back(program: &mut Command) {
    for name in settled().iter().chain([&MARK]) {
        program.env_remove(name);
    }
}

/// The variables that a mark names; what can be none is left out.
fn names(mark: &str) -> impl Iterator<Item = &str> {
    mark.split(',').filter(|name| !name.is_empty() && !name.contains('='))
}

/// A card that belongs to another person's session is there and cannot be opened.
fn has_card(cards: &Path) -> bool {
    let Ok(files) = fs::read_dir(cards) else { return false };
    files.flatten().any(|file| {
        file.file_name().to_string_lossy().starts_with("renderD")
            && File::options().read(true).write(true).open(file.path()).is_ok()
    })
}

/// Whether this process has a library already, as WebKit's then will.
fn is_loaded(library: &str) -> bool {
    CString::new(library).is_ok_and(|library| {
        // SAFETY: nothing is loaded by this, and a library that is there stays.
        !unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) }.is_null()
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

    #[test]
    fn a_mark_names_variables() {
        let named = |mark| names(mark).collect::<Vec<_>>();
        assert_eq!(named("GDK_GL,LD_PRELOAD"), ["GDK_GL", "LD_PRELOAD"]);
        // No such name could be removed.
        assert_eq!(named(",GDK_GL=disable,"), [""; 0]);
    }

    #[test]
    fn a_library_is_loaded_or_is_not() {
        assert!(is_loaded("libwebkit2gtk-4.1.so.0"));
        assert!(!is_loaded("libwebkit2gtk-of-nobody.so.0"));
        // The C library brings it, and nothing is linked with it.
        assert!(!is_loaded("libBrokenLocale.so.1"));
    }
}
