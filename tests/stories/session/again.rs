//! A mashup that was opened before finds its scripts and pictures, and nothing else
//! of its earlier window.

use anyhow::{Result, ensure};

use super::Story;
use crate::desktop::until;
use crate::hand;
use crate::kept_pages::KeptPages;
use crate::report::Report;

/// Leaves something in all that a page can store.
const LEAVE: &str = "(() => {
    window.left = null;
    localStorage.setItem('left', 'x');
    document.cookie = 'left=x; path=/; max-age=3600';
    const opening = indexedDB.open('left', 1);
    const cached = caches.open('left').then((cache) => cache.put('left', new Response('x')));
    opening.onsuccess = () => cached.then(() => { window.left = true; });
    return true;
})()";
/// What is left of that.
const FOUND: &str = "(() => {
    window.found = null;
    Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, kept]) => {
        window.found = JSON.stringify({
            storage: localStorage.getItem('left'),
            cookie: document.cookie,
            databases: databases.map(({ name }) => name),
            caches: kept,
        });
    });
    return true;
})()";
const NOTHING: &str = r#"{"storage":null,"cookie":"","databases":[],"caches":[]}"#;

impl Story {
    pub(super) fn again(&self, report: &mut Report) -> Result<()> {
        let app = self.app(9)?;
        let kept = KeptPages::of(&self.desktop)?;
        let (window, page) = self.open(app)?;
        page.look(LEAVE)?;
        page.until("what the page leaves", "window.left")?;
        kept.close(&self.desktop, window)?;
        let before = self.lab.journal.entries().len();
        let launcher = self.desktop.launcher()?;
        launcher.clear("[data-testid=search]")?;
        hand::write(&app.title)?;
        let expected = until("a window for what was found", || Ok(self.desktop.desk.expected()))?;
        let (window, page) = self.open(app)?;
        report.check("again.expected", || {
            ensure!(window == expected, "the click built another window");
            Ok("its window was built when the person had found it, before they opened it".to_owned())
        });
        report.check("again.kept", || {
            let script = format!("/mashups/{}/engine.js", app.mashup);
            let entries = self.lab.journal.entries();
            let asked: Vec<_> = entries.iter().skip(before).filter(|entry| entry.uri == script).collect();
            ensure!(!asked.is_empty(), "nobody asked for {script}");
            ensure!(asked.iter().all(|entry| entry.status == 304), "it was loaded again: {asked:?}");
            Ok("its scripts were there, and asked for only whether they still hold".to_owned())
        });
        report.check("again.anew", || {
            page.look(FOUND)?;
            let found = page.until("what the page finds", "window.found")?;
            ensure!(found == NOTHING, "{found}");
            Ok("no cookie and nothing stored of the window before".to_owned())
        });
        self.desktop.desk.close(window)?;
        Ok(())
    }
}
