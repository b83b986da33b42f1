//! Signing in by the website's OpenID provider.

mod authorizing;
mod client;
mod id_tokens;
mod revoking;
mod tokens;
