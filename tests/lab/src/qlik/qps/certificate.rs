//! Whether the client showed a certificate. By default none gets past the handshake without one;
//! this matters when the lab is told to let it in and refuse it then.

use std::io;

use axum::{
    Extension,
    extract::Request,
    http::StatusCode,
    middleware::{AddExtension, Next},
    response::{IntoResponse, Response},
};
use axum_server::{
    accept::Accept,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::net::TcpStream;
use tower::Layer;

use crate::wire::{Wire, Wires};

/// Whether this connection's client has a certificate of ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct HasCertificate(bool);

/// Accepts TLS and marks the connection's requests with [`HasCertificate`].
#[derive(Clone)]
pub(super) struct Observed {
    tls: RustlsAcceptor<Wires>,
}

impl Observed {
    pub(super) fn new(config: RustlsConfig, wires: Wires) -> Self {
        Self { tls: RustlsAcceptor::new(config).acceptor(wires) }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Observed {
    type Stream = <RustlsAcceptor<Wires> as Accept<TcpStream, S>>::Stream;
    type Service = AddExtension<AddExtension<S, Wire>, HasCertificate>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let handshake = self.tls.accept(stream, service);
        async move {
            let (stream, service) = handshake.await?;
            let shown = HasCertificate(stream.get_ref().1.peer_certificates().is_some());
            Ok((stream, Extension(shown).layer(service)))
        }
        .boxed()
    }
}

/// The middleware that refuses whoever showed none.
pub(super) async fn demand(
    Extension(HasCertificate(shown)): Extension<HasCertificate>,
    request: Request,
    next: Next,
) -> Response {
    if shown {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Client certificate required").into_response()
    }
}
