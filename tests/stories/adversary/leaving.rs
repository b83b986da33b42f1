//! Attacks that leave the mashup: to other sites, to this machine, to the shell,
//! without encryption, by every road that a page has.

use anyhow::Result;
use mashdesk_core::{Error, WindowId};
use mashdesk_lab::apps::App;
use mashdesk_lab::faults::Fault;
use mashdesk_lab::journal::Side;

use super::{Outcome, Refused, Story, Through};
use crate::desktop::{Page, until, until_within};
use crate::report::Report;

/// How a page makes itself go somewhere; `URL` is where.
const ROADS: &[(&str, &str)] = &[
    ("location", "location.href = URL"),
    ("replace", "location.replace(URL)"),
    (
        "link",
        "document.body.append(Object.assign(document.createElement('a'), { href: URL, id: 'away' })), document.querySelector('#away').click()",
    ),
    (
        "form_get",
        "document.body.append(Object.assign(document.createElement('form'), { action: URL, id: 'away' })), document.querySelector('#away').submit()",
    ),
    (
        "form_post",
        "document.body.append(Object.assign(document.createElement('form'), { action: URL, id: 'away', method: 'post' })), document.querySelector('#away').submit()",
    ),
    (
        "meta",
        "document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=' + URL }))",
    ),
    (
        "frame",
        "document.body.append(Object.assign(document.createElement('iframe'), { srcdoc: `<script>top.location = ${JSON.stringify(URL)}</` + 'script>' }))",
    ),
    ("target_top", "window.open(URL, '_top')"),
];
/// How a page makes a frame of it go somewhere.
const FRAME: &str = "const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.src = URL;";
/// Where the frame is, if there is one.
const IN_FRAME: &str = "(() => {
    const frame = document.querySelector('iframe');
    try { return frame?.contentWindow?.location.href ?? '' } catch { return 'another origin' }
})()";
/// Where no page may go, whichever way: what it is called, and its address.
const PLACES: &[(&str, &str)] = &[
    ("tauri", "tauri://localhost/index.html"),
    ("tauri_localhost", "http://tauri.localhost/index.html"),
    ("ipc", "ipc://localhost/plugin%3Amashdesk%7Csnapshot"),
    ("asset", "asset://localhost/%2Fetc%2Fpasswd"),
    ("file", "file:///etc/passwd"),
    ("data", "data:text/html,<title>Mashdesk</title><h1>Sign in</h1>"),
    ("about", "about:config"),
    ("resource", "resource:///org/gtk/libgtk/theme/Adwaita/gtk.css"),
    ("settings", "ms-settings:privacy"),
    ("link_to_mashup", "mashdesk://open/m003"),
    ("words_close", "mashdesk-window:close"),
    ("words_retry", "mashdesk-window:retry"),
    ("view_source", "view-source:https://portal.example/"),
];

impl Story {
    pub(super) fn leaving(&self, report: &mut Report) -> Result<()> {
        let app = self.app(1)?;
        let foreign = self.adversary.foreign();
        for (road, script) in ROADS {
            let hit = format!("top-{road}");
            self.attack(report, &format!("leave.{road}"), || {
                let (window, page) = self.fresh(app)?;
                go(&page, script, &format!("{foreign}/hit/{hit}"))?;
                self.where_to(window, &page, &hit)
            });
        }
        self.attack(report, "leave.redirected", || {
            self.redirected(app, &format!("{foreign}/hit/top-redirected"), "top-redirected")
        });
        for (name, place) in PLACES.iter().filter(|(name, _)| ["tauri", "file", "data"].contains(name)) {
            self.attack(report, &format!("local.redirected_top.{name}"), || {
                self.redirected(app, place, "nothing")
            });
        }
        for (name, place) in PLACES {
            self.attack(report, &format!("local.top.{name}"), || {
                self.nowhere(app, "location.href = URL", place)
            });
            if ["file", "data"].contains(name) {
                self.attack(report, &format!("local.frame_of_it.{name}"), || self.nowhere(app, FRAME, place));
            }
            self.attack(report, &format!("local.open.{name}"), || {
                self.nowhere(app, "window.open(URL)", place)
            });
        }
        for (name, place) in
            PLACES.iter().filter(|(name, _)| ["data", "words_close", "words_retry"].contains(name))
        {
            self.attack(report, &format!("popup.behind_words.{name}"), || self.behind_words(app, place));
        }
        self.in_the_clear(report, app);
        self.pop_ups(report, app);
        let (window, _) = self.fresh(app)?;
        self.close_opened(window)
    }

