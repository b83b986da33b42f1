//! The other kinds of mashup that companies have: drawn by what Qlik Sense itself
//! serves, on another site than Qlik, signed in to by a link that redirects.

use std::fs;

use anyhow::{Context, Result, ensure};
use mashdesk_lab::apps::App;
use mashdesk_lab::journal::Side;
use mashdesk_lab::qlik::Identity;

use super::exports::name;
use super::{PERSON, Story, is_ready};
use crate::desktop::Page;
use crate::report::Report;

pub(super) fn play(story: &Story, report: &mut Report, apps: [&App; 3]) -> Result<()> {
    let [capability, cross_site, linked] = apps;
    report.check("capability.works", || story.capability(capability));
    story.lab.website.set_cross_site(true);
    report.check("crosssite.works", || story.cross_site(cross_site));
    story.lab.website.set_cross_site(false);
    story.lab.website.set_sign_in_links(true);
    report.check("provider.redirects", || story.linked(linked));
    story.lab.website.set_sign_in_links(false);
    Ok(())
}

impl Story {
    /// requirejs and `js/qlik` come from the server.
    fn capability(&self, app: &App) -> Result<String> {
        let (window, page) = self.open(app)?;
        page.click("#capability")?;
        page.until("its page", "document.querySelector('#select')")?;
        is_ready(&page)?;
        ensure!(page.data("app")? == app.title, "the engine opened {}", page.data("app")?);
        for file in ["/resources/assets/external/requirejs/require.js", "/resources/js/qlik.js"] {
            self.asked_as(app, file)?;
        }
        let drawn = "document.querySelector('#chart table')?.innerText";
        let before = page.until("the table", drawn)?;
        page.click("#select")?;
        page.until("the table to follow", &format!("{drawn} !== {before} && {drawn}"))?;
        let file = self.desktop.export(&page, "#export")?;
        ensure!(fs::read_to_string(&file)?.starts_with("Region,"), "{} is something else", name(&file));
        ensure!(name(&file).contains(" - Sales by region - "), "it is called {}", name(&file));
        self.desktop.picture(&page, "capability.png")?;
        self.desktop.desk.close(window)?;
        Ok(format!("drawn, selected, exported as {}", name(&file)))
    }

    /// For the page on `localhost`, Qlik on `127.0.0.1` is a third party.
    fn cross_site(&self, app: &App) -> Result<String> {
        let (window, page) = self.open(app)?;
        let host = page.look("location.hostname")?;
        ensure!(host == "localhost", "the page is on {host}");
        let told = self.works(app, &page)?;
        // A cookie that Qlik itself sets from within the page is kept as well.
        page.look(
            "void fetch(document.querySelector('#image').src.replace(/content.*/, 'qps/user'), { credentials: 'include' })
                .then((answer) => answer.json()).then(({ userId }) => { document.documentElement.dataset.user = userId; })",
        )?;
        ensure!(page.data("user")? == self.user(app), "Qlik knows it as {}", page.data("user")?);
        self.desktop.desk.close(window)?;
        Ok(format!("on {host}: {told}"))
    }

    /// The load balancer's cookie counts as much as Qlik's.
    fn linked(&self, app: &App) -> Result<String> {
        let (window, page) = self.open(app)?;
        let entries = self.lab.journal.entries();
        let hops: Vec<&str> = entries
            .iter()
            .filter(|entry| entry.side == Side::Proxy && entry.status == 303)
            .map(|entry| entry.uri.as_str())
            .collect();
        ensure!(hops.len() == 2 && hops.iter().all(|hop| hop.starts_with("/link/")), "{hops:?}");
        let cookies = page.window.cookies()?;
        let affinity = cookies.iter().find(|cookie| cookie.name() == "node-affinity");
        affinity.context("the load balancer's cookie is not in the store")?;
        let told = self.works(app, &page)?;
        self.desktop.desk.close(window)?;
        Ok(format!("{} redirects, {} cookies: {told}", hops.len(), cookies.len()))
    }

    /// Selects, loads an image and exports.
    fn works(&self, app: &App, page: &Page) -> Result<String> {
        ensure!(page.data("app")? == app.title, "the engine opened {}", page.data("app")?);
        page.click("#list button.value")?;
        page.until("the selection", "document.querySelector('#list button.value[data-state=selected]')")?;
        page.click("#load-image")?;
        let image = page.until(
            "the image",
            "['loaded', 'failed'].find((state) => state === document.querySelector('#image').dataset.state)",
        )?;
        ensure!(image == "loaded", "the image has {image}");
        self.asked_as(app, &format!("/content/{}/", app.library))?;
        let file = self.desktop.export(page, "#export-link")?;
        ensure!(fs::read_to_string(&file)?.contains(&app.title), "{} is not of {}", name(&file), app.title);
        Ok(format!("selected, an image, {}", name(&file)))
    }

    /// Qlik was asked for a file as the app's user, and gave it.
    fn asked_as(&self, app: &App, path: &str) -> Result<()> {
        let entries = self.lab.journal.entries();
        let asked = entries.iter().rev().find(|entry| entry.uri.contains(path));
        let asked = asked.with_context(|| format!("{path} was not asked for"))?;
        let own = Identity::opening(&app.id, PERSON, &Default::default()).to_string();
        ensure!(
            asked.status < 400 && asked.identity.as_ref() == Some(&own),
            "{} as {:?}: {}",
            asked.uri,
            asked.identity,
            asked.status
        );
        Ok(())
    }

    fn user(&self, app: &App) -> String {
        Identity::opening(&app.id, PERSON, &Default::default()).user
    }
}
