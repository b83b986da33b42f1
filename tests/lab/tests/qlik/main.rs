//! The Qlik side of the lab, asked over real HTTP, mutual TLS and websockets: one module a story.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows these in test functions, but not in what they share"
)]

mod content;
mod engine;
mod faults;
mod handshake;
mod mishaps;
mod qps;
mod redeeming;
mod sessions;
mod stage;
