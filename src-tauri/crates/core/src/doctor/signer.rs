//! Who has signed a server's certificate, trusted or not: behind an inspecting
//! proxy that is the proxy's own authority. Nothing is sent to such a server.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::network::{host, proxy_for};
use crate::policy::{Policy, Proxy};
use crate::website;

/// Longest wait for all of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer of a proxy's that is read, in bytes.
const HEAD_MAX: usize = 16 << 10;

/// The name of the authority; nothing where there is no TLS, or no way to it.
pub(super) async fn signer(policy: &Policy, url: &Url) -> Option<String> {
    if url.scheme() != "https" {
        return None;
    }
    let certificate = tokio::time::timeout(PATIENCE, certificate(policy, url)).await.ok()??;
    let (_, certificate) = X509Certificate::from_der(&certificate).ok()?;
    let issuer = certificate.issuer();
    let name = issuer.iter_common_name().chain(issuer.iter_organization()).next()?.as_str().ok()?;
    Some(website::in_short(name))
}

async fn certificate(policy: &Policy, url: &Url) -> Option<CertificateDer<'static>> {
    let stream = match proxy_for(policy, url) {
        // What a proxy over TLS of its own leads to is not looked at.
        Some(proxy) if proxy.scheme() != "http" => return None,
        Some(proxy) => through(&proxy, policy, url).await?,
        None => connect(url).await?,
    };
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Looking(provider)))
        .with_no_client_auth();
    let name = ServerName::try_from(host(url)).ok()?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    let (_, connection) = stream.get_ref();
    Some(connection.peer_certificates()?.first()?.clone().into_owned())
}

async fn connect(url: &Url) -> Option<TcpStream> {
    TcpStream::connect((host(url), url.port_or_known_default()?)).await.ok()
}

/// A tunnel through a proxy.
async fn through(proxy: &Url, policy: &Policy, url: &Url) -> Option<TcpStream> {
    let mut stream = connect(proxy).await?;
    let place = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let credentials = match &policy.proxy {
        Some(Proxy::At(address)) => address.credentials.as_ref(),
        _ => None,
    };
    let authorization = credentials.map_or_else(String::new, |(name, password)| {
        let known = BASE64_STANDARD.encode(format!("{name}:{}", password.expose()));
        format!("Proxy-Authorization: Basic {known}\r\n")
    });
    let head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{authorization}\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") && answer.len() < HEAD_MAX {
        answer.push(stream.read_u8().await.ok()?);
    }
    let status = answer.split(|byte| *byte == b' ').nth(1)?;
    (status == b"200").then_some(stream)
}

/// Looks at any certificate, and believes none: nothing is said over such a
/// connection.
#[derive(Debug)]
struct Looking(Arc<CryptoProvider>);

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
