//! What goes to somebody else is read once more: no secret is ever written
//! down, and what looks like one is struck out all the same.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::Secret;

/// What stands in place of it.
const STRUCK: &str = "***";

/// Strikes out of a text what must not leave this computer: the given secrets,
/// what looks like a credential, and the name of the person's own folder.
pub fn redacted(text: &str, secrets: &[Secret], home: Option<&Path>) -> String {
    static LOOKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let looks = [
            // A name and a password in an address.
            (r"://[^/@\s\x22]+@", "://***@"),
            (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}", "$1 ***"),
            // JSON Web Tokens.
            (r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*", STRUCK),
            (r"(?i)\b(x-qlik-session[\w-]*)=[^;\s\x22]+", "$1=***"),
            (
                r"(?i)\b(qlikticket|ticket|access_token|refresh_token|id_token|code|code_verifier|token|password|secret|state|nonce|qlik-csrf-token|xrfkey)=[^&;\s\x22]+",
                "$1=***",
            ),
            (
                r"(?i)(\x22(?:ticket|access_token|refresh_token|id_token|token|password|secret)\x22\s*:\s*)\x22[^\x22]*\x22",
                "$1\"***\"",
            ),
        ];
        looks.into_iter().filter_map(|(look, put)| Some((Regex::new(look).ok()?, put))).collect()
    });
    let mut text = text.to_owned();
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, STRUCK);
    }
    for (look, put) in LOOKS.iter() {
        text = look.replace_all(&text, *put).into_owned();
    }
    if let Some(home) = home.and_then(Path::to_str).filter(|home| home.len() > 1) {
        text = text.replace(home, "~");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_struck_out_and_the_rest_is_left() {
        let table = [
            (
                "GET https://q.example/a.png?qlikTicket=abcDEF12_-.x&x=1",
                "GET https://q.example/a.png?qlikTicket=***&x=1",
            ),
            ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer ***"),
            ("proxy http://ana:hunter2@proxy:3128/", "proxy http://***@proxy:3128/"),
            ("Cookie: X-Qlik-Session-ticket=8f1d-77; a=b", "Cookie: X-Qlik-Session-ticket=***; a=b"),
            ("it is eyJhbGciOiJI.eyJzdWIiOiIx.c2ln here", "it is *** here"),
            (r#"{"access_token": "abc", "title": "x"}"#, r#"{"access_token": "***", "title": "x"}"#),
            (
                "https://portal.example/done?code=4711&state=77",
                "https://portal.example/done?code=***&state=***",
            ),
            ("saved in /home/ana/Downloads", "saved in ~/Downloads"),
            ("the known secret s3cr3t-value", "the known secret ***"),
            (
                "portal.example answers with status 403 (m001)",
                "portal.example answers with status 403 (m001)",
            ),
        ];
        let secrets = [Secret::new("s3cr3t-value"), Secret::new("")];
        for (text, wanted) in table {
            assert_eq!(redacted(text, &secrets, Some(Path::new("/home/ana"))), wanted);
        }
    }
}
