//! The stories.

pub(crate) mod bad_input;
pub(crate) mod main_job;
