//! A server that writes bytes as they are, whatever HTTP makes of them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::in_time;

/// A piece of an answer.
#[derive(Clone)]
pub(crate) enum Part {
    Bytes(Vec<u8>),
    /// Nothing more before [`RawServer::go_on`].
    Pause,
}

/// Gives every request the same answer, then closes the connection.
pub(crate) struct RawServer {
    url: String,
    asked: watch::Sender<usize>,
    may_go_on: watch::Sender<bool>,
}

impl RawServer {
    pub(crate) async fn start(parts: Vec<Part>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let (asked, may_go_on) = (watch::Sender::new(0), watch::Sender::new(false));
        let (count, go) = (asked.clone(), may_go_on.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, parts.clone(), count.clone(), go.subscribe()));
            }
        });
        Self { url, asked, may_go_on }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn go_on(&self) {
        self.may_go_on.send_replace(true);
    }

    pub(crate) fn times_asked(&self) -> usize {
        *self.asked.borrow()
    }

    pub(crate) async fn asked(&self) {
        in_time("a request", async {
            self.asked.subscribe().wait_for(|times| *times > 0).await.expect("the server lives");
        })
        .await;
    }
}

async fn answer(
    mut client: TcpStream,
    parts: Vec<Part>,
    asked: watch::Sender<usize>,
    mut may_go_on: watch::Receiver<bool>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    asked.send_modify(|times| *times += 1);
    for part in parts {
        let written = match part {
            Part::Bytes(bytes) => client.write_all(&bytes).await.is_ok(),
            Part::Pause => may_go_on.wait_for(|may| *may).await.is_ok(),
        };
        if !written {
            return;
        }
    }
}
