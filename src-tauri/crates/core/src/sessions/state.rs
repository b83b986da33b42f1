//! The life of one window's session, as one enum and one function.

use crate::Error;

/// Where a window's session stands. A closed window has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On its way.
    Opening(Step),
    /// The mashup is on the screen.
    Live,
    /// It did not open; the window says why and offers to try again.
    Failed(Error),
}

/// What an opening window waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The website's answer.
    Ticket,
    /// Qlik's answer to the ticket.
    Redeem,
    /// The window and its store.
    Store,
    /// The mashup's page.
    Page,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next step began.
    Reached(Step),
    /// The page's first load ended.
    Loaded,
    /// A step failed, or the page did.
    Failed(Error),
    /// The person asked to try again.
    Retried,
}

/// The state after an event; `None` where the event means nothing there.
pub fn transition(state: &State, event: Event) -> Option<State> {
    use State::{Failed, Live, Opening};
    match (state, event) {
        (Opening(_), Event::Reached(step)) => Some(Opening(step)),
        (Opening(Step::Page), Event::Loaded) => Some(Live),
        (Opening(_) | Live, Event::Failed(error)) => Some(Failed(error)),
        (Failed(_), Event::Retried) => Some(Opening(Step::Ticket)),
        // A page inside a live mashup loads; a failed window's page of words
        // loads; a second failure adds nothing to the first.
        (Live | Failed(_) | Opening(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state() {
        let states = [
            State::Opening(Step::Ticket),
            State::Opening(Step::Page),
            State::Live,
            State::Failed(Error::WindowGone),
        ];
        let failure = Error::TicketRefused { host: "qlik.example".to_owned() };
        let failed = Some(State::Failed(failure.clone()));
        let redeem = Some(State::Opening(Step::Redeem));
        let table = [
            (Event::Reached(Step::Redeem), [redeem.clone(), redeem, None, None]),
            (Event::Loaded, [None, Some(State::Live), None, None]),
            (Event::Failed(failure), [failed.clone(), failed.clone(), failed, None]),
            (Event::Retried, [None, None, None, Some(State::Opening(Step::Ticket))]),
        ];
        for (event, wanted) in table {
            for (state, wanted) in states.iter().zip(wanted) {
                assert_eq!(transition(state, event.clone()), wanted, "{event:?} in {state:?}");
            }
        }
    }
}
