//! The catalog: the last good one stays, whatever happens to the next.

use std::sync::Arc;

use crate::host::{Change, Host};
use crate::website::{CatalogAnswer, Mashup};
use crate::{Desk, Error, MashupId, Result};

/// The catalog, as far as it is known.
#[derive(Clone, Debug)]
pub enum Catalog {
    /// Nobody is signed in.
    None,
    /// It is asked for, for the first time.
    Loading,
    /// The last good one; with what went wrong since, if something did.
    Ready(Arc<[Mashup]>, Option<Error>),
    /// It could not be had.
    Failed(Error),
}

impl<H: Host> Desk<H> {
    /// Asks the website for the catalog.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], or a `Website…` error; the last good catalog
    /// stays.
    pub async fn refresh_catalog(self: &Arc<Self>) -> Result<()> {
        let (website, credentials) = self.signed_in()?;
        if !matches!(*self.catalog.lock(), Catalog::Ready(..)) {
            self.set_catalog(Catalog::Loading);
        }
        let etag = self.etag.lock().clone();
        let answer = website.catalog(&credentials, etag.as_deref()).await;
        // Signed out meanwhile, or somebody else is in: it is nobody's any more.
        if !self.is_signed_in_by(&credentials) {
            return Err(Error::SignInNeeded { host: website.host.clone() });
        }
        let last = match &*self.catalog.lock() {
            Catalog::Ready(mashups, _) => Some(Arc::clone(mashups)),
            _ => None,
        };
        let (catalog, asked) = match (answer, last) {
            (Ok(CatalogAnswer::Changed { mashups, unread, etag }), last) => {
                *self.etag.lock() = etag;
                self.titles
                    .lock()
                    .extend(mashups.iter().map(|entry| (entry.id.clone(), entry.title.clone())));
                let last = last.unwrap_or_default();
                self.revoke_what_is_gone(last.iter().filter(|entry| !unread.contains(&entry.id)), &mashups);
                (Catalog::Ready(mashups.into(), None), Ok(()))
            }
            (Ok(CatalogAnswer::Unchanged), last) => (Catalog::Ready(last.unwrap_or_default(), None), Ok(())),
            (Err(error), Some(last)) => (Catalog::Ready(last, Some(error.clone())), Err(error)),
            (Err(error), None) => (Catalog::Failed(error.clone()), Err(error)),
        };
        self.set_catalog(catalog);
        asked.inspect_err(|error| self.note_refusal(&credentials, error))
    }

    /// The catalog, as far as it is known.
    pub fn catalog(&self) -> Catalog {
        self.catalog.lock().clone()
    }

    /// Without events, a mashup that is no longer in the catalog tells the same
    /// as an event would.
    fn revoke_what_is_gone<'a>(self: &Arc<Self>, before: impl Iterator<Item = &'a Mashup>, now: &[Mashup]) {
        for mashup in before.filter(|mashup| !now.iter().any(|still| still.id == mashup.id)) {
            self.revoke(&mashup.id);
        }
    }

    pub(crate) fn title_of(&self, mashup: &MashupId) -> Option<String> {
        self.titles.lock().get(mashup).cloned()
    }

    pub(crate) fn forget_catalog(&self) {
        *self.etag.lock() = None;
        self.titles.lock().clear();
        self.set_catalog(Catalog::None);
    }

    fn set_catalog(&self, catalog: Catalog) {
        *self.catalog.lock() = catalog;
        self.host.changed(Change::Catalog);
    }
}
