//! The website's answer to a request for a ticket.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mashdesk_core::parsers::ticket(data));