    /// From a place of the mashup's own to another.
    fn redirected(&self, app: &App, to: &str, hit: &str) -> Result<Outcome> {
        let (window, page) = self.fresh(app)?;
        let _struck =
            self.lab.faults.strike(Side::Website, "/adversary-away", 1, Fault::Redirect(to.to_owned()));
        go(&page, "location.href = URL", &format!("/mashups/{}/adversary-away", app.mashup))?;
        let outcome = self.where_to(window, &page, hit)?;
        // The window may also be where the redirect was to lead.
        let now = page.window.url().map(|url| url.to_string()).unwrap_or_default();
        Ok(if now.starts_with(to) { Through(now) } else { outcome })
    }

    /// Whether the server at the other end was asked, or what the window says
    /// instead.
    fn where_to(&self, window: WindowId, page: &Page, hit: &str) -> Result<Outcome> {
        until("where the page goes", || {
            if self.adversary.was_hit(hit) {
                // Where nothing stops a page, the window says so afterwards.
                let patience = std::time::Duration::from_secs(3);
                let _ = until_within(patience, "words", || Ok(self.words(window).map(drop)));
                return Ok(Some(Through("the foreign server was asked for a page".to_owned())));
            }
            Ok(match self.words(window) {
                Some(Error::PageBlocked { host }) => Some(Refused(format!(
                    "no request was sent; the window says that it tried to go to {host}"
                ))),
                Some(Error::PageSentAway { host }) => {
                    Some(Refused(format!("no request was sent; the window says that {host} sent it away")))
                }
                Some(error) => Some(Refused(format!("no request was sent; the window says: {error}"))),
                None if stays(page)? => Some(Refused("no request was sent; the page stays".to_owned())),
                None => None,
            })
        })
    }

    /// An address that leads nowhere at all.
    fn nowhere(&self, app: &App, script: &str, place: &str) -> Result<Outcome> {
        let (window, page) = self.fresh(app)?;
        let before = page.look("location.href")?;
        let (windows, outside) = (self.desktop.desk.windows().len(), self.opened_outside().len());
        go(&page, script, place)?;
        let gone = until("what becomes of it", || {
            if self.words(window) == Some(Error::PageCrashed) {
                return Ok(Some(String::new()));
            }
            if self.words(window).is_some() || self.desktop.desk.window(window).is_none() {
                return Ok(Some("the window has left its page".to_owned()));
            }
            if page.look("location.href")? != before {
                return Ok(Some(format!("the page is at {}", page.look("location.href")?)));
            }
            Ok(stays(&page)?.then(String::new))
        })?;
        let mut seen: Vec<String> = Some(gone).filter(|gone| !gone.is_empty()).into_iter().collect();
        if self.desktop.desk.windows().len() != windows {
            seen.push("another mashup was opened or closed".to_owned());
        }
        if self.opened_outside().len() != outside {
            seen.push("another program was started".to_owned());
        }
        if self.words(window).is_none() {
            let frame = page.look(IN_FRAME)?;
            if frame != "" && frame != "about:blank" {
                seen.push(format!("a frame went to {frame}"));
            }
        }
        let opened = self.windows(window).len().saturating_sub(1);
        if opened > 0 {
            seen.push("a window was opened for it".to_owned());
            self.close_opened(window)?;
        }
        Ok(match seen.is_empty() {
            true if self.words(window).is_some() => {
                Refused("WebKit ended the page's process for it, and its window says so".to_owned())
            }
            true => Refused("the page stays, no window and no program was opened".to_owned()),
            false => Through(seen.join(", ")),
        })
    }

