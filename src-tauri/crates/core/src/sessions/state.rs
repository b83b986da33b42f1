//! The life of one window's session, as one enum and one function.

use crate::Error;

/// Where a window's session stands. A closed window has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On its way to the screen.
    Opening(Step),
    /// The mashup is on the screen, with a session.
    Live,
    /// The mashup is on the screen; its session may have ended, and a new one
    /// is on its way in place.
    Renewing(Step),
    /// The page has given its memory back; the store, and the session in it,
    /// are there for when the person comes back.
    Asleep,
    /// The window shows words instead of the mashup, and a way to try again.
    Failed(Error),
}

impl State {
    /// Whether a window is on its way to the screen, where it has nothing to show yet.
    pub fn is_coming(&self) -> bool {
        matches!(self, Self::Opening(step) if !matches!(step, Step::Away(_)))
    }
}

/// What an opening or renewing window waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Qlik's word whether the session that is there still lives.
    Probe,
    /// The website's answer.
    Ticket,
    /// Qlik's answer to the ticket.
    Redeem,
    /// The window and its store.
    Store,
    /// The mashup's page.
    Page,
    /// The website or Qlik is away: the next try, by itself.
    Away(Error),
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next step began.
    Reached(Step),
    /// The page's first load ended.
    Loaded,
    /// A sign that the session may have ended.
    Signalled,
    /// The session lives, and the page needs no loading for it.
    Renewed,
    /// Nobody has looked at it for long.
    Slept,
    /// The person came back to it.
    Woken,
    /// A step failed, the page did, or access was withdrawn.
    Failed(Error),
    /// The person asked to try again.
    Retried,
}

/// The state after an event; `None` where the event means nothing there.
pub fn transition(state: &State, event: Event) -> Option<State> {
    use State::{Asleep, Failed, Live, Opening, Renewing};
    match (state, event) {
        (Opening(_), Event::Reached(step)) => Some(Opening(step)),
        (Renewing(_), Event::Reached(step)) => Some(Renewing(step)),
        (Opening(Step::Page) | Renewing(Step::Page), Event::Loaded) => Some(Live),
        // However many signs there are, the first one starts the only renewal.
        (Live, Event::Signalled) => Some(Renewing(Step::Probe)),
        (Live, Event::Slept) => Some(Asleep),
        (Asleep, Event::Woken) => Some(Renewing(Step::Probe)),
        (Renewing(_), Event::Renewed) => Some(Live),
        (Opening(_) | Renewing(_) | Live | Asleep, Event::Failed(error)) => Some(Failed(error)),
        (Failed(_), Event::Retried) => Some(Opening(Step::Probe)),
        // A page inside a live mashup loads; a failed window's page of words
        // loads; a second failure adds nothing to the first; a renewal that
        // was overtaken has nothing more to say; whether a sleeper's session has
        // ended is soon enough known when it wakes.
        (Live | Asleep | Failed(_) | Opening(_) | Renewing(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state() {
        let failure = Error::TicketRefused { host: "qlik.example".to_owned() };
        let failed = Some(State::Failed(failure.clone()));
        let opening = |step| Some(State::Opening(step));
        let renewing = |step| Some(State::Renewing(step));
        let live = Some(State::Live);
        let states = [
            State::Opening(Step::Ticket),
            State::Opening(Step::Page),
            State::Live,
            State::Renewing(Step::Probe),
            State::Renewing(Step::Page),
            State::Failed(Error::WindowGone),
            State::Asleep,
        ];
        let table = [
            (
                Event::Reached(Step::Redeem),
                [
                    opening(Step::Redeem),
                    opening(Step::Redeem),
                    None,
                    renewing(Step::Redeem),
                    renewing(Step::Redeem),
                    None,
                    None,
                ],
            ),
            (Event::Loaded, [None, live.clone(), None, None, live.clone(), None, None]),
            (Event::Signalled, [None, None, renewing(Step::Probe), None, None, None, None]),
            (Event::Renewed, [None, None, None, live.clone(), live, None, None]),
            (Event::Slept, [None, None, Some(State::Asleep), None, None, None, None]),
            (Event::Woken, [None, None, None, None, None, None, renewing(Step::Probe)]),
            (
                Event::Failed(failure),
                [
                    failed.clone(),
                    failed.clone(),
                    failed.clone(),
                    failed.clone(),
                    failed.clone(),
                    None,
                    failed,
                ],
            ),
            (Event::Retried, [None, None, None, None, None, opening(Step::Probe), None]),
        ];
        for (event, wanted) in table {
            for (state, wanted) in states.iter().zip(wanted) {
                assert_eq!(transition(state, event.clone()), wanted, "{event:?} in {state:?}");
            }
        }
    }
}
