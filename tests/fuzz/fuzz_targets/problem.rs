//! The website's problem documents (RFC 9457).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::problem(data));
