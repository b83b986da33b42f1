//! Connections that can be cut from outside: by a fault that strikes a request, or because their
//! listener goes away.

use std::{
    future::{Ready, ready},
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{Extension, middleware::AddExtension};
use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tower::Layer;

/// The connection that a request came by; every request carries it as an extension.
#[derive(Clone, Debug)]
pub(crate) struct Wire(CancellationToken);

impl Wire {
    /// Resets the connection, whatever is still to be said on it.
    pub(crate) fn cut(&self) {
        self.0.cancel();
    }
}

/// Accepts connections that can be cut, one by one or all of the listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires(CancellationToken);

impl Wires {
    /// Resets every connection, websockets too.
    pub(crate) fn cut_all(&self) {
        self.0.cancel();
    }
}

impl<S> Accept<TcpStream, S> for Wires {
    type Stream = Line;
    type Service = AddExtension<S, Wire>;
    type Future = Ready<io::Result<(Line, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let token = self.0.child_token();
        let cut = Box::pin(token.clone().cancelled_owned());
        let service = Extension(Wire(token.clone())).layer(service);
        ready(Ok((Line { stream, token, cut }, service)))
    }
}

/// A stream that fails as soon as it is cut. It is below TLS and below websockets, so both end
/// without a farewell of their own.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    token: CancellationToken,
    /// Wakes whoever waits for the stream when it is cut.
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Line {
    fn intact(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionReset.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.intact(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.intact(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.intact(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.intact(cx)?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.token.is_cancelled() {
            // Closing is then a reset, and leaves no port in TIME_WAIT; a socket that is dead
            // already needs neither.
            let _ = self.stream.set_zero_linger();
        }
    }
}
