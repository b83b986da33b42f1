//! What the proxy, QPS and the engine share: the apps, the tickets, the sessions, and what is allowed.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use url::Url;
use uuid::Uuid;

use super::{
    Attributes, Identity, SessionRecord,
    engine::Engine,
    exports::Exports,
    proxy::links::Links,
    sessions::{Farewell, Sessions},
    tickets::{Spoil, Tickets},
};
use crate::{
    apps::{App, Apps},
    certificates::CertificateFiles,
    clock::Clock,
    options::Options,
    pages::MashupSettings,
};

/// One Qlik Sense, behind all of its listeners.
pub(super) struct Site {
    pub(super) apps: Arc<Apps>,
    pub(super) options: Options,
    pub(super) files: CertificateFiles,
    pub(super) proxy_url: Url,
    pub(super) qps_url: Url,
    pub(super) clock: Clock,
    pub(super) tickets: Mutex<Tickets>,
    pub(super) sessions: Mutex<Sessions>,
    pub(super) exports: Mutex<Exports>,
    pub(super) links: Links,
    pub(super) engine: Engine,
    pub(super) allowed_origins: Mutex<HashSet<String>>,
    /// What visitors wanted before they were sent to the login page, by target id.
    pub(super) targets: Mutex<HashMap<String, Url>>,
}

impl Site {
    pub(super) fn session_cookie_name(&self) -> String {
        let mut name = String::from("X-Qlik-Session");
        if !self.options.virtual_proxy.is_empty() {
            name = format!("{name}-{}", self.options.virtual_proxy);
        }
        if !self.options.https {
            name.push_str("-HTTP");
        }
        name
    }

    /// The path of the virtual proxy: `/ticket`, or nothing.
    pub(super) fn prefix(&self) -> String {
        match self.options.virtual_proxy.as_str() {
            "" => String::new(),
            prefix => format!("/{prefix}"),
        }
    }

    pub(super) fn issue_ticket(&self, identity: Identity, attributes: Attributes) -> String {
        let spoil = self.tickets.lock().next_spoil();
        let life = match spoil {
            Some(Spoil::ExpireAtOnce) => Duration::ZERO,
            _ => self.options.ticket_life(),
        };
        let ticket = self.tickets.lock().issue(identity, attributes, self.clock.now() + life);
        match spoil {
            Some(Spoil::UseUpFirst) => self.tickets.lock().use_up(&ticket),
            Some(Spoil::Elsewhere) => drop(self.redeem(&ticket)),
            Some(Spoil::ExpireAtOnce) | None => {}
        }
        ticket
    }

    /// Redeems a ticket for a new session, and answers that session's id.
    pub(super) fn redeem(&self, ticket: &str) -> Option<String> {
        let now = self.clock.now();
        self.tickets.lock().redeem(ticket, now, |identity, attributes| {
            self.open_session(Uuid::new_v4().to_string(), identity.clone(), attributes.clone()).id
        })
    }

    pub(super) fn open_session(
        &self,
        id: String,
        identity: Identity,
        attributes: Attributes,
    ) -> SessionRecord {
        self.sessions.lock().open(id, identity, attributes, self.clock.now())
    }

    pub(super) fn end_session(&self, id: &str, farewell: Farewell) -> Option<SessionRecord> {
        self.sweep();
        let ended = self.sessions.lock().end(id, farewell, self.clock.now());
        self.sweep();
        ended
    }

    pub(super) fn end_user(&self, identity: &Identity) -> Vec<SessionRecord> {
        self.sweep();
        let ended = self.sessions.lock().end_user(identity, self.clock.now());
        self.sweep();
        ended
    }

    /// Marks a session as used; nothing when it is not live.
    pub(super) fn touch(&self, id: &str) -> Option<Identity> {
        self.sweep();
        self.sessions.lock().touch(id, self.clock.now())
    }

    pub(super) fn sweep(&self) {
        self.sessions.lock().sweep(self.clock.now(), self.options.inactivity(), self.options.cool_down());
    }

    pub(super) fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.lock().contains(origin)
    }

    pub(super) fn mashup_settings(&self, app: &App) -> MashupSettings {
        let library = format!("{}/content/{}", self.prefix(), app.library);
        MashupSettings {
            app: app.id.clone(),
            title: app.title.clone(),
            accent: app.accent.clone(),
            qlik: self.proxy_url.origin().ascii_serialization(),
            prefix: self.options.virtual_proxy.clone(),
            csrf: self.options.csrf,
            images: app
                .images()
                .filter_map(|file| self.proxy_url.join(&format!("{library}/{file}")).ok())
                .collect(),
        }
    }

    pub(super) fn may_read(&self, identity: &Identity, app_id: &str) -> bool {
        identity.may_read(app_id, self.options.identity)
    }
}
