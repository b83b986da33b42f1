//! An engine session: the app that is open, what is selected in it, and the handles by which its
//! client calls things. It outlives a websocket for as long as the client asked for.

use serde_json::{Value, json};

use super::{
    app::OpenApp,
    doc, field, global, objects,
    rpc::{Call, Outcome, RpcError},
};
use crate::{
    apps::App,
    qlik::{Identity, Site},
};

/// Whose call it is, and where it is answered.
pub(super) struct Desk<'a> {
    pub(super) site: &'a Site,
    pub(super) identity: &'a Identity,
}

#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) app: Option<OpenApp>,
    /// What each handle stands for; the first is 1.
    targets: Vec<Target>,
}

/// What a handle stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Doc,
    Object(String),
    Field(usize),
    /// What was destroyed; its handle is not given again.
    Gone,
}

impl Session {
    pub(super) fn call(&mut self, desk: &Desk<'_>, call: &Call) -> Result<Outcome, RpcError> {
        if call.handle == -1 {
            return global::call(self, desk, call);
        }
        let target = usize::try_from(call.handle - 1).ok().and_then(|at| self.targets.get(at)).cloned();
        match target {
            Some(Target::Doc) => doc::call(self, desk, call),
            Some(Target::Object(id)) => objects::call(self, desk, call, &id),
            Some(Target::Field(field)) => field::call(self, call, field),
            Some(Target::Gone) | None => Err(RpcError::Params("handle")),
        }
    }

    pub(super) fn open(&mut self, app: &App) {
        self.app = Some(OpenApp::of(app));
    }

    /// The app behind a handle; handles other than the global one exist only once it is open.
    pub(super) fn opened(&mut self) -> Result<&mut OpenApp, RpcError> {
        self.app.as_mut().ok_or_else(|| RpcError::NotFound("no open app".into()))
    }

    /// `qReturn`: the handle of `target`, given now if it had none.
    pub(super) fn returning(&mut self, target: &Target, kind: &str, generic: &str, id: &str) -> Value {
        let at = self.targets.iter().position(|other| other == target).unwrap_or_else(|| {
            self.targets.push(target.clone());
            self.targets.len() - 1
        });
        json!({ "qType": kind, "qHandle": at + 1, "qGenericType": generic, "qGenericId": id })
    }

    /// The handles whose layouts depend on the selections.
    pub(super) fn dependants(&self) -> Vec<i64> {
        self.handles(|target| matches!(target, Target::Object(_)))
    }

    pub(super) fn handles(&self, which: impl Fn(&Target) -> bool) -> Vec<i64> {
        (1..).zip(&self.targets).filter(|(_, target)| which(target)).map(|(handle, _)| handle).collect()
    }

    /// Takes an object's handles away, and tells which those were.
    pub(super) fn forget(&mut self, object: &str) -> Vec<i64> {
        let gone = Target::Object(object.to_owned());
        let handles = self.handles(|target| *target == gone);
        for target in self.targets.iter_mut().filter(|target| **target == gone) {
            *target = Target::Gone;
        }
        handles
    }
}
