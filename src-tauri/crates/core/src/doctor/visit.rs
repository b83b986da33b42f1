//! One examination: what it has found so far.

use std::sync::Arc;

use reqwest::{Client, Response};
use url::Url;

use super::{Setup, Trouble, needs};
use crate::qlik::StoreCookie;
use crate::website::{Ticket, Website};
use crate::{Credentials, HostError, Instance, MashupId, WindowId, http};

pub(super) struct Visit {
    pub(super) setup: Setup,
    pub(super) http: Client,
    /// The website's address, once it is known to be one.
    pub(super) address: Option<Url>,
    /// It can be connected to.
    pub(super) connected: bool,
    /// The answer to the first request of it.
    pub(super) answer: Option<Response>,
    pub(super) website: Option<Arc<Website>>,
    pub(super) credentials: Option<Arc<Credentials>>,
    /// The mashup to try.
    pub(super) mashup: Option<MashupId>,
    pub(super) window: WindowId,
    pub(super) instance: Instance,
    pub(super) ticket: Option<Ticket>,
    /// Qlik answers.
    pub(super) reached: bool,
    /// What redeeming has brought.
    pub(super) cookies: Option<Vec<StoreCookie>>,
}

impl Visit {
    pub(super) fn new(setup: Setup) -> Result<Self, HostError> {
        let http = http::client(&setup.policy).map_err(HostError)?;
        Ok(Self {
            http,
            address: None,
            connected: false,
            answer: None,
            website: None,
            credentials: None,
            mashup: None,
            window: WindowId::new(),
            instance: Instance::new(),
            ticket: None,
            reached: false,
            cookies: None,
            setup,
        })
    }

    pub(super) fn website(&self) -> Result<Arc<Website>, Trouble> {
        needs(self.website.clone(), "discovery")
    }

    /// The website, and what signs in there.
    pub(super) fn signed_in(&self) -> Result<(Arc<Website>, Arc<Credentials>), Trouble> {
        Ok((self.website()?, needs(self.credentials.clone(), "sign_in")?))
    }

    /// Where the ticket is redeemed, without the ticket.
    pub(super) fn qlik(&self) -> Result<Url, Trouble> {
        let ticket = needs(self.ticket.as_ref(), "ticket")?;
        let mut url = needs(Url::parse(ticket.redeem_url.expose()).ok(), "ticket")?;
        url.set_query(None);
        Ok(url)
    }
}
