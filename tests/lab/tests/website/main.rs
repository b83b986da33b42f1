//! The reference website against the simulated Qlik: one module a story.
#![cfg(test)]

mod browser;
mod catalog;
mod events;
mod faults;
mod oidc;
mod permissions;
mod sessions;
mod story;
mod tickets;
mod web_sign_in;
