//! The random values that stand for somebody: tokens, codes and cookies.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// 192 bits, in characters that pass unescaped through URLs, headers and cookies.
pub(super) fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>())
}
