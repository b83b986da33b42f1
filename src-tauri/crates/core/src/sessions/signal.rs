//! Signs that a session may have ended. Each is a hint and no more: what
//! counts is what Qlik answers to the probe that follows.

use serde::Deserialize;
use url::Url;

use crate::navigation::Origin;

/// What a page's observer script answers when it is asked: all that a page can
/// say to the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where the page that answers comes from.
    pub origin: Origin,
    /// What it has seen since it was last asked.
    pub signals: Vec<Signal>,
    /// Whether the person has typed something into it that would be lost.
    pub typed: bool,
    /// Whether it plays something.
    pub plays: bool,
    /// Whether the person has just clicked twice in it.
    pub clicked_twice: bool,
}

impl Seen {
    /// Reads an answer; names that nobody knows are left out.
    pub fn parse(answer: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer {
            origin: Url,
            signals: Vec<String>,
            typed: bool,
            plays: bool,
            clicked_twice: bool,
        }
        let Answer { origin, signals, typed, plays, clicked_twice } = serde_json::from_str(answer).ok()?;
        let signals = signals.iter().filter_map(|name| Signal::parse(name)).collect();
        Some(Self { origin: Origin::of(&origin)?, signals, typed, plays, clicked_twice })
    }
}

/// A sign that a window's session may have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `OnSessionTimedOut` on one of the page's websockets.
    TimedOut,
    /// `OnSessionLoggedOut`.
    LoggedOut,
    /// `OnSessionClosed`.
    Closed,
    /// `OnLicenseAccessDenied`.
    LicenseDenied,
    /// `OnEngineWebsocketFailed`.
    EngineFailed,
    /// `OnNoEngineAvailable`.
    NoEngine,
    /// `OnMaxParallelSessionsExceeded`.
    TooManySessions,
    /// `mustAuthenticate` in the engine's greeting.
    MustAuthenticate,
    /// The page's last websocket to the engine is gone.
    SocketLost,
    /// The window went to Qlik's login page.
    LoginPage,
    /// Qlik refused an export.
    ExportRefused,
    /// The computer, or the app, was asleep.
    Resumed,
    /// The person came back to the window after a long while.
    Revisited,
}

impl Signal {
    /// Reads the name that the observer script gives it.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "OnSessionTimedOut" => Self::TimedOut,
            "OnSessionLoggedOut" => Self::LoggedOut,
            "OnSessionClosed" => Self::Closed,
            "OnLicenseAccessDenied" => Self::LicenseDenied,
            "OnEngineWebsocketFailed" => Self::EngineFailed,
            "OnNoEngineAvailable" => Self::NoEngine,
            "OnMaxParallelSessionsExceeded" => Self::TooManySessions,
            "mustAuthenticate" => Self::MustAuthenticate,
            "socketLost" => Self::SocketLost,
            _ => return None,
        })
    }

    /// Whether the page has to connect again even if the session lives.
    pub(crate) fn cuts_the_page_off(self) -> bool {
        !matches!(self, Self::ExportRefused | Self::Resumed | Self::Revisited)
    }
}
