//! Exported files: kept for whoever made them, and for nobody else.

use std::collections::HashMap;

use bytes::Bytes;
use uuid::Uuid;

use super::identity::Identity;

/// One exported file.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) creator: Identity,
    /// The name that a browser saves it under.
    pub(crate) file_name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) serve_once: bool,
}

/// What a request for an export finds.
#[derive(Debug)]
pub(crate) enum Found {
    /// Its creator's file.
    Own(Export),
    /// Somebody else's.
    Foreign,
    /// Nothing of that name, or nothing any more.
    Nothing,
}

/// All exports of a run, by their path below `/tempcontent/`.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    by_path: HashMap<String, Export>,
    /// Bytes that an export has at least.
    pub(crate) at_least: usize,
}

impl Exports {
    /// Keeps the file; answers its path, which has no virtual-proxy prefix: the page adds that.
    pub(crate) fn keep(&mut self, export: Export, extension: &str) -> String {
        let path = format!("{}/{}.{extension}", Uuid::new_v4(), Uuid::new_v4());
        let url = format!("/tempcontent/{path}?serverNodeId={}", Uuid::new_v4());
        self.by_path.insert(path, export);
        url
    }

    pub(crate) fn fetch(&mut self, path: &str, reader: &Identity) -> Found {
        let Some(export) = self.by_path.get(path) else { return Found::Nothing };
        if export.creator != *reader {
            return Found::Foreign;
        }
        let export = export.clone();
        if export.serve_once {
            self.by_path.remove(path);
        }
        Found::Own(export)
    }
}
