//! The names that pages suggest for files.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::file_name(data));
