//! Exported files: kept for whoever made them, and for nobody else.

use std::{collections::HashMap, convert::Infallible};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use uuid::Uuid;

use super::identity::Identity;

/// One exported file.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) creator: Identity,
    /// The name that a browser saves it under.
    pub(crate) file_name: String,
    pub(crate) media_type: &'static str,
    pub(crate) content: Content,
    pub(crate) serve_once: bool,
}

/// What is in a file: some bytes, and others that repeat, so that a huge one takes no memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) bytes: Bytes,
    pub(crate) repeated: Bytes,
    pub(crate) times: usize,
}

impl Content {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + self.repeated.len() * self.times
    }

    /// The body of an answer, made as it is sent.
    pub(crate) fn into_body(self) -> Body {
        if self.times == 0 {
            return self.bytes.into();
        }
        let first = stream::iter([self.bytes]);
        let pieces = first.chain(stream::repeat(self.repeated).take(self.times));
        Body::from_stream(pieces.map(Ok::<_, Infallible>))
    }
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }
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
