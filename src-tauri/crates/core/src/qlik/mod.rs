//! What core itself says to Qlik's proxy: it redeems tickets, and it knows
//! which cookies of a store travel with a request.

mod cookies;
mod probe;
mod redeem;

pub use cookies::{SameSite, StoreCookie};
pub(crate) use cookies::{header_for, keep, names};
pub(crate) use probe::{Probe, address as probe_address, probe};
pub(crate) use redeem::{Redeemed, holds, redeem};
