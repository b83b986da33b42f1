//! Links that the system hands over.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::link(data));
