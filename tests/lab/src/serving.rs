//! A listener on loopback that serves one router until it is dropped, and that can go away and
//! come back on its port.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use axum::{Router, extract::Request, middleware};
use axum_server::{
    Handle,
    accept::Accept,
    service::SendService,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinHandle,
};

use crate::{
    faults::{self, Faults},
    journal::{self, Journal, Side},
    wire::Wires,
};

/// A port that is bound, so that its number can be told before anything is served on it.
pub(crate) struct Bound {
    listener: TcpListener,
    port: u16,
}

/// Serves as long as it lives; dropping it cuts the connections as well.
#[derive(Debug)]
pub(crate) struct Serving {
    handle: Handle<SocketAddr>,
    wires: Wires,
    task: JoinHandle<io::Result<()>>,
}

/// Something served on a port that can be closed for a while.
pub(crate) struct Listener {
    port: u16,
    serve: Box<dyn Fn(Bound) -> io::Result<Serving> + Send + Sync>,
    serving: Mutex<Option<Serving>>,
}

/// What every listener does with a request before its own router sees it: writes it down, and
/// lets a fault strike it.
pub(crate) fn observed(router: Router, side: Side, journal: Arc<Journal>, faults: Faults) -> Router {
    router
        .layer(middleware::from_fn_with_state((faults, side), faults::strike))
        .layer(middleware::from_fn_with_state((journal, side), journal::record))
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
        match tls {
            None => self.serve_by(router, |wires| wires),
            Some(tls) => {
                let tls = RustlsConfig::from_config(tls);
                self.serve_by(router, |wires| RustlsAcceptor::new(tls).acceptor(wires))
            }
        }
    }

    /// Serves `router` over what `acceptor` makes of the connections.
    pub(crate) fn serve_by<A>(self, router: Router, acceptor: impl FnOnce(Wires) -> A) -> io::Result<Serving>
    where
        A: Accept<TcpStream, Router> + Clone + Send + Sync + 'static,
        A::Stream: AsyncRead + AsyncWrite + Unpin + Send,
        A::Service: SendService<Request<hyper::body::Incoming>> + Send,
        A::Future: Send,
    {
        let (handle, wires) = (Handle::new(), Wires::default());
        let server =
            axum_server::from_tcp(self.listener)?.handle(handle.clone()).acceptor(acceptor(wires.clone()));
        let task = tokio::spawn(server.serve(router.into_make_service()));
        Ok(Serving { handle, wires, task })
    }
}

impl Serving {
    fn end(&self) {
        self.wires.cut_all();
        self.handle.shutdown();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.end();
    }
}

impl Listener {
    /// Serves on `bound` now, and again whenever it is reopened.
    pub(crate) fn open(
        bound: Bound,
        serve: impl Fn(Bound) -> io::Result<Serving> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (port, serving) = (bound.port(), serve(bound)?);
        Ok(Self { port, serve: Box::new(serve), serving: Mutex::new(Some(serving)) })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection; when it returns, new ones are refused.
    pub(crate) async fn close(&self) {
        let serving = self.serving.lock().take();
        if let Some(mut serving) = serving {
            serving.end();
            // The socket is the task's, so its end is the port's.
            let _ = (&mut serving.task).await;
        }
    }

    /// Serves again on the same port; nothing when it is open.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let mut serving = self.serving.lock();
        if serving.is_none() {
            *serving = Some((self.serve)(Bound::on(self.port)?)?);
        }
        Ok(())
    }
}
