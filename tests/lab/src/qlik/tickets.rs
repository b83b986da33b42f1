//! Tickets: issued by QPS, redeemed by the proxy, once and within their minute.

use std::time::Duration;

use rand::seq::IndexedRandom;

use super::identity::{Attributes, Identity};

/// What became of a ticket.
#[derive(Clone, Debug)]
pub struct TicketRecord {
    /// The ticket itself.
    pub ticket: String,
    /// Whom it signs in.
    pub identity: Identity,
    /// What the website said about it.
    pub attributes: Attributes,
    /// How often it opened a session: never more than once.
    pub redeemed: u32,
    /// How often it came too late or again.
    pub refused: u32,
    /// The session it opened.
    pub session: Option<String>,
}

/// All tickets of a run.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    issued: Vec<Issued>,
}

#[derive(Debug)]
struct Issued {
    record: TicketRecord,
    expires: Duration,
}

impl Tickets {
    pub(crate) fn issue(&mut self, identity: Identity, attributes: Attributes, expires: Duration) -> String {
        let ticket = spell();
        let record = TicketRecord {
            ticket: ticket.clone(),
            identity,
            attributes,
            redeemed: 0,
            refused: 0,
            session: None,
        };
        self.issued.push(Issued { record, expires });
        ticket
    }

    /// Takes the ticket and opens a session with it, if it is one that can still be redeemed.
    pub(crate) fn redeem(
        &mut self,
        ticket: &str,
        now: Duration,
        open: impl FnOnce(&Identity, &Attributes) -> String,
    ) -> Option<String> {
        let Issued { record, expires } =
            self.issued.iter_mut().find(|issued| issued.record.ticket == ticket)?;
        if record.redeemed > 0 || now >= *expires {
            record.refused += 1;
            return None;
        }
        record.redeemed += 1;
        record.session = Some(open(&record.identity, &record.attributes));
        record.session.clone()
    }

    pub(crate) fn records(&self) -> Vec<TicketRecord> {
        self.issued.iter().map(|issued| issued.record.clone()).collect()
    }
}

/// Sixteen of the letters that Qlik's tickets are made of.
fn spell() -> String {
    const LETTERS: &[u8] = b"-_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut rng = rand::rng();
    (0..16).filter_map(|_| LETTERS.choose(&mut rng)).map(|&letter| char::from(letter)).collect()
}
