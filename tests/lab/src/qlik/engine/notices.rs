//! What the proxy says on an engine's websocket: the greeting, and the fatal notices.

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Found;
use crate::qlik::Identity;

/// A fatal notice; the proxy closes the websocket after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `OnSessionTimedOut`
    SessionTimedOut,
    /// `OnSessionLoggedOut`
    SessionLoggedOut,
    /// `OnSessionClosed`
    SessionClosed,
    /// `OnLicenseAccessDenied`
    LicenseAccessDenied,
    /// `OnEngineWebsocketFailed`
    EngineWebsocketFailed,
    /// `OnNoEngineAvailable`
    NoEngineAvailable,
    /// `OnMaxParallelSessionsExceeded`
    MaxParallelSessionsExceeded,
}

impl Notice {
    /// Whether it says that the proxy session is over, and not only this websocket.
    pub(in crate::qlik) fn ends_session(self) -> bool {
        matches!(self, Self::SessionTimedOut | Self::SessionLoggedOut | Self::SessionClosed)
    }

    pub(super) fn to_json(self) -> Value {
        let (method, message) = match self {
            Self::SessionTimedOut => ("OnSessionTimedOut", "Session timed out due to inactivity"),
            Self::SessionLoggedOut => ("OnSessionLoggedOut", "Session logged out"),
            Self::SessionClosed => ("OnSessionClosed", "Session closed"),
            Self::LicenseAccessDenied => ("OnLicenseAccessDenied", "No access pass for this user"),
            Self::EngineWebsocketFailed => ("OnEngineWebsocketFailed", "Websocket to the engine failed"),
            Self::NoEngineAvailable => ("OnNoEngineAvailable", "No engine is available for this app"),
            Self::MaxParallelSessionsExceeded => {
                ("OnMaxParallelSessionsExceeded", "You have too many sessions active in parallel")
            }
        };
        // Only a year beyond 9999 cannot be written so.
        let timestamp = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        notice(method, json!({ "severity": "fatal", "timestamp": timestamp, "message": message }))
    }
}

pub(super) fn authenticated(identity: &Identity, logout_uri: &str) -> Value {
    notice(
        "OnAuthenticationInformation",
        json!({
            "userId": identity.user,
            "userDirectory": identity.directory,
            "logoutUri": logout_uri,
            "mustAuthenticate": false,
        }),
    )
}

pub(super) fn must_authenticate(login_uri: &str) -> Value {
    notice("OnAuthenticationInformation", json!({ "loginUri": login_uri, "mustAuthenticate": true }))
}

pub(super) fn connected(found: Found) -> Value {
    let state = match found {
        Found::Created => "SESSION_CREATED",
        Found::Attached => "SESSION_ATTACHED",
    };
    notice("OnConnected", json!({ "qSessionState": state }))
}

fn notice(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}
