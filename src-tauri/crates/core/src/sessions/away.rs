//! When the website or Qlik is away: which failures pass by themselves, and
//! how long to wait for that.

use std::time::Duration;

use crate::Error;

/// The first wait; it doubles with every try.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait that Mashdesk chooses by itself.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest wait that the website or Qlik can ask for.
const ASKED_MAX: Duration = Duration::from_secs(300);
/// Tries before an opening window says that it gave up: about half a minute.
const OPENING_TRIES: u32 = 6;

/// What is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// A window that has nothing on the screen yet.
    Open,
    /// A mashup that the person is looking at: given up only when told so.
    Renew,
}

/// How long to wait after the `tries`-th failure in a row; `None` where waiting
/// does not help. `dice` is random, 0 to 1.
pub(crate) fn pause(error: &Error, aim: Aim, tries: u32, dice: f64) -> Option<Duration> {
    let doubled = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    // A thousand desktops must not come back in the same second.
    let spread = |wait: Duration| wait.mul_f64(0.8 + 0.4 * dice);
    match error {
        // A ticket that somebody or the clock was faster with: a new one, once.
        Error::TicketRefused { .. } => (tries == 1).then_some(Duration::ZERO),
        Error::WebsiteBusy { seconds, .. } | Error::RedeemBusy { seconds, .. } => {
            let asked = Duration::from_secs(*seconds).min(ASKED_MAX);
            Some(asked.max(spread(doubled)))
        }
        // Somebody signs in again, and that is told.
        Error::SignInNeeded { .. } => (aim == Aim::Renew).then_some(LONGEST),
        // The ended session itself holds its slot for a few minutes more.
        Error::SessionLimit { .. } => (aim == Aim::Renew).then(|| spread(doubled)),
        _ if passes(error) => (aim == Aim::Renew || tries < OPENING_TRIES).then(|| spread(doubled)),
        _ => None,
    }
}

fn passes(error: &Error) -> bool {
    match error {
        Error::WebsiteUnreachable { .. }
        | Error::WebsiteTimeout { .. }
        // While it renews a sign-in.
        | Error::SignInProvider { .. }
        | Error::RedeemUnreachable { .. }
        | Error::RedeemTimeout { .. } => true,
        Error::WebsiteError { status, .. } | Error::RedeemUnexpected { status, .. } => *status >= 500,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> Error {
        Error::WebsiteUnreachable { host: "portal.example".to_owned(), reason: String::new() }
    }

    #[test]
    fn waits_double_up_to_a_minute_and_are_spread() {
        let seconds = |tries| pause(&unreachable(), Aim::Renew, tries, 0.5).map(|wait| wait.as_secs());
        assert_eq!([1, 2, 3, 6, 7, 400].map(seconds), [1, 2, 4, 32, 60, 60].map(Some));
        let (least, most) =
            (pause(&unreachable(), Aim::Renew, 7, 0.0), pause(&unreachable(), Aim::Renew, 7, 1.0));
        assert_eq!((least, most), (Some(Duration::from_secs(48)), Some(Duration::from_secs(72))));
    }

    #[test]
    fn who_is_busy_says_how_long() {
        let busy = |seconds| Error::WebsiteBusy { host: String::new(), seconds };
        assert_eq!(pause(&busy(30), Aim::Open, 1, 0.5), Some(Duration::from_secs(30)));
        assert_eq!(pause(&busy(0), Aim::Open, 3, 0.5), Some(Duration::from_secs(4)));
        let qlik = Error::RedeemBusy { host: String::new(), seconds: 7 };
        assert_eq!(pause(&qlik, Aim::Open, 1, 0.5), Some(Duration::from_secs(7)));
        assert_eq!(pause(&busy(1_000_000), Aim::Open, 1, 0.5), Some(ASKED_MAX));
    }

    #[test]
    fn what_does_not_pass_is_said_at_once() {
        let denied = Error::NotAuthorised { mashup: String::new(), reason: String::new() };
        let full = Error::SessionLimit { mashup: String::new(), used: 5, limit: 5, yours: 0 };
        let used = Error::TicketRefused { host: String::new() };
        assert_eq!(pause(&denied, Aim::Renew, 1, 0.5), None);
        assert_eq!(pause(&full, Aim::Open, 1, 0.5), None);
        assert!(pause(&full, Aim::Renew, 1, 0.5).is_some());
        assert_eq!(pause(&used, Aim::Open, 1, 0.5), Some(Duration::ZERO));
        assert_eq!(pause(&used, Aim::Open, 2, 0.5), None);
        assert_eq!(pause(&unreachable(), Aim::Open, OPENING_TRIES, 0.5), None);
    }
}
