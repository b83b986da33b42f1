//! A window is built ahead of the next click; one that nobody looks at sleeps.

use anyhow::{Context, Result, ensure};
use mashdesk_core::WindowId;
use mashdesk_core::sessions::State;

use super::Story;
use crate::desktop::until;
use crate::processes;
use crate::report::Report;

impl Story {
    pub(super) fn asleep(&self, report: &mut Report) -> Result<()> {
        let spare = until("a window built ahead", || Ok(self.desktop.desk.spare()))?;
        let (window, page) = self.open(self.app(8)?)?;
        report.check("spare.taken", || {
            ensure!(window == spare, "the click built another window");
            ensure!(page.data("state")? == "ready", "the mashup does not work in it");
            Ok("the next click took the window that was built ahead".to_owned())
        });
        let session = self.own_session(window)?;
        let identity = self.identity(self.app(8)?);
        let asked = || {
            let tickets = self.lab.qlik.tickets().into_iter();
            tickets.filter(|ticket| ticket.identity == identity).count()
        };
        let tickets = asked();
        report.check("sleep.gives_memory", || {
            // Looked at, it stays awake.
            page.activate()?;
            ensure!(!self.let_sleep(window), "the window that has the keyboard slept");
            self.desktop.launcher()?.activate()?;
            until("the next window built ahead", || Ok(self.desktop.desk.spare()))?;
            let before = processes::renderers()?.len();
            until("the window to sleep", || Ok(self.let_sleep(window).then_some(())))?;
            until("its process to end", || Ok((processes::renderers()?.len() < before).then_some(())))?;
            self.desktop.shown_as(window, "asleep")?;
            ensure!(self.is_live(&session), "its session has ended");
            Ok("its process has ended, its session lives".to_owned())
        });
        self.desktop.picture(&self.desktop.launcher()?, "asleep-launcher.png")?;
        report.check("sleep.wakes", || {
            self.desktop.mashup(window)?.activate()?;
            self.desktop.shown_as(window, "live")?;
            self.ready(window)?;
            let asked = asked() - tickets;
            ensure!(asked == 0, "{asked} tickets");
            ensure!(self.own_session(window)? == session, "it has another session");
            Ok("it came back by itself with the same session, without a ticket".to_owned())
        });
        self.desktop.desk.close(window).context("closing it")
    }

    fn let_sleep(&self, window: WindowId) -> bool {
        let slept = tauri::async_runtime::block_on(self.desktop.desk.let_sleep(window));
        slept || self.desktop.desk.window(window).is_some_and(|session| session.state == State::Asleep)
    }
}
