//! The certificates of a run: a root made at start, the server's, and the client's in the three
//! files that Qlik's management console exports for a website.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};

use crate::options::MissingCertificate;

/// What a website needs to talk to QPS.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// `client.pem`: the client certificate.
    pub client: PathBuf,
    /// `client_key.pem`: its private key.
    pub client_key: PathBuf,
    /// `root.pem`: the authority that signed the server's certificate.
    pub root: PathBuf,
    /// What is in `client.pem`.
    pub client_pem: String,
    /// What is in `client_key.pem`.
    pub client_key_pem: String,
    /// What is in `root.pem`.
    pub root_pem: String,
}

/// Why the certificates of a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A key or a certificate could not be generated.
    #[error("cannot generate a certificate: {0}")]
    Generate(#[from] rcgen::Error),
    /// Rustls does not take what was generated.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No verifier for client certificates.
    #[error("cannot set up mutual TLS: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    /// A file could not be written.
    #[error("cannot write {path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// All of a run's certificates.
pub(crate) struct Certificates {
    pub(crate) files: CertificateFiles,
    root: Certificate,
    server: Certificate,
    server_key: KeyPair,
}

impl Certificates {
    /// Makes them, and writes the website's three files into `folder`.
    pub(crate) fn create(folder: &Path) -> Result<Self, CertificateError> {
        let (root, issuer) = authority()?;
        let (server, server_key) =
            leaf(&issuer, "localhost", &["localhost", "127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth)?;
        let (client, client_key) = leaf(&issuer, "QlikClient", &[], ExtendedKeyUsagePurpose::ClientAuth)?;
        let files = CertificateFiles {
            client: folder.join("client.pem"),
            client_key: folder.join("client_key.pem"),
            root: folder.join("root.pem"),
            client_pem: client.pem(),
            client_key_pem: client_key.serialize_pem(),
            root_pem: root.pem(),
        };
        for (path, pem) in [
            (&files.client, &files.client_pem),
            (&files.client_key, &files.client_key_pem),
            (&files.root, &files.root_pem),
        ] {
            fs::write(path, pem).map_err(|source| CertificateError::Write { path: path.clone(), source })?;
        }
        Ok(Self { files, root, server, server_key })
    }

    /// TLS that asks nothing of the client: for the proxy and the website.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>, CertificateError> {
        self.finish(ServerConfig::builder().with_no_client_auth())
    }

    /// TLS that asks the client for a certificate of this run's root: for QPS.
    pub(crate) fn mutual(&self, missing: MissingCertificate) -> Result<Arc<ServerConfig>, CertificateError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.der().clone())?;
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
        let verifier = match missing {
            MissingCertificate::TlsFailure => verifier,
            MissingCertificate::Forbidden403 => verifier.allow_unauthenticated(),
        };
        self.finish(ServerConfig::builder().with_client_cert_verifier(verifier.build()?))
    }

    fn finish(
        &self,
        builder: rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        let key = PrivateKeyDer::Pkcs8(self.server_key.serialize_der().into());
        let mut config = builder.with_single_cert(vec![self.server.der().clone()], key)?;
        // Websockets are upgrades of HTTP/1.1, and Qlik's proxy speaks nothing newer.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// What is wrong with a certificate, besides its authority, which nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Untrusted,
    Expired,
    WrongHost,
}

impl Flaw {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Untrusted => "untrusted",
            Self::Expired => "expired",
            Self::WrongHost => "wrong_host",
        }
    }
}

/// TLS with a certificate that nobody should trust.
pub(crate) fn flawed(flaw: Flaw) -> Result<Arc<ServerConfig>, CertificateError> {
    let (_, issuer) = authority()?;
    let host = if flaw == Flaw::WrongHost { "elsewhere.example" } else { "127.0.0.1" };
    let mut params = leaf_params(host, &[host], ExtendedKeyUsagePurpose::ServerAuth)?;
    if flaw == Flaw::Expired {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let builder = ServerConfig::builder().with_no_client_auth();
    let mut config = builder.with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn authority() -> Result<(Certificate, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Mashdesk lab CA");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate, Issuer::new(params, key)))
}

fn leaf(
    issuer: &Issuer<'_, KeyPair>,
    name: &str,
    hosts: &[&str],
    usage: ExtendedKeyUsagePurpose,
) -> Result<(Certificate, KeyPair), rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok((leaf_params(name, hosts, usage)?.signed_by(&key, issuer)?, key))
}

fn leaf_params(
    name: &str,
    hosts: &[&str],
    usage: ExtendedKeyUsagePurpose,
) -> Result<CertificateParams, rcgen::Error> {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    Ok(params)
}
