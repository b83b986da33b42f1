//! The websocket of the engine: who may open it, what is said first, and the conversation.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{
        OriginalUri, Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{
    Change, Found, Key, Shared,
    notices::{self, Notice},
    rpc::Call,
    session::Desk,
};
use crate::{
    options::CsrfWithTicket,
    qlik::{
        Identity, Site,
        proxy::admission::{Signed, query_value},
        sessions::Farewell,
    },
};

/// `/{vp}/app/{app}[/identity/X][/ttl/N]`
pub(in crate::qlik) async fn connect(
    State(site): State<Arc<Site>>,
    signed: Option<Signed>,
    OriginalUri(uri): OriginalUri,
    Path(path): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(address) = Address::parse(&path) else { return StatusCode::NOT_FOUND.into_response() };
    if !site.may_upgrade(signed.as_ref(), &headers, &uri) {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade.on_upgrade(move |mut socket| async move {
        let end = match signed {
            Some(signed) => converse(&site, &mut socket, &signed, address).await,
            None => {
                let greeting = notices::must_authenticate(&site.login_uri(&uri.to_string()));
                say(&mut socket, &greeting).await
            }
        };
        if let Err(Parting::Fatal(notice)) = end {
            // Whoever is gone already needs no notice.
            let _ = say(&mut socket, &notice.to_json()).await;
        }
        if !matches!(end, Err(Parting::Cut)) {
            // Qlik documents no close codes, but 1000 would say that all is well.
            let frame = CloseFrame { code: close_code::POLICY, reason: "".into() };
            let _ = socket.send(Message::Close(Some(frame))).await;
        }
    })
}

/// What the path of the websocket asks for.
#[derive(Debug, PartialEq)]
struct Address {
    app: String,
    identity: Option<String>,
    ttl: Duration,
}

impl Address {
    fn parse(path: &str) -> Option<Self> {
        let mut segments = path.trim_end_matches('/').split('/');
        let mut address = Self { app: segments.next()?.to_owned(), identity: None, ttl: Duration::ZERO };
        while let Some(name) = segments.next() {
            let value = segments.next()?;
            match name {
                "identity" => address.identity = Some(value.to_owned()),
                "ttl" => address.ttl = Duration::from_secs(value.parse().ok()?),
                _ => return None,
            }
        }
        Some(address)
    }
}

impl Site {
    /// A page on another site must not ride on the visitor's cookie: its origin has to be on the
    /// allow list, and it has to know the session's token. Programs send no origin.
    fn may_upgrade(&self, signed: Option<&Signed>, headers: &HeaderMap, uri: &Uri) -> bool {
        let known_origin = headers
            .get(header::ORIGIN)
            .is_none_or(|origin| origin.to_str().is_ok_and(|origin| self.allows_origin(origin)));
        // Without a session there is nothing to protect: the visitor is told to sign in.
        known_origin && signed.is_none_or(|signed| self.knows_token(signed, uri))
    }

    fn knows_token(&self, signed: &Signed, uri: &Uri) -> bool {
        let waived = signed.by_ticket && self.options.csrf_with_ticket == CsrfWithTicket::Waived;
        if !self.options.csrf || waived {
            return true;
        }
        let token = query_value(uri, "qlik-csrf-token");
        token.is_some() && token == self.sessions.lock().csrf_token(&signed.session)
    }
}

/// How a conversation ends, other than by the client's leave.
#[derive(Debug)]
enum Parting {
    Fatal(Notice),
    Cut,
}

impl From<Farewell> for Parting {
    fn from(farewell: Farewell) -> Self {
        match farewell {
            Farewell::Told(notice) => Self::Fatal(notice),
            Farewell::Cut => Self::Cut,
        }
    }
}

async fn converse(
    site: &Site,
    socket: &mut WebSocket,
    signed: &Signed,
    address: Address,
) -> Result<(), Parting> {
    say(socket, &notices::authenticated(&signed.identity, &site.logout_uri())).await?;
    let mut seat = Seat::take(site, &signed.session)?;
    if !site.sessions.lock().holds_slot(&signed.session, site.options.session_limit) {
        return Err(Parting::Fatal(Notice::MaxParallelSessionsExceeded));
    }
    let Address { app, identity, ttl } = address;
    let mut attached = Attached::to(site, Key { user: signed.identity.clone(), app, identity }, ttl);
    say(socket, &notices::connected(attached.found)).await?;
    loop {
        tokio::select! {
            // What the session is told comes before what its client still wants.
            biased;
            farewell = seat.farewell.recv() => return Err(farewell.unwrap_or(Farewell::Cut).into()),
            change = attached.changes.recv() => match change {
                Ok(change) if change.by != attached.socket => {
                    say(socket, &json!({ "jsonrpc": "2.0", "change": change.handles })).await?;
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(Parting::Cut),
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    site.touch(&signed.session);
                    let answer = attached.answer(site, &signed.identity, &text);
                    socket.send(Message::Text(answer.into())).await.map_err(|_| Parting::Cut)?;
                }
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(_)) => return Err(Parting::Cut),
            },
        }
    }
}

