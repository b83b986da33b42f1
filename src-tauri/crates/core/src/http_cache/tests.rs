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
    Roots { caches: folder.path().join("caches"), storages: folder.path().join("storages") }
}

/// The caches of a run that begins in a folder.
fn caches(folder: &TempDir) -> HttpCaches {
    let caches = HttpCaches::default();
    caches.open(&roots(folder));
    caches
}

/// A window loads something, and its webview writes it down.
fn load(caches: &HttpCaches, window: WindowId, file: &str, text: &str) -> PathBuf {
    let slot = caches.slot(window).expect("a slot");
    let file = slot.cache.join("Records").join(file);
    create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, text).expect("written");
    fs::write(slot.storages.join("localstorage"), "secret").expect("written");
    file
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

#[test]
fn the_next_window_of_a_mashup_finds_its_pages_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    assert!(!caches.has(&owner("m1")));
    let first = open(&caches, "m1");
    let script = load(&caches, first, "script", "let a;");
    let storages = caches.slot(first).expect("a slot").storages;
    assert!(!caches.has(&owner("m1")), "a live window has them");
    close(&caches, first);
    assert!(script.exists() && !storages.exists());
    assert!(caches.has(&owner("m1")));

    let (again, other) = (open(&caches, "m1"), open(&caches, "m2"));
    let slot = |window| caches.slot(window).expect("a slot");
    assert!(script.starts_with(slot(again).cache));
    assert_ne!(slot(other).cache, slot(again).cache);
    assert_ne!(slot(again).storages, storages);
}

#[test]
fn two_windows_of_a_mashup_never_share_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let (first, second) = (open(&caches, "m1"), open(&caches, "m1"));
    let script = load(&caches, second, "script", "let a;");
    assert_ne!(caches.slot(first).expect("a slot").cache, caches.slot(second).expect("a slot").cache);
    close(&caches, second);
    assert!(!script.exists(), "the first one's are kept");
    close(&caches, first);
    assert!(caches.has(&owner("m1")));
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
fn what_was_written_with_a_cookie_goes_when_the_window_has_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let window = open(&caches, "m1");
    let spoken = load(&caches, window, "answer", "200 OK SET-COOKIE X-Qlik-Session=secret");
    let plain = load(&caches, window, "script", "200 OK let a;");
    let body = load(&caches, window, "script-blob", "document.cookie");
    caches.give_back(window);
    caches.tend(Instant::now());
    assert!(spoken.exists(), "the webview may still be writing");
    caches.tend(Instant::now() + SETTLES);
    assert!(!spoken.exists() && plain.exists() && body.exists());
}

#[test]
fn a_run_that_was_killed_leaves_no_cookie_and_no_storage_to_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = caches(&folder);
    let window = open(&before, "m1");
    let spoken = load(&before, window, "answer", "Set-Cookie");
    let plain = load(&before, window, "script", "let a;");
    let storages = before.slot(window).expect("a slot").storages;
    drop(before);
    let caches = caches(&folder);
    assert!(!storages.exists() && caches.has(&owner("m1")));
    caches.tend(Instant::now() + SETTLES);
    assert!(!spoken.exists() && plain.exists());
}

#[test]
fn quitting_leaves_no_storage() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let window = open(&caches, "m1");
    let script = load(&caches, window, "script", "let a;");
    let storages = caches.slot(window).expect("a slot").storages;
    caches.leave();
    assert!(!storages.exists() && script.exists());
}

#[test]
fn a_second_run_beside_the_first_keeps_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = caches(&folder);
    let window = open(&first, "m1");
    let second = caches(&folder);
    let other = open(&second, "m1");
    assert_eq!(second.slot(other), None);
    assert!(first.slot(window).expect("a slot").storages.exists(), "nobody touches the first one's");
}

#[test]
fn a_window_built_ahead_keeps_its_pages_for_whoever_takes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let (taken, left) = (WindowId::new(), WindowId::new());
    for window in [taken, left] {
        caches.take(window, None);
    }
    caches.assign(taken, &owner("m1"));
    let (script, nobodys) = (load(&caches, taken, "a", ""), load(&caches, left, "a", ""));
    close(&caches, taken);
    close(&caches, left);
    assert!(script.exists() && caches.has(&owner("m1")));
    assert!(!nobodys.exists());
}

#[test]
fn what_is_forgotten_is_gone_at_once_or_with_its_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = caches(&folder);
    let (closed, live) = (open(&caches, "m1"), open(&caches, "m2"));
    let other = open(&caches, "m3");
    let (first, second, third) =
        (load(&caches, closed, "a", ""), load(&caches, live, "a", ""), load(&caches, other, "a", ""));
    close(&caches, closed);
    close(&caches, other);
    caches.forget(|owner| owner.mashup != "m3");
    assert!(!first.exists() && second.exists() && third.exists());
    close(&caches, live);
    assert!(!second.exists() && !caches.has(&owner("m2")) && caches.has(&owner("m3")));
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let caches = HttpCaches::default();
    caches.open_with(&roots(&folder), 2_500);
    for (age, mashup) in [(3, "m1"), (1, "m2"), (2, "m3")] {
        let window = open(&caches, mashup);
        load(&caches, window, "a", &"x".repeat(1_000));
        let cache = caches.slot(window).expect("a slot").cache;
        caches.give_back(window);
        if mashup != "m3" {
            caches.tend(Instant::now() + SETTLES);
        }
        let then = SystemTime::now() - Duration::from_secs(3_600 * age);
        File::open(&cache).and_then(|cache| cache.set_modified(then)).expect("a time");
    }
    assert!(caches.has(&owner("m1")) && caches.has(&owner("m2")));
    // Cleaning the third makes it the one used last.
    caches.tend(Instant::now() + SETTLES);
    assert!(!caches.has(&owner("m1")) && caches.has(&owner("m2")) && caches.has(&owner("m3")));
}
