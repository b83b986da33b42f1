//! Methods of an object: its layout and data, searching it, exporting it.

use serde_json::json;

use super::{
    app::OpenApp,
    export::FileType,
    hypercube::Page,
    layout,
    model::Selections,
    properties,
    rpc::{Call, Outcome, Params, RpcError},
    selecting,
    session::{Desk, Session},
    stacked,
};
use crate::qlik::exports::Export;

pub(super) fn call(
    session: &mut Session,
    desk: &Desk<'_>,
    call: &Call,
    id: &str,
) -> Result<Outcome, RpcError> {
    let app = session.opened()?;
    if !app.objects.contains_key(id) {
        return Err(RpcError::NotFound(id.into()));
    }
    if let Some(answer) = properties::call(app, call, id) {
        return answer;
    }
    if let Some(answer) = selecting::call(app, call, id) {
        return Ok(answer?.changing(session.dependants()));
    }
    let params = &call.params;
    match call.method.as_str() {
        "BeginSelections" => {
            app.begin_modal(id)?;
            Ok(Outcome::done().changing(vec![call.handle]))
        }
        "GetLayout" => Ok(Outcome::of("qLayout", layout::of(app, id)?)),
        "GetHyperCubeData" | "GetListObjectData" => {
            let cube = app.cube(id, &params.need::<String>(0, "qPath")?)?;
            let pages: Vec<Page> = params.need(1, "qPages")?;
            Ok(Outcome::of("qDataPages", app.view(&cube).pages(&pages)))
        }
        "GetHyperCubeReducedData" => {
            let cube = app.cube(id, &params.need::<String>(0, "qPath")?)?;
            let pages: Vec<Page> = params.need(1, "qPages")?;
            let view = app.view(&cube);
            Ok(Outcome::of("qDataPages", pages.iter().map(|page| view.reduced(page)).collect::<Vec<_>>()))
        }
        "GetHyperCubeStackData" => {
            let path: String = params.need(0, "qPath")?;
            let cube = app.cube(id, &path)?;
            let pages: Vec<Page> = params.need(1, "qPages")?;
            Ok(Outcome::of("qDataPages", stacked::pages(app.view(&cube), &pages)))
        }
        "SearchListObjectFor" => {
            app.source(id, &params.need::<String>(0, "qPath")?)?;
            let pattern: String = params.need(1, "qMatch")?;
            // A word is looked for anywhere, a pattern as it is.
            let pattern = if pattern.contains('*') { pattern } else { format!("*{pattern}*") };
            app.searches.insert(id.to_owned(), pattern);
            app.forget_cubes();
            Ok(Outcome::of("qSuccess", true).changing(vec![call.handle]))
        }
        "AbortListObjectSearch" => {
            app.searches.remove(id);
            app.forget_cubes();
            Ok(Outcome::done().changing(vec![call.handle]))
        }
        "GetChildInfos" => Ok(Outcome::of("qInfos", json!([]))),
        "ExportData" => Ok(Outcome::of("qUrl", export(app, desk, params, id)?)),
        method => Err(RpcError::UnknownMethod(method.into())),
    }
}

fn export(app: &mut OpenApp, desk: &Desk<'_>, params: &Params, id: &str) -> Result<String, RpcError> {
    let file_type: FileType = params.need(0, "qFileType")?;
    let path = params.get(1, "qPath")?.filter(|path: &String| !path.is_empty());
    let path = path.unwrap_or_else(|| "/qHyperCubeDef".into());
    let file_name: String = params.get(2, "qFileName")?.unwrap_or_default();
    // `A` for all values, whatever is selected; `P` for the possible ones.
    let all = params.get::<String>(3, "qExportState")?.is_some_and(|state| state == "A");
    let serve_once = params.get(4, "qServeOnce")?.unwrap_or(false);

    let source = app.source(id, &path)?;
    let everything;
    let association = if all {
        everything = app.model.associate(&Selections::default());
        &everything
    } else {
        &app.association
    };
    let cube = source.calculate(&app.model, association, None)?;
    if cube.rows() == 0 {
        return Err(RpcError::NothingToExport(path));
    }
    let at_least = desk.site.exports.lock().at_least;
    let content = file_type
        .write(app.view(&cube), &app.title, at_least)
        .map_err(|error| RpcError::Export(path, error.to_string()))?;
    let name = if file_name.is_empty() { &app.title } else { &file_name };
    let export = Export {
        creator: desk.identity.clone(),
        file_name: with_extension(name, file_type.extension()),
        media_type: file_type.media_type(),
        content,
        serve_once: serve_once || desk.site.options.serve_once,
    };
    Ok(desk.site.exports.lock().keep(export, file_type.extension()))
}

fn with_extension(name: &str, extension: &str) -> String {
    if name.to_lowercase().ends_with(&format!(".{extension}")) {
        name.to_owned()
    } else {
        format!("{name}.{extension}")
    }
}