async fn say(socket: &mut WebSocket, message: &Value) -> Result<(), Parting> {
    socket.send(Message::Text(message.to_string().into())).await.map_err(|_| Parting::Cut)
}

/// A websocket's place in its proxy session, given up on every way out.
struct Seat<'a> {
    site: &'a Site,
    session: &'a str,
    farewell: broadcast::Receiver<Farewell>,
}

impl<'a> Seat<'a> {
    fn take(site: &'a Site, session: &'a str) -> Result<Self, Parting> {
        match site.sessions.lock().attach(session) {
            Some(farewell) => Ok(Self { site, session, farewell }),
            // It ended between the handshake and now.
            None => Err(Parting::Fatal(Notice::SessionLoggedOut)),
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.site.sessions.lock().detach(self.session);
    }
}

/// A websocket's hold on its engine session, let go on every way out.
struct Attached<'a> {
    site: &'a Site,
    key: Key,
    shared: Arc<Shared>,
    found: Found,
    changes: broadcast::Receiver<Change>,
    socket: u64,
}

impl<'a> Attached<'a> {
    fn to(site: &'a Site, key: Key, ttl: Duration) -> Self {
        static SOCKETS: AtomicU64 = AtomicU64::new(0);
        let (shared, found) = site.engine.attach(&key, ttl, site.clock.now());
        let changes = shared.changes.subscribe();
        Self { site, key, shared, found, changes, socket: SOCKETS.fetch_add(1, Ordering::Relaxed) }
    }

    fn answer(&self, site: &Site, identity: &Identity, text: &str) -> String {
        let call = match Call::parse(text) {
            Ok(call) => call,
            Err(error) => return error.answer(),
        };
        let outcome = self.shared.session.lock().call(&Desk { site, identity }, &call);
        if let Ok(outcome) = &outcome
            && !outcome.change.is_empty()
        {
            // This socket listens itself, so there is always somebody.
            let _ = self.shared.changes.send(Change { by: self.socket, handles: outcome.change.clone() });
        }
        call.answer(outcome)
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.site.engine.detach(&self.key, self.site.clock.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_app_identity_and_ttl() {
        let address = |app: &str, identity: Option<&str>, ttl| {
            Some(Address {
                app: app.into(),
                identity: identity.map(Into::into),
                ttl: Duration::from_secs(ttl),
            })
        };
        for (path, expected) in [
            ("engineData", address("engineData", None, 0)),
            ("abc/", address("abc", None, 0)),
            ("abc/identity/one/ttl/30", address("abc", Some("one"), 30)),
            ("abc/ttl/30", address("abc", None, 30)),
            ("abc/ttl/soon", None),
            ("abc/identity", None),
            ("abc/other/x", None),
        ] {
            assert_eq!(Address::parse(path), expected, "{path}");
        }
    }
}
