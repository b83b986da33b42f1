//! The engine's JSON-RPC: calls by handle, answers with the handles they invalidated, results as
//! patches where the client asks for those.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    id: Value,
    pub(super) handle: i64,
    pub(super) method: String,
    pub(super) params: Params,
    delta: bool,
}

/// A call's parameters, by position or by name.
#[derive(Debug)]
pub(super) struct Params(Value);

/// What a call brought about.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) result: Map<String, Value>,
    /// The handles whose layouts are no longer what they were.
    pub(super) change: Vec<i64>,
    /// The handles that are gone.
    pub(super) close: Vec<i64>,
}

/// Why a call failed, with the engine's codes.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum RpcError {
    #[error("parse error")]
    Parse,
    #[error("method not found")]
    UnknownMethod(String),
    #[error("invalid params")]
    Params(&'static str),
    #[error("not found")]
    NotFound(String),
    #[error("invalid path")]
    Path(String),
    #[error("access denied")]
    AccessDenied(String),
    #[error("invalid expression")]
    Expression(String),
    #[error("another object is in selection mode")]
    Modal(String),
    #[error("app already open")]
    AlreadyOpen(String),
    #[error("app not found")]
    AppNotFound(String),
    #[error("the export failed: {1}")]
    Export(String, String),
    #[error("no data to export")]
    NothingToExport(String),
}

impl Call {
    pub(super) fn parse(text: &str) -> Result<Self, RpcError> {
        let mut message: Map<String, Value> = serde_json::from_str(text).map_err(|_| RpcError::Parse)?;
        let method = message.get("method").and_then(Value::as_str).ok_or(RpcError::Parse)?.to_owned();
        Ok(Self {
            method,
            handle: message.get("handle").and_then(Value::as_i64).unwrap_or(-1),
            delta: message.get("delta").and_then(Value::as_bool).unwrap_or(false),
            id: message.remove("id").unwrap_or(Value::Null),
            params: Params(message.remove("params").unwrap_or(Value::Null)),
        })
    }

    /// The text to send back.
    pub(super) fn answer(self, outcome: Result<Outcome, RpcError>) -> String {
        let mut answer = json!({ "jsonrpc": "2.0", "id": self.id });
        match outcome {
            Ok(Outcome { mut result, change, close }) => {
                if self.delta {
                    answer["delta"] = true.into();
                    for value in result.values_mut() {
                        // A patch of the whole: always right, whatever the client had before.
                        *value = json!([{ "op": "add", "path": "/", "value": value.take() }]);
                    }
                }
                answer["result"] = result.into();
                if !change.is_empty() {
                    answer["change"] = change.into();
                }
                if !close.is_empty() {
                    answer["close"] = close.into();
                }
            }
            Err(error) => answer["error"] = error.to_json(),
        }
        answer.to_string()
    }
}

impl Params {
    /// A parameter that must be there.
    pub(super) fn need<T: DeserializeOwned>(
        &self,
        position: usize,
        name: &'static str,
    ) -> Result<T, RpcError> {
        self.get(position, name)?.ok_or(RpcError::Params(name))
    }

    /// A parameter that may be left out.
    pub(super) fn get<T: DeserializeOwned>(
        &self,
        position: usize,
        name: &'static str,
    ) -> Result<Option<T>, RpcError> {
        let value = match &self.0 {
            Value::Array(values) => values.get(position),
            Value::Object(values) => values.get(name),
            _ => None,
        };
        value.map(|value| T::deserialize(value).map_err(|_| RpcError::Params(name))).transpose()
    }
}

impl Outcome {
    /// One result.
    pub(super) fn of(key: &str, value: impl Into<Value>) -> Self {
        Self { result: Map::from_iter([(key.to_owned(), value.into())]), ..Self::default() }
    }

    /// No result.
    pub(super) fn done() -> Self {
        Self::default()
    }

    pub(super) fn changing(mut self, handles: Vec<i64>) -> Self {
        self.change = handles;
        self
    }
}

impl RpcError {
    fn code(&self) -> i64 {
        match self {
            Self::Parse => -32700,
            Self::UnknownMethod(_) => -32601,
            Self::Params(_) => -32602,
            Self::NotFound(_) => 2,
            Self::Path(_) => 4,
            Self::AccessDenied(_) => 5,
            Self::Expression(_) => 8,
            // By it nebula.js knows that it has to end the other object's selections first.
            Self::Modal(_) => 6003,
            Self::AlreadyOpen(_) => 1002,
            Self::AppNotFound(_) => 1003,
            Self::Export(..) => 13000,
            Self::NothingToExport(_) => 13001,
        }
    }

    fn parameter(&self) -> &str {
        match self {
            Self::Parse => "",
            Self::Params(parameter) => parameter,
            Self::UnknownMethod(parameter)
            | Self::NotFound(parameter)
            | Self::Path(parameter)
            | Self::AccessDenied(parameter)
            | Self::Expression(parameter)
            | Self::Modal(parameter)
            | Self::AlreadyOpen(parameter)
            | Self::AppNotFound(parameter)
            | Self::Export(parameter, _)
            | Self::NothingToExport(parameter) => parameter,
        }
    }

    fn to_json(&self) -> Value {
        json!({ "code": self.code(), "parameter": self.parameter(), "message": self.to_string() })
    }

    /// The answer to a text that is no call.
    pub(super) fn answer(&self) -> String {
        json!({ "jsonrpc": "2.0", "id": null, "error": self.to_json() }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(call: &str, outcome: Result<Outcome, RpcError>) -> Value {
        serde_json::from_str(&Call::parse(call).unwrap().answer(outcome)).unwrap()
    }

    #[test]
    fn parameters_are_read_by_position_and_by_name() {
        for params in [r#"["/qHyperCubeDef", 3]"#, r#"{"qPath":"/qHyperCubeDef","qDimNo":3}"#] {
            let call =
                Call::parse(&format!(r#"{{"id":1,"handle":2,"method":"M","params":{params}}}"#)).unwrap();
            assert_eq!(call.params.need::<String>(0, "qPath"), Ok("/qHyperCubeDef".into()));
            assert_eq!(call.params.get::<usize>(1, "qDimNo"), Ok(Some(3)));
            assert_eq!(call.params.get::<bool>(2, "qToggleMode"), Ok(None));
            assert_eq!(call.params.need::<bool>(1, "qDimNo"), Err(RpcError::Params("qDimNo")));
        }
    }

    #[test]
    fn results_are_patches_only_for_whoever_asked() {
        let outcome = || Ok(Outcome::of("qLayout", json!({ "a": 1 })).changing(vec![4]));
        assert_eq!(
            answered(r#"{"id":7,"method":"GetLayout"}"#, outcome()),
            json!({ "jsonrpc": "2.0", "id": 7, "result": { "qLayout": { "a": 1 } }, "change": [4] })
        );
        assert_eq!(
            answered(r#"{"id":7,"method":"GetLayout","delta":true}"#, outcome())["result"]["qLayout"],
            json!([{ "op": "add", "path": "/", "value": { "a": 1 } }])
        );
    }

    #[test]
    fn errors_carry_the_engines_codes() {
        let answer = answered(r#"{"id":1,"method":"Nope"}"#, Err(RpcError::AppNotFound("x".into())));
        assert_eq!(answer["error"], json!({ "code": 1003, "parameter": "x", "message": "app not found" }));
    }
}
