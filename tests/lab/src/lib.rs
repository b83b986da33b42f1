//! A simulated Qlik Sense Enterprise and a reference website, on loopback: what Mashdesk is tried
//! against, from its tests and by hand.

use std::sync::Arc;

use tempfile::TempDir;

pub mod adversary;
pub mod apps;
pub mod browser;
pub mod certificates;
mod clock;
pub mod description;
pub mod faults;
pub mod journal;
pub mod options;
pub mod pages;
pub mod qlik;
pub mod samples;
mod serving;
pub mod spoilt;
pub mod table;
pub mod website;
mod wire;

use crate::{
    apps::Apps,
    description::Description,
    faults::Faults,
    journal::Journal,
    options::Options,
    qlik::{Qlik, QlikError},
    website::{Website, WebsiteError},
};

/// A running lab; it stops when dropped.
pub struct Lab {
    /// The apps that Qlik serves and the website's catalog lists.
    pub apps: Arc<Apps>,
    /// What all listeners were asked.
    pub journal: Arc<Journal>,
    /// What goes wrong on request.
    pub faults: Faults,
    /// The proxy, its API and the engine.
    pub qlik: Qlik,
    /// The company's site.
    pub website: Website,
    options: Options,
    /// Where the files of the run are, unless the options name a folder.
    _scratch: Option<TempDir>,
}

/// Why the lab did not start.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// No folder for the files of the run.
    #[error("cannot make a folder for the lab's files: {0}")]
    Files(#[source] std::io::Error),
    /// Qlik did not start.
    #[error(transparent)]
    Qlik(#[from] QlikError),
    /// The website did not start.
    #[error(transparent)]
    Website(#[from] WebsiteError),
}

impl Lab {
    /// Binds all listeners on 127.0.0.1 and serves them on the current tokio runtime.
    pub async fn start(mut options: Options) -> Result<Self, LabError> {
        let mut scratch = None;
        let folder = match &options.files {
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(LabError::Files)?;
                folder.clone()
            }
            None => scratch.insert(TempDir::new().map_err(LabError::Files)?).path().to_owned(),
        };
        options.files = Some(folder.clone());

        let apps = Arc::new(Apps::generate(options.seed, options.apps, options.rows));
        let journal = Arc::new(Journal::default());
        let faults = Faults::default();
        let qlik = Qlik::start(apps.clone(), journal.clone(), faults.clone(), &options, &folder).await?;
        let website = Website::start(apps.clone(), journal.clone(), faults.clone(), &qlik, &options).await?;
        for url in [website.url(), website.cross_site_url()] {
            qlik.allow_origin(&url.origin().ascii_serialization());
        }
        Ok(Self { apps, journal, faults, qlik, website, options, _scratch: scratch })
    }

    /// Everything an outside client needs to know.
    pub fn description(&self) -> Description {
        Description::of(self)
    }
}