    /// To another machine, so to speak, without encryption.
    fn in_the_clear(&self, report: &mut Report, app: &App) {
        let (clear, near) = (self.adversary.in_the_clear(), self.adversary.near());
        let redirect = |hit: &str| format!("{near}/redirect?to={clear}/hit/{hit}");
        for (name, script, url) in [
            ("top", "location.href = URL", format!("{clear}/hit/clear-top")),
            ("form", ROADS[4].1, format!("{clear}/hit/clear-form")),
            ("frame", FRAME, format!("{clear}/hit/clear-frame")),
            ("frame_redirected", FRAME, redirect("clear-frame_redirected")),
            ("open", "window.open(URL)", format!("{clear}/hit/clear-open")),
        ] {
            self.attack(report, &format!("clear.{name}"), || {
                let (window, page) = self.fresh(app)?;
                go(&page, script, &url)?;
                let outcome = self.where_to(window, &page, &format!("clear-{name}"));
                self.close_opened(window)?;
                outcome
            });
        }
        self.attack(report, "clear.redirected", || {
            self.redirected(app, &format!("{clear}/hit/clear-redirected"), "clear-redirected")
        });
    }

    /// What a mashup opens must not become another site's, under our title.
    fn pop_ups(&self, report: &mut Report, app: &App) {
        let foreign = self.adversary.foreign();
        let own = "adversary.html?role=idle&foreign=";
        for (name, script) in [
            ("open", "window.open(URL)".to_owned()),
            ("named", "window.open(URL, 'elsewhere', 'width=300,height=300')".to_owned()),
            (
                "blank",
                "self.opened = window.open('about:blank'), setTimeout(() => { opened.location = URL }, 400)"
                    .to_owned(),
            ),
            (
                "own",
                format!(
                    "self.opened = window.open('{own}'), setTimeout(() => {{ opened.location = URL }}, 900)"
                ),
            ),
            (
                "opener",
                format!(
                    "self.opened = window.open('{own}'), setTimeout(() => {{ opened.eval(`opener.location = ${{JSON.stringify(URL)}}`) }}, 900)"
                ),
            ),
        ] {
            self.attack(report, &format!("popup.{name}"), || {
                let hit = format!("popup-{name}");
                let (window, page) = self.fresh(app)?;
                let outside = self.opened_outside().len();
                go(&page, &script, &format!("{foreign}/hit/{hit}"))?;
                let outcome = self.where_to(window, &page, &hit)?;
                self.close_opened(window)?;
                Ok(match outcome {
                    Refused(seen) if self.opened_outside().len() > outside => {
                        Refused(format!("{seen}; it is left to the system's browser"))
                    }
                    other => other,
                })
            });
        }
    }
}

impl Story {
    /// While the mashup's window shows words, what it has opened is still there:
    /// the links of those words are not its to follow.
    fn behind_words(&self, app: &App, place: &str) -> Result<Outcome> {
        let (window, page) = self.fresh(app)?;
        let near = self.adversary.near();
        page.look(&format!("void window.open('adversary.html?role=idle&foreign={near}')"))?;
        let opened = self.desktop.pop_up(window)?;
        opened.until("its page", "typeof adversary === 'object' && document.readyState === 'complete'")?;
        go(&page, "location.href = URL", &format!("{}/hit/behind", self.adversary.foreign()))?;
        until("the words", || Ok(self.words(window)))?;
        let before = opened.look("location.href")?;
        go(&opened, "location.href = URL", place)?;
        let seen = until("what becomes of it", || {
            Ok(match self.words(window) {
                None => Some("the window has done what the link says"),
                Some(_) if opened.look("location.href")? != before => Some("it shows a page of nobody's"),
                Some(_) => stays(&opened)?.then_some(""),
            })
        })?;
        self.close_opened(window)?;
        Ok(match seen {
            "" => Refused("the words stay, and what was opened stays where it is".to_owned()),
            seen => Through(seen.to_owned()),
        })
    }
}

/// Makes the page go to an address; afterwards [`stays`] tells when enough time
/// has passed for that.
fn go(page: &Page, script: &str, url: &str) -> Result<()> {
    let url = serde_json::to_string(url)?;
    page.look(&format!(
        "void setTimeout(() => {{ const URL = {url}; self.asked = performance.now(); try {{ {script} }} catch (error) {{ self.refusal = String(error) }} }})"
    ))
    .map(drop)
}

/// Whether the page is still the one that wanted to leave, two seconds after.
fn stays(page: &Page) -> Result<bool> {
    Ok(page.look("performance.now() - self.asked > 2000")? == true)
}
