//! QPS, the proxy's API: mutual TLS, a cross-site key on every request, then tickets and sessions.

use std::{io, sync::Arc};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use axum_server::tls_rustls::RustlsConfig;

use super::Site;
use crate::serving::{Bound, Serving};

mod bodies;
mod certificate;
mod sessions;
mod tickets;
mod xrfkey;

/// Every end point, below the virtual proxy's prefix.
pub(super) fn router(site: Arc<Site>) -> Router {
    let endpoints = Router::new()
        .route("/ticket", post(tickets::add))
        .route("/session", post(sessions::add))
        .route("/session/{id}", get(sessions::read).delete(sessions::end))
        .route("/user/{directory}/{id}", get(sessions::of_user).delete(sessions::end_user));
    Router::new()
        .nest(&format!("/qps{}", site.prefix()), endpoints)
        .layer(middleware::from_fn(xrfkey::check))
        .layer(middleware::from_fn(certificate::demand))
        .with_state(site)
}

/// Serves it, telling each request whether its client showed a certificate.
pub(super) fn serve(bound: Bound, router: Router, tls: Arc<rustls::ServerConfig>) -> io::Result<Serving> {
    let tls = RustlsConfig::from_config(tls);
    bound.serve_by(router, |wires| certificate::Observed::new(tls, wires))
}
