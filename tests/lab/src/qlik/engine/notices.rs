//! What the proxy says on an engine's websocket: the greeting, and the fatal notices.

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Found;
use crate::qlik::{Identity, sessions::Farewell};

/// A notice after which the proxy closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fatal {
    SessionTimedOut,
    SessionLoggedOut,
    MaxParallelSessionsExceeded,
}

impl Fatal {
    /// What a session's end is called; nothing for a connection that just breaks.
    pub(super) fn of(farewell: Farewell) -> Option<Self> {
        match farewell {
            Farewell::TimedOut => Some(Self::SessionTimedOut),
            Farewell::LoggedOut => Some(Self::SessionLoggedOut),
            Farewell::Cut => None,
        }
    }

    pub(super) fn to_json(self) -> Value {
        let (method, message) = match self {
            Self::SessionTimedOut => ("OnSessionTimedOut", "Session timed out due to inactivity"),
            Self::SessionLoggedOut => ("OnSessionLoggedOut", "Session logged out"),
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
