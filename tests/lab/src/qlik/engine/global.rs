//! Methods of the global handle: what can be asked before an app is open, and opening it.

use serde_json::{Value, json};

use super::{
    rpc::{Call, Outcome, RpcError},
    session::{Desk, Session, Target},
};
use crate::apps::App;

/// The version of the schema that the lab answers by.
const VERSION: &str = "12.936.0";

pub(super) fn call(session: &mut Session, desk: &Desk<'_>, call: &Call) -> Result<Outcome, RpcError> {
    match call.method.as_str() {
        "EngineVersion" => Ok(Outcome::of("qVersion", json!({ "qComponentVersion": VERSION }))),
        "QvVersion" | "ProductVersion" => Ok(Outcome::of("qReturn", VERSION)),
        "IsPersonalMode" => Ok(Outcome::of("qReturn", false)),
        "GetAuthenticatedUser" => {
            let user = format!("UserDirectory={}; UserId={}", desk.identity.directory, desk.identity.user);
            Ok(Outcome::of("qReturn", user))
        }
        "GetDocList" => {
            let readable = desk.site.apps.iter().filter(|app| desk.site.may_read(desk.identity, &app.id));
            Ok(Outcome::of("qDocList", readable.map(entry).collect::<Vec<_>>()))
        }
        // Every request is done before the next is read, so nothing is ever under way.
        "GetProgress" => {
            call.params.need::<i64>(0, "qRequestId")?;
            let progress = json!({
                "qStarted": false,
                "qFinished": true,
                "qCompleted": 0,
                "qTotal": 0,
                "qKB": 0,
                "qMillisecs": 0,
                "qUserInteractionWanted": false,
                "qPersistentProgress": "",
                "qTransientProgress": "",
            });
            Ok(Outcome::of("qProgressData", progress))
        }
        "CancelRequest" => {
            call.params.need::<i64>(0, "qRequestId")?;
            Ok(Outcome::done())
        }
        "OpenDoc" => open(session, desk, &call.params.need::<String>(0, "qDocName")?),
        "GetActiveDoc" => {
            let id = session.opened()?.id.clone();
            Ok(Outcome::of("qReturn", session.returning(&Target::Doc, "Doc", "", &id)))
        }
        method => Err(RpcError::UnknownMethod(method.into())),
    }
}

fn open(session: &mut Session, desk: &Desk<'_>, id: &str) -> Result<Outcome, RpcError> {
    let app = desk.site.apps.by_id(id).ok_or_else(|| RpcError::AppNotFound(id.into()))?;
    if !desk.site.may_read(desk.identity, id) {
        return Err(RpcError::AccessDenied(id.into()));
    }
    if session.app.is_some() {
        return Err(RpcError::AlreadyOpen(id.into()));
    }
    session.open(app);
    let doc = session.returning(&Target::Doc, "Doc", "", id);
    Ok(Outcome::of("qReturn", doc).changing(session.handles(|target| *target == Target::Doc)))
}

/// `DocListEntry`
fn entry(app: &App) -> Value {
    json!({
        "qDocId": app.id,
        "qDocName": app.title,
        "qTitle": app.title,
        "qLastReloadTime": app.updated,
        "qMeta": { "description": app.description, "published": true },
        "qThumbnail": { "qUrl": thumbnail(&app.id) },
        "qHasSectionAccess": false,
    })
}

pub(super) fn thumbnail(app: &str) -> String {
    format!("/appcontent/{app}/thumbnail.png")
}
