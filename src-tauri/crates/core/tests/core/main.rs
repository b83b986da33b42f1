//! `mashdesk-core` without a screen: one module a story. The real lab answers
//! wherever it can; a stand-in answers what the reference website never says.

#![expect(clippy::expect_used, clippy::panic, reason = "a stage that does not stand is a failed test")]

mod stage;

mod catalog;
mod changing_websites;
mod closing;
mod conformance;
mod export_choices;
mod exports;
mod failed_windows;
mod floods;
mod icons;
mod kept_apart;
mod mashup_windows;
mod one_click;
mod outside;
mod policy;
mod redeem_answers;
mod redeem_ways;
mod renewing;
mod revisiting;
mod secrets;
mod signing_in;
mod signing_in_again;
mod signing_in_with_browser;
mod signing_in_with_website;
mod signing_in_without_a_screen;
mod signing_out;
mod sleeping;
mod ticket_answers;
mod website_answers;
