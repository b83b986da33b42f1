//! A network link of the bench's own: what comes to one address of this computer
//! goes to the same port of another, as late and as slowly as over a VPN.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// The address at its near end.
pub(super) const NEAR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The address at its far end.
const FAR: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// From one end to the other and back.
const ROUND_TRIP: Duration = Duration::from_millis(40);
/// Bytes a second that go through in each direction, for all connections
/// together: 20 Mbit/s.
const RATE: f64 = 20e6 / 8.0;
/// Bytes that travel together.
const PACKET: usize = 1460;
/// Packets that wait for their turn, a connection and direction: what a router
/// would queue.
const QUEUE: usize = 256;

/// For as long as it lives.
pub(super) struct Link {
    runtime: Runtime,
    there: Arc<Direction>,
    back: Arc<Direction>,
}

/// One direction of the link: when it is free for the next packet.
#[derive(Default)]
struct Direction(Mutex<Option<Instant>>);

impl Direction {
    /// When so many bytes that come in now have come out.
    fn due(&self, bytes: usize) -> Instant {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = free.map_or_else(Instant::now, |free| free.max(Instant::now()));
        let ends = begins + Duration::from_secs_f64(bytes as f64 / RATE);
        *free = Some(ends);
        ends + ROUND_TRIP / 2
    }
}

impl Link {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { runtime: Runtime::new()?, there: Arc::default(), back: Arc::default() })
    }

    /// Has one more port reached through it.
    pub(super) fn carry(&self, port: u16) -> Result<()> {
        let listener = self.runtime.block_on(TcpListener::bind(SocketAddrV4::new(NEAR, port)))?;
        let (there, back) = (Arc::clone(&self.there), Arc::clone(&self.back));
        self.runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (there, back) = (Arc::clone(&there), Arc::clone(&back));
                tokio::spawn(async move {
                    // A connection takes one round trip to be there.
                    sleep(ROUND_TRIP).await;
                    let Ok(far) = TcpStream::connect(SocketAddrV4::new(FAR, port)).await else { return };
                    for stream in [&near, &far] {
                        // It only makes what is measured later.
                        let _ = stream.set_nodelay(true);
                    }
                    let (from_near, to_near) = near.into_split();
                    let (from_far, to_far) = far.into_split();
                    tokio::join!(pass(from_near, to_far, &there), pass(from_far, to_near, &back));
                });
            }
        });
        Ok(())
    }
}

/// Passes on what comes, when it is due; a half that ends, ends on the other side
/// as well.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, direction: &Direction) {
    let (queue, mut queued) = mpsc::channel::<(Instant, Vec<u8>)>(QUEUE);
    let takes = async move {
        let mut packet = [0; PACKET];
        while let Ok(size @ 1..) = from.read(&mut packet).await {
            let Ok(place) = queue.reserve().await else { return };
            place.send((direction.due(size), packet[..size].to_vec()));
        }
    };
    let gives = async move {
        while let Some((due, packet)) = queued.recv().await {
            sleep_until(due).await;
            if to.write_all(&packet).await.is_err() {
                return;
            }
        }
        // Gone already is as good.
        let _ = to.shutdown().await;
    };
    tokio::join!(takes, gives);
}
