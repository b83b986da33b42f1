//! The stories.

pub(crate) mod adversary;
pub(crate) mod bad_input;
pub(crate) mod bench;
pub(crate) mod charts;
pub(crate) mod faults;
pub(crate) mod it;
pub(crate) mod main_job;
pub(crate) mod self_test;
pub(crate) mod session;
pub(crate) mod signin;
pub(crate) mod soak;
pub(crate) mod window_keys;
