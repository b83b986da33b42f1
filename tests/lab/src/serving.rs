//! A listener on loopback that serves one router until its guard is dropped.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsAcceptor, tls_rustls::RustlsConfig};

/// A port that is bound, so that its number can be told before anything is served on it.
pub(crate) struct Bound {
    listener: TcpListener,
    port: u16,
}

/// Serves as long as it lives; dropping it cuts the connections as well.
#[derive(Debug)]
pub(crate) struct Serving {
    handle: Handle<SocketAddr>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

impl Bound {
    /// Binds `port` on 127.0.0.1; 0 for any.
    pub(crate) fn on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Serves `router`, over TLS when there is a configuration for it.
    pub(crate) fn serve(self, router: Router, tls: Option<Arc<rustls::ServerConfig>>) -> io::Result<Serving> {
        let (handle, server) = self.server()?;
        let service = router.into_make_service();
        match tls {
            None => drop(tokio::spawn(server.serve(service))),
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(tls));
                drop(tokio::spawn(server.acceptor(acceptor).serve(service)));
            }
        }
        Ok(Serving { handle })
    }

    /// The server behind this port, for whoever needs an acceptor of its own.
    pub(crate) fn server(self) -> io::Result<(Handle<SocketAddr>, Server<SocketAddr>)> {
        let handle = Handle::new();
        Ok((handle.clone(), axum_server::from_tcp(self.listener)?.handle(handle)))
    }
}

impl From<Handle<SocketAddr>> for Serving {
    fn from(handle: Handle<SocketAddr>) -> Self {
        Self { handle }
    }
}
