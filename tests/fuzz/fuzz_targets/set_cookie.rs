//! Qlik's `Set-Cookie` headers.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::set_cookie(data));
