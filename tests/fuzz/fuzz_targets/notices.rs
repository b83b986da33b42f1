//! What a page's observer answers.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::notices(data));
