//! Windows that open and close, and runs that end badly, over real folders.

use tempfile::TempDir;

use super::*;

fn owner(mashup: &str) -> Owner {
    Owner {
        website: "https://portal.example/".to_owned(),
        person: "ana".to_owned(),
        mashup: mashup.to_owned(),
    }
}

fn roots(folder: &TempDir) -> Roots {
    Roots { caches: folder.path().join("caches"), held: folder.path().join("held") }
}

/// The caches of a run that begins in a folder.
fn caches(folder: &TempDir) -> HttpCaches {
    let caches = HttpCaches::default();
    caches.open(&roots(folder));
    caches
}

fn slot(caches: &HttpCaches, window: WindowId) -> Slot {
    caches.slot(window).expect("a slot")
}

/// A window loads something, and its webview writes it down.
fn load(caches: &HttpCaches, window: WindowId, file: &str, text: &str) {
    let Slot { cache, storages } = slot(caches, window);
    let file = cache.join(file);
    create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, text).expect("written");
    fs::write(storages.join("localstorage"), "secret").expect("written");
}

fn open(caches: &HttpCaches, mashup: &str) -> WindowId {
    let window = WindowId::new();
    caches.take(window, Some(&owner(mashup)));
    window
}

/// Closes a window, and lets its webview come to rest.
fn close(caches: &HttpCaches, window: WindowId) {
    caches.give_back(window);
    caches.tend(Instant::now() + SETTLES);
}

/// Whether the next window of a mashup finds a file.
fn finds(caches: &HttpCaches, mashup: &str, file: &str) -> bool {
    let window = open(caches, mashup);
    let found = slot(caches, window).cache.join(file).exists();
    close(caches, window);
    found
}

/// The texts of all files below a folder.
fn texts(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    cleaning::each_file(folder, &mut |file| {
        texts.push(fs::read_to_string(file)?);
        Ok(())
    })
    .expect("a folder");
    texts
}

#[test]
fn the_next_window_of_a_mashup_finds_its_pages_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    assert!(!caches.has(&owner("m1")));
    let first = open(&caches, "m1");
    load(&caches, first, "Records/script", "let a;");
    let held = slot(&caches, first).storages;
    assert!(!caches.has(&owner("m1")), "a live window has them");
    close(&caches, first);
    assert!(caches.has(&owner("m1")) && !held.exists());

    let again = open(&caches, "m1");
    assert!(slot(&caches, again).cache.join("Records/script").exists());
    assert_eq!(texts(&slot(&caches, again).storages), [""; 0]);
    assert!(!finds(&caches, "m2", "Records/script"));
}

#[test]
fn what_a_server_has_replaced_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let window = open(&caches, "m1");
    load(&caches, window, "Records/old", "");
    close(&caches, window);
    let window = open(&caches, "m1");
    load(&caches, window, "Records/new", "");
    fs::remove_file(slot(&caches, window).cache.join("Records/old")).expect("removed");
    close(&caches, window);
    assert!(finds(&caches, "m1", "Records/new") && !finds(&caches, "m1", "Records/old"));
}

#[test]
fn two_windows_of_a_mashup_never_share_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let (first, second) = (open(&caches, "m1"), open(&caches, "m1"));
    load(&caches, first, "Records/first", "");
    load(&caches, second, "Records/second", "");
    assert_ne!(slot(&caches, first).cache, slot(&caches, second).cache);
    close(&caches, second);
    close(&caches, first);
    assert!(finds(&caches, "m1", "Records/first") && !finds(&caches, "m1", "Records/second"));
}

#[test]
fn another_person_and_another_website_find_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let window = open(&caches, "m1");
    close(&caches, window);
    assert!(!caches.has(&Owner { person: "ben".to_owned(), ..owner("m1") }));
    assert!(!caches.has(&Owner { website: "https://other.example/".to_owned(), ..owner("m1") }));
}

