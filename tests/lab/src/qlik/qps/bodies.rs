//! What QPS reads and writes: its member names in any letter case, its sessions as Qlik spells
//! them.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    options::Options,
    qlik::{Attributes, Identity, SessionRecord},
};

/// The body of a request for a ticket or a session.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) identity: Identity,
    pub(super) attributes: Attributes,
    pub(super) session_id: Option<String>,
    pub(super) target_id: Option<String>,
}

/// Why such a body is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BadBody {
    #[error("the body is no JSON object of the expected members")]
    Json,
    #[error("UserDirectory and UserId must not be blank")]
    Blank,
    #[error("UserDirectory and UserId must not hold a backslash")]
    Backslash,
}

#[derive(Deserialize)]
struct Members {
    userdirectory: String,
    userid: String,
    #[serde(default)]
    attributes: Option<Attributes>,
    sessionid: Option<String>,
    targetid: Option<String>,
}

impl Asked {
    pub(super) fn parse(body: &[u8]) -> Result<Self, BadBody> {
        let members: Map<String, Value> = serde_json::from_slice(body).map_err(|_| BadBody::Json)?;
        let members = members.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let members: Members = serde_json::from_value(Value::Object(members)).map_err(|_| BadBody::Json)?;
        let (directory, user) = (members.userdirectory.trim(), members.userid.trim());
        if directory.is_empty() || user.is_empty() {
            return Err(BadBody::Blank);
        }
        if directory.contains('\\') || user.contains('\\') {
            return Err(BadBody::Backslash);
        }
        Ok(Self {
            identity: Identity::new(directory, user),
            attributes: members.attributes.unwrap_or_default(),
            session_id: members.sessionid,
            target_id: members.targetid,
        })
    }
}

impl BadBody {
    /// The answer, with the status that the options choose.
    pub(super) fn refusal(&self, options: &Options) -> (StatusCode, String) {
        (StatusCode::from_u16(options.bad_body_status).unwrap_or(StatusCode::BAD_REQUEST), self.to_string())
    }
}

/// A session as QPS tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SessionBody {
    user_directory: String,
    user_id: String,
    attributes: Attributes,
    session_id: String,
}

impl From<SessionRecord> for SessionBody {
    fn from(SessionRecord { id, identity, attributes, .. }: SessionRecord) -> Self {
        Self { user_directory: identity.directory, user_id: identity.user, attributes, session_id: id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_values_trimmed() {
        let body =
            br#"{"userDirectory":" MASHUPS ","USERID":"a","Attributes":[{"window":"1"},{"window":"2"}]}"#;
        let asked = Asked::parse(body).unwrap();
        assert_eq!(asked.identity, Identity::new("MASHUPS", "a"));
        assert_eq!(asked.attributes, [("window", "1"), ("window", "2")].into_iter().collect());
    }

    #[test]
    fn a_blank_or_foreign_name_is_refused() {
        for (body, why) in [
            (r#"{"UserDirectory":"D","UserId":"  "}"#, BadBody::Blank),
            (r#"{"UserDirectory":"D\\E","UserId":"u"}"#, BadBody::Backslash),
            (r#"{"UserDirectory":"D"}"#, BadBody::Json),
            (r#"[]"#, BadBody::Json),
        ] {
            assert_eq!(Asked::parse(body.as_bytes()).unwrap_err(), why, "{body}");
        }
    }
}
