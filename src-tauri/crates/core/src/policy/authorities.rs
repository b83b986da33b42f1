//! The certificate authorities that a policy adds to the system's.

use std::fs;

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Policy;

/// Reads the policy's files.
///
/// # Errors
/// The file, and what is wrong with it.
pub(crate) fn certificates(policy: &Policy) -> Result<Vec<Certificate>, String> {
    let mut all = Vec::new();
    for path in policy.ca_files.iter().flatten() {
        let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
        let pem = fs::read(path).map_err(|error| wrong(&error))?;
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            // Otherwise a certificate that is none is told by no one.
            RootCertStore::empty().add(certificate.clone()).map_err(|error| wrong(&error))?;
            all.push(Certificate::from_der(&certificate).map_err(|error| wrong(&error))?);
        }
        if all.len() == before {
            return Err(wrong(&"no certificate is in it"));
        }
    }
    Ok(all)
}