#[test]
fn no_secret_comes_to_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let window = open(&caches, "m1");
    load(&caches, window, "Records/answer", "200 OK SET-COOKIE X-Qlik-Session=secret");
    load(&caches, window, "Records/SubResources/page", "/mashups/m1/open?code=secret");
    load(&caches, window, "Records/script", "200 OK let a;");
    load(&caches, window, "Records/script-blob", "document.cookie");
    load(&caches, window, "Blobs/script", "document.cookie");
    let on_disk = || texts(&folder.path().join("caches")).concat();
    caches.give_back(window);
    caches.tend(Instant::now());
    assert!(!on_disk().contains("let a;"), "the webview may still be writing");
    caches.tend(Instant::now() + SETTLES);
    assert!(on_disk().contains("let a;") && !on_disk().contains("secret"), "{}", on_disk());
    assert!(finds(&caches, "m1", "Records/script-blob") && !finds(&caches, "m1", "Blobs/script"));
}

#[test]
fn a_run_that_was_killed_leaves_nothing_that_it_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = caches(&folder);
    let window = open(&before, "m1");
    load(&before, window, "Records/answer", "Set-Cookie");
    let Slot { cache, storages } = slot(&before, window);
    drop(before);
    let caches = caches(&folder);
    assert!(!cache.exists() && !storages.exists());
    assert!(caches.has(&owner("m1")) && !finds(&caches, "m1", "Records/answer"));
}

#[test]
fn quitting_keeps_what_is_open_and_leaves_no_storage() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = caches(&folder);
    let window = open(&before, "m1");
    load(&before, window, "Records/script", "let a;");
    let held = slot(&before, window).storages;
    before.leave();
    assert!(!held.exists());
    assert!(finds(&caches(&folder), "m1", "Records/script"));
}

#[test]
fn a_second_run_beside_the_first_keeps_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = caches(&folder);
    let window = open(&first, "m1");
    let second = caches(&folder);
    let other = open(&second, "m1");
    assert_eq!(second.slot(other), None);
    assert!(slot(&first, window).storages.exists(), "nobody touches the first one's");
}

#[test]
fn a_window_built_ahead_keeps_its_pages_for_whoever_takes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let (taken, left) = (WindowId::new(), WindowId::new());
    for window in [taken, left] {
        caches.take(window, None);
        load(&caches, window, "Records/script", "let a;");
    }
    caches.assign(taken, &owner("m1"));
    close(&caches, taken);
    close(&caches, left);
    assert!(finds(&caches, "m1", "Records/script"));
    let kept = fs::read_dir(folder.path().join("caches")).expect("a folder").count();
    assert_eq!(kept, 2, "one folder and the lock");
}

#[test]
fn what_is_forgotten_is_gone_at_once_or_with_its_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let [closed, live, other] = ["m1", "m2", "m3"].map(|mashup| open(&caches, mashup));
    for window in [closed, live, other] {
        load(&caches, window, "Records/script", "let a;");
    }
    close(&caches, closed);
    close(&caches, other);
    caches.forget(|owner| owner.mashup != "m3");
    close(&caches, live);
    let found = ["m1", "m2", "m3"].map(|mashup| finds(&caches, mashup, "Records/script"));
    assert_eq!(found, [false, false, true]);
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = HttpCaches::default();
    caches.open_with(&roots(&folder), 2_500);
    for (age, mashup) in [(3, "m1"), (1, "m2"), (2, "m3")] {
        let window = open(&caches, mashup);
        load(&caches, window, "Records/script", &"x".repeat(1_000));
        caches.give_back(window);
        if mashup == "m3" {
            break;
        }
        caches.tend(Instant::now() + SETTLES);
        let then = SystemTime::now() - Duration::from_secs(3_600 * age);
        let kept = caches.0.lock().as_ref().and_then(|folders| folders.of(&owner(mashup)).cloned());
        File::open(kept.expect("kept")).and_then(|kept| kept.set_modified(then)).expect("a time");
    }
    assert!(caches.has(&owner("m1")) && caches.has(&owner("m2")));
    // What the third holds makes it the one used last.
    caches.tend(Instant::now() + SETTLES);
    assert!(!caches.has(&owner("m1")) && caches.has(&owner("m2")) && caches.has(&owner("m3")));
}
