//! The website's catalog.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::catalog(data));
