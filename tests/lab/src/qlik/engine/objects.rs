//! Methods of an object: its layout and data, selecting in it, exporting it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    export::FileType,
    hypercube::{Cube, HyperCubeDef, ListObjectDef, Page},
    layout,
    model::Selections,
    rpc::{Call, Outcome, RpcError},
    session::{Desk, Modal, OpenApp, Session},
};
use crate::qlik::exports::Export;

pub(super) fn call(
    session: &mut Session,
    desk: &Desk<'_>,
    call: &Call,
    id: &str,
) -> Result<Outcome, RpcError> {
    let app = session.opened()?;
    let properties = app.objects.get(id).ok_or_else(|| RpcError::NotFound(id.into()))?;
    let params = &call.params;
    match call.method.as_str() {
        "GetLayout" => Ok(Outcome::of("qLayout", layout::of(app, id, properties)?)),
        "GetProperties" | "GetEffectiveProperties" => Ok(Outcome::of("qProp", properties.clone())),
        "GetInfo" => Ok(Outcome::of("qInfo", properties["qInfo"].clone())),
        "GetHyperCubeData" | "GetListObjectData" => {
            let cube =
                at(properties, &params.need::<String>(0, "qPath")?)?.calculate(app, &app.selections)?;
            Ok(Outcome::of("qDataPages", cube.pages(&params.need::<Vec<Page>>(1, "qPages")?)))
        }
        "SelectListObjectValues" => {
            let field = at(properties, &params.need::<String>(0, "qPath")?)?.field(app, 0)?;
            let toggle = params.get(2, "qToggleMode")?.unwrap_or(false);
            select(session, id, field, &params.need::<Vec<usize>>(1, "qValues")?, toggle)
        }
        "SelectHyperCubeValues" => {
            let dimension = params.need(1, "qDimNo")?;
            let field = at(properties, &params.need::<String>(0, "qPath")?)?.field(app, dimension)?;
            let toggle = params.get(3, "qToggleMode")?.unwrap_or(false);
            select(session, id, field, &params.need::<Vec<usize>>(2, "qValues")?, toggle)
        }
        "ClearSelections" => {
            let source = at(properties, &params.need::<String>(0, "qPath")?)?;
            for field in source.fields(app)? {
                app.selections.clear(field);
            }
            Ok(Outcome::done().changing(session.dependants()))
        }
        "BeginSelections" => {
            app.modal = Some(Modal { object: id.into(), before: app.selections.clone() });
            Ok(Outcome::done().changing(vec![call.handle]))
        }
        "EndSelections" => {
            let accept: bool = params.need(0, "qAccept")?;
            if let Some(Modal { before, .. }) = app.modal.take().filter(|_| !accept) {
                app.selections = before;
            }
            Ok(Outcome::done().changing(session.dependants()))
        }
        "ExportData" => {
            let request = ExportRequest {
                file_type: params.need(0, "qFileType")?,
                path: params.get(1, "qPath")?.filter(|path: &String| !path.is_empty()),
                file_name: params.get(2, "qFileName")?.unwrap_or_default(),
                // `A` for all values, whatever is selected; `P` for the possible ones.
                all: params.get::<String>(3, "qExportState")?.is_some_and(|state| state == "A"),
                serve_once: params.get(4, "qServeOnce")?.unwrap_or(false),
            };
            let url = export(app, desk, properties, request)?;
            Ok(Outcome::of("qUrl", url))
        }
        method => Err(RpcError::UnknownMethod(method.into())),
    }
}

/// What a path into an object's properties leads to.
enum Source {
    Cube(HyperCubeDef),
    List(ListObjectDef),
}

fn at(properties: &Value, path: &str) -> Result<Source, RpcError> {
    let wrong = || RpcError::Path(path.to_owned());
    let definition = properties.pointer(path).ok_or_else(wrong)?;
    match path.rsplit('/').next() {
        Some("qHyperCubeDef") => read(definition).map(Source::Cube).ok_or_else(wrong),
        Some("qListObjectDef") => read(definition).map(Source::List).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

fn read<T: DeserializeOwned>(definition: &Value) -> Option<T> {
    T::deserialize(definition).ok()
}

impl Source {
    fn calculate<'m>(&self, app: &'m OpenApp, selections: &Selections) -> Result<Cube<'m>, RpcError> {
        match self {
            Self::Cube(cube) => cube.calculate(&app.model, selections),
            Self::List(list) => list.calculate(&app.model, selections),
        }
    }

    fn field(&self, app: &OpenApp, dimension: usize) -> Result<usize, RpcError> {
        match self {
            Self::Cube(cube) => cube.field(&app.model, dimension),
            Self::List(list) => list.field(&app.model),
        }
    }

    fn fields(&self, app: &OpenApp) -> Result<Vec<usize>, RpcError> {
        match self {
            Self::Cube(cube) => {
                (0..cube.dimensions()).map(|dimension| cube.field(&app.model, dimension)).collect()
            }
            Self::List(list) => Ok(vec![list.field(&app.model)?]),
        }
    }
}

fn select(
    session: &mut Session,
    id: &str,
    field: usize,
    values: &[usize],
    toggle: bool,
) -> Result<Outcome, RpcError> {
    let app = session.opened()?;
    let exist = values.iter().all(|&value| value < app.model.fields[field].values.len());
    if !exist {
        return Err(RpcError::Params("qValues"));
    }
    // Selecting in another object accepts what was selected in the modal one.
    if app.modal.as_ref().is_some_and(|modal| modal.object != id) {
        app.modal = None;
    }
    app.selections.select(field, values.iter().copied(), toggle);
    Ok(Outcome::of("qSuccess", true).changing(session.dependants()))
}

struct ExportRequest {
    file_type: FileType,
    path: Option<String>,
    file_name: String,
    all: bool,
    serve_once: bool,
}

fn export(
    app: &OpenApp,
    desk: &Desk<'_>,
    properties: &Value,
    request: ExportRequest,
) -> Result<String, RpcError> {
    let ExportRequest { file_type, path, file_name, all, serve_once } = request;
    let path = path.unwrap_or_else(|| "/qHyperCubeDef".into());
    let selections = if all { Selections::default() } else { app.selections.clone() };
    let cube = at(properties, &path)?.calculate(app, &selections)?;
    if cube.rows.is_empty() {
        return Err(RpcError::NothingToExport(path));
    }
    let at_least = desk.site.exports.lock().at_least;
    let bytes = file_type
        .write(&cube, &app.title, at_least)
        .map_err(|error| RpcError::Export(path, error.to_string()))?;
    let name = if file_name.is_empty() { &app.title } else { &file_name };
    let export = Export {
        creator: desk.identity.clone(),
        file_name: with_extension(name, file_type.extension()),
        media_type: file_type.media_type(),
        bytes,
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
