//! A wire to a server that can be held: requests wait in it, answers pass.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::in_time;

pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    held: watch::Sender<bool>,
    /// Heads of the requests that wait or have passed.
    heard: watch::Sender<Vec<String>>,
}

impl Relay {
    pub(crate) async fn to(server: &Url) -> Self {
        let to = server.socket_addrs(|| None).expect("an address")[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state =
            Arc::new(State { held: watch::Sender::new(false), heard: watch::Sender::new(Vec::new()) });
        let accepting = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, to, Arc::clone(&accepting)));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn hold(&self) {
        self.state.held.send_replace(true);
    }

    pub(crate) fn release(&self) {
        self.state.held.send_replace(false);
    }

    /// Waits until a request that begins like this has come.
    pub(crate) async fn heard(&self, start: &str) {
        let mut heard = self.state.heard.subscribe();
        in_time(start, async {
            let come = |heads: &Vec<String>| heads.iter().any(|head| head.starts_with(start));
            heard.wait_for(come).await.expect("the relay lives");
        })
        .await;
    }
}

async fn carry(client: TcpStream, to: SocketAddr, state: Arc<State>) {
    let Ok(server) = TcpStream::connect(to).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut held = state.held.subscribe();
    let mut bytes = [0; 16 << 10];
    while let Ok(length @ 1..) = from_client.read(&mut bytes).await {
        let head = String::from_utf8_lossy(&bytes[..length]);
        state.heard.send_modify(|heads| heads.push(head.lines().next().unwrap_or_default().to_owned()));
        if held.wait_for(|held| !held).await.is_err() || to_server.write_all(&bytes[..length]).await.is_err()
        {
            return;
        }
    }
}
