//! The addresses that a mashup's page goes to.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::navigation(data));
