//! Tickets: issued by QPS, redeemed by the proxy, once and within their minute.

use std::{collections::VecDeque, time::Duration};

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
    /// How often it was used: never more than once.
    pub redeemed: u32,
    /// How often it came too late or again.
    pub refused: u32,
    /// The session it opened.
    pub session: Option<String>,
}

/// What is wrong with a ticket from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoil {
    /// It expires the moment it is issued.
    ExpireAtOnce,
    /// It was used already, and nothing is left of that use.
    UseUpFirst,
    /// Somebody else redeemed it first, and has the session.
    Elsewhere,
}

/// All tickets of a run.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    issued: Vec<Issued>,
    spoils: VecDeque<(Spoil, usize)>,
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

    pub(crate) fn spoil(&mut self, spoil: Spoil, times: usize) {
        self.spoils.push_back((spoil, times));
    }

    /// What is to be wrong with the ticket that is issued next.
    pub(crate) fn next_spoil(&mut self) -> Option<Spoil> {
        self.spoils.retain(|(_, left)| *left > 0);
        let (spoil, left) = self.spoils.front_mut()?;
        *left -= 1;
        Some(*spoil)
    }

    /// Counts a use of the ticket that opened nothing.
    pub(crate) fn use_up(&mut self, ticket: &str) {
        if let Some(issued) = self.issued.iter_mut().find(|issued| issued.record.ticket == ticket) {
            issued.record.redeemed += 1;
        }
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
