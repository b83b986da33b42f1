//! An object's properties, what a client has patched on top of them for itself, and the calls that
//! change either.

use json_patch::{
    AddOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation, jsonptr::PointerBuf,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    app::OpenApp,
    rpc::{Call, Outcome, RpcError},
};

#[derive(Clone, Debug)]
pub(super) struct Properties {
    own: Value,
    /// With soft patches, which are gone with the session.
    patched: Option<Value>,
    /// Whether it is the app's, which nobody here may change.
    published: bool,
}

/// `NxPatch`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NxPatch {
    q_op: Operation,
    q_path: String,
    /// JSON.
    #[serde(default)]
    q_value: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Operation {
    #[serde(alias = "Add")]
    #[serde(rename = "add")]
    Add,
    #[serde(alias = "Remove")]
    #[serde(rename = "remove")]
    Remove,
    #[serde(alias = "Replace")]
    #[serde(rename = "replace")]
    Replace,
}

impl Properties {
    pub(super) fn published(own: Value) -> Self {
        Self { own, patched: None, published: true }
    }

    pub(super) fn of_session(own: Value) -> Self {
        Self { own, patched: None, published: false }
    }

    /// What its layout is made from.
    pub(super) fn effective(&self) -> &Value {
        self.patched.as_ref().unwrap_or(&self.own)
    }

    pub(super) fn info(&self) -> &Value {
        &self.own["qInfo"]
    }

    /// What the client may do with it.
    pub(super) fn privileges(&self) -> &'static [&'static str] {
        if self.published { &["read", "exportdata"] } else { &["read", "update", "delete", "exportdata"] }
    }

    fn must_be_ours(&self) -> Result<(), RpcError> {
        if self.published { Err(RpcError::AccessDenied(String::new())) } else { Ok(()) }
    }

    fn set(&mut self, mut properties: Value) -> Result<(), RpcError> {
        self.must_be_ours()?;
        let object = properties.as_object_mut().ok_or(RpcError::Params("qProp"))?;
        // An object stays who it is.
        object.insert("qInfo".into(), self.info().clone());
        self.own = properties;
        self.patched = None;
        Ok(())
    }

    fn patch(&mut self, patches: Vec<NxPatch>, soft: bool) -> Result<(), RpcError> {
        let patch = Patch(patches.into_iter().map(NxPatch::operation).collect::<Result<_, _>>()?);
        let wrong = |error: json_patch::PatchError| RpcError::Path(error.path.to_string());
        if soft {
            let mut patched = self.effective().clone();
            json_patch::patch(&mut patched, &patch).map_err(wrong)?;
            self.patched = Some(patched);
            return Ok(());
        }
        self.must_be_ours()?;
        json_patch::patch(&mut self.own, &patch).map_err(wrong)?;
        match &mut self.patched {
            Some(patched) => json_patch::patch(patched, &patch).map_err(wrong),
            None => Ok(()),
        }
    }
}

impl NxPatch {
    fn operation(self) -> Result<PatchOperation, RpcError> {
        let path = PointerBuf::parse(&self.q_path).map_err(|_| RpcError::Path(self.q_path.clone()))?;
        let value = || serde_json::from_str(&self.q_value).map_err(|_| RpcError::Params("qValue"));
        Ok(match self.q_op {
            Operation::Add => PatchOperation::Add(AddOperation { path, value: value()? }),
            Operation::Remove => PatchOperation::Remove(RemoveOperation { path }),
            Operation::Replace => PatchOperation::Replace(ReplaceOperation { path, value: value()? }),
        })
    }
}

/// The calls about properties; nothing for any other.
pub(super) fn call(app: &mut OpenApp, call: &Call, id: &str) -> Option<Result<Outcome, RpcError>> {
    let properties = app.objects.get_mut(id)?;
    let params = &call.params;
    let changed = match call.method.as_str() {
        "GetProperties" => return Some(Ok(Outcome::of("qProp", properties.own.clone()))),
        "GetEffectiveProperties" => {
            return Some(Ok(Outcome::of("qProp", properties.effective().clone())));
        }
        "GetInfo" => return Some(Ok(Outcome::of("qInfo", properties.info().clone()))),
        "SetProperties" => params.need(0, "qProp").and_then(|value| properties.set(value)),
        "ApplyPatches" => params
            .need(0, "qPatches")
            .and_then(|patches| properties.patch(patches, params.get(1, "qSoftPatch")?.unwrap_or(false))),
        "ClearSoftPatches" => {
            properties.patched = None;
            Ok(())
        }
        _ => return None,
    };
    app.forget_cubes();
    Some(changed.map(|()| Outcome::done().changing(vec![call.handle])))
}
